/** What FORMAT.md says is enough: a verifier in Python, made from that page alone, judges as ours does. */
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { memoryKeys } from '@trailmark/keys'
import { openLedger } from '@trailmark/ledger'
import { verify } from '@trailmark/ledger/verify'
import { expect, it, onTestFinished } from 'vitest'
import { missing } from '../../packages/ledger/src/keep/missing-program.fixture.ts'

const program = fileURLToPath(new URL('second-verifier/verify.py', import.meta.url))
const absent = ['python3', 'openssl'].filter(missing)
const name = absent.length > 0 ? ` (needs ${absent.join(' and ')})` : ''

interface Answer {
  readonly entries?: number
  readonly root?: string
  readonly found: readonly unknown[]
}

function second(root: string): Answer {
  const answer: Answer = JSON.parse(execFileSync('python3', [program, root], { encoding: 'utf8' }))
  return answer
}

it.skipIf(absent.length > 0)(
  `a second verifier agrees on a ledger of two segments and on a change of it${name}`,
  async () => {
    const root = mkdtempSync(join(tmpdir(), 'trailmark-second-'))
    onTestFinished(() => rmSync(root, { recursive: true, force: true }))
    const signer = memoryKeys().log
    const ledger = openLedger({
      dir: root,
      origin: 'clinic/audit.standard',
      stream: 'audit',
      retentionClass: 'standard',
      signer,
    })
    for (let i = 0; i < 70_000; i++) {
      ledger.append(`"i":${i},"text":"Zoë \r 😀"`)
      if (i % 10_000 === 0) await ledger.flush()
    }
    await ledger.close()
    const [report] = (await verify(root)).streams
    expect(report?.integrity.ok).toBe(true)
    const signed = Buffer.from(report?.checkpoint?.root ?? '', 'hex').toString('base64')
    expect(second(root)).toMatchObject({ entries: 70_000, root: signed, found: [] })

    const path = join(ledger.dir, 'seg', '000000065536.jsonl')
    chmodSync(path, 0o640)
    writeFileSync(path, readFileSync(path, 'utf8').replace('"i":66000,', '"i":66001,'))
    expect((await verify(root)).streams[0]?.integrity.breaks).toMatchObject([{ n: 66_000 }])
    expect(second(root).found[0]).toEqual([66_000, '000000065536.jsonl', 'not valid'])
  },
)
