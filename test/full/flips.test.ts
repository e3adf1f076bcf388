/** Every bit of every file of a ledger of 50 records is turned once, and each time the verifier says so. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memoryKeys } from '@trailmark/keys'
import { openLedger } from '@trailmark/ledger'
import { verify } from '@trailmark/ledger/verify'
import { expect, it } from 'vitest'

it('one turned bit of a ledger of 50 records is always detected', async () => {
  const root = mkdtempSync(join(tmpdir(), 'trailmark-flips-'))
  try {
    const options = {
      dir: root,
      origin: 'clinic/audit.standard',
      stream: 'audit',
      retentionClass: 'standard',
      signer: memoryKeys().log,
    }
    const ledger = openLedger(options)
    for (let i = 0; i < 50; i++) ledger.append(`"i":${i}`)
    await ledger.close()
    const names = readdirSync(ledger.dir, { recursive: true, encoding: 'utf8' }).filter((name) =>
      statSync(join(ledger.dir, name)).isFile(),
    )
    expect(names.sort()).toEqual([
      'LEDGER.json',
      'LEDGER.note',
      'checkpoint',
      'checkpoint.frontier',
      join('seg', '000000000000.jsonl'),
    ])
    const missed: string[] = []
    for (const name of names) {
      const path = join(ledger.dir, name)
      const original = readFileSync(path)
      for (let bit = 0; bit < original.length * 8; bit++) {
        const changed = Buffer.from(original)
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        writeFileSync(path, changed)
        const { ok, streams } = await verify(root)
        // The file beside the checkpoint is derived from it: damage there is told, and is no damage to any record.
        const isTold = streams.some((one) => one.notes.some((note) => note.code === 'LEDGER_FRONTIER_STALE'))
        if (name === 'checkpoint.frontier' ? !isTold : ok) missed.push(`${name} byte ${bit >> 3} bit ${bit & 7}`)
      }
      writeFileSync(path, original)
    }
    expect(missed).toEqual([])
    expect((await verify(root)).ok).toBe(true)
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
})
