/**
 * A process that writes under load is killed at a random moment, again and again. Whatever it was promised must be there when
 * the log opens again, once; whatever it was not promised may be there, once. TRAILMARK_KILLS sets the number of rounds.
 */
import { spawn } from 'node:child_process'
import { createPrivateKey, createPublicKey, sign } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findStreams, openLedger, readEntries, type Signer } from '@trailmark/ledger'
import { verify } from '@trailmark/ledger/verify'
import { expect, it } from 'vitest'

const rounds = Number(process.env['TRAILMARK_KILLS'] ?? 200)
const program = join(import.meta.dirname, '..', '..', 'packages', 'ledger', 'src', 'writing-child.fixture.ts')

/** The key of the child: the same bytes, made in the same way. */
function signer(): Signer {
  const prefix = Buffer.from('302e020100300506032b657004220420', 'hex')
  const key = createPrivateKey({ key: Buffer.concat([prefix, Buffer.alloc(32, 7)]), format: 'der', type: 'pkcs8' })
  const { x = '' } = createPublicKey(key).export({ format: 'jwk' })
  return { publicKey: Buffer.from(x, 'base64url'), sign: (message) => sign(null, message, key) }
}

/** Lets a child write and kills it `afterMs` after its log was open; gives what it said until then. */
async function writeAndDie(dir: string, name: string, together: number, afterMs: number): Promise<string[]> {
  const args = ['--conditions=@trailmark/source', program, dir, name, '0', String(together)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', (chunk) => {
    if (output === '') setTimeout(() => child.kill('SIGKILL'), afterMs)
    output += chunk
  })
  const signal = await new Promise((resolve) => child.on('close', (_, killedBy) => resolve(killedBy)))
  expect(signal).toBe('SIGKILL')
  // The last line may be cut off by the kill; it is then no promise anybody could read.
  return output.slice(0, output.lastIndexOf('\n')).split('\n').slice(1)
}

it(`survives ${rounds} kills: nothing acknowledged is missing, nothing is there twice`, async () => {
  const dir = mkdtempSync(join(tmpdir(), 'trailmark-kill-'))
  try {
    const seen = new Set<string>()
    let from = 0
    let promised = 0
    for (let round = 0; round < rounds; round++) {
      const together = [1, 16, 128][round % 3] ?? 1
      const acknowledged = await writeAndDie(dir, `r${round}`, together, Math.floor(Math.random() * 120))
      const options = {
        dir,
        origin: 'clinic/audit.standard',
        stream: 'audit',
        retentionClass: 'standard',
        signer: signer(),
      }
      const ledger = openLedger(options)
      expect(ledger.opening.refused).toEqual([])
      ledger.closeSync()
      const streams = await findStreams(dir)
      expect(streams).toHaveLength(1)
      for (const stream of streams) {
        for await (const { n, line } of readEntries(stream, { from })) {
          const id = /"id":"([^"]*)"/.exec(line)?.[1] ?? ''
          expect(n).toBe(from)
          expect(seen.has(id), `${id} twice`).toBe(false)
          seen.add(id)
          from = n + 1
        }
      }
      expect(
        acknowledged.filter((id) => !seen.has(id)),
        `lost in round ${round}`,
      ).toEqual([])
      promised += acknowledged.length
    }
    const report = await verify(dir, { publicKeys: [signer().publicKey] })
    expect(report).toMatchObject({ ok: true, pinned: true, streams: [{ entries: from }] })
    expect(promised).toBeGreaterThan(rounds)
    expect(seen.size).toBe(from)
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
})
