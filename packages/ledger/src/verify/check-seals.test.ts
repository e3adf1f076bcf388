import {
  chmodSync,
  copyFileSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NoteSigner } from '../append/note-signer.ts'
import { openTest, temporaryDirectory, testSigner } from '../ledger.fixture.ts'
import { parseNote } from '../note.ts'
import { formatSeal, parseSeal, type Seal } from '../seal.ts'
import { leafOf } from '../tree.ts'
import type { Break } from './report.ts'
import { verify } from './verify.ts'

interface Made {
  readonly root: string
  readonly dir: string
  readonly origin: string
}

const segments = [0, 25, 89, 90] as const
const file = (first: number, suffix: string): string => `seg/${String(first).padStart(12, '0')}.${suffix}`

/** Four sealed segments and one that is open. */
async function sealedLog(): Promise<Made> {
  const root = temporaryDirectory()
  const ledger = openTest(root)
  for (const count of [25, 64, 1, 40]) {
    for (let i = 0; i < count; i++) ledger.append(`"id":"e${i}"`)
    await ledger.seal()
  }
  ledger.append('"id":"last"')
  await ledger.close()
  for (const name of readdirSync(join(ledger.dir, 'seg'))) chmodSync(join(ledger.dir, 'seg', name), 0o644)
  return { root, dir: ledger.dir, origin: ledger.origin }
}

async function breaksOf({ root }: Made): Promise<readonly Break[]> {
  const report = await verify(root)
  expect(report.ok).toBe(report.streams.every((one) => one.integrity.breaks.length === 0))
  return report.streams.flatMap((one) => one.integrity.breaks)
}

function sealOf({ dir }: Made, first: number): Seal {
  const note = parseNote(readFileSync(join(dir, file(first, 'seal'))))
  const seal = note && parseSeal(note.text)
  if (!seal) throw new Error('no seal')
  return seal
}

/** Signs a seal with the log's own key. */
async function forge(made: Made, first: number, change: Partial<Seal>, origin = made.origin): Promise<void> {
  const note = await new NoteSigner(origin, testSigner()).note(formatSeal({ ...sealOf(made, first), ...change }))
  writeFileSync(join(made.dir, file(first, 'seal')), note)
}

const at = (code: string, first: number) => ({ code, n: first, file: file(first, 'seal'), offset: 0 })

describe('seals', () => {
  it('that are as they were made are no finding, and neither are missing ones', async () => {
    const made = await sealedLog()
    expect(await breaksOf(made)).toEqual([])
    rmSync(join(made.dir, file(25, 'seal')))
    expect(await breaksOf(made)).toEqual([])
    const [stream] = (await verify(made.root)).streams
    const note = stream?.notes.find((one) => one.code === 'LEDGER_SEAL_MISSING')
    expect(note?.message).toContain(file(25, 'jsonl'))
  })

  const changes: Record<string, (seal: Seal) => Partial<Seal>> = {
    'a root of something else': () => ({ root: leafOf('else') }),
    'a subtree of something else': ({ hashes }) => ({ hashes: [...hashes.slice(0, -1), leafOf('else')] }),
    'more bytes': ({ bytes }) => ({ bytes: bytes + 1 }),
    'fewer bytes': ({ bytes }) => ({ bytes: bytes - 1 }),
  }
  it.each(Object.entries(changes))('that state %s are found, although the log signed them', async (_, change) => {
    for (const first of segments) {
      const made = await sealedLog()
      await forge(made, first, change(sealOf(made, first)))
      expect(await breaksOf(made)).toMatchObject([at('LEDGER_SEAL_MISMATCH', first)])
    }
  })

  it('that state another range are found', async () => {
    const made = await sealedLog()
    await forge(made, 89, { next: 91, hashes: [leafOf('a'), leafOf('b')] })
    expect(await breaksOf(made)).toMatchObject([at('LEDGER_SEAL_MISMATCH', 89)])
  })

  it('of another segment, of another log, or signed by nobody of this log are found', async () => {
    const made = await sealedLog()
    copyFileSync(join(made.dir, file(0, 'seal')), join(made.dir, file(25, 'seal')))
    await forge(made, 89, { origin: 'other/log' }, 'other/log')
    const path = join(made.dir, file(90, 'seal'))
    writeFileSync(
      path,
      readFileSync(path, 'utf8').replace(/(?<= )[A-Za-z0-9+/]+={0,2}\n$/, (text) =>
        text.replace(/[A-Z]/, (one) => (one === 'A' ? 'B' : 'A')),
      ),
    )
    const found = await breaksOf(made)
    expect(found).toHaveLength(3)
    expect(found).toMatchObject([
      at('LEDGER_SEAL_MISMATCH', 25),
      at('LEDGER_SEAL_MALFORMED', 89),
      { n: 90, code: expect.stringMatching(/^LEDGER_SEAL_(UNSIGNED|MALFORMED)$/) },
    ])
  })

  it('cut off anywhere, or followed by anything, are found', async () => {
    const made = await sealedLog()
    const path = join(made.dir, file(25, 'seal'))
    const whole = readFileSync(path)
    for (let bytes = 0; bytes < whole.length; bytes += 7) {
      truncateSync(path, bytes)
      expect(await breaksOf(made), `${bytes}`).toMatchObject([{ n: 25, code: expect.stringMatching(/^LEDGER_SEAL_/) }])
      writeFileSync(path, whole)
    }
    writeFileSync(path, Buffer.concat([whole, Buffer.from('x')]))
    expect(await breaksOf(made)).toMatchObject([at('LEDGER_SEAL_MALFORMED', 25)])
  })

  it('with any bit changed are never accepted', async () => {
    const made = await sealedLog()
    const path = join(made.dir, file(25, 'seal'))
    const whole = readFileSync(path)
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length * 8 - 1), async (bit) => {
        const changed = Buffer.from(whole)
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        writeFileSync(path, changed)
        expect(await breaksOf(made)).toMatchObject([{ n: 25, code: expect.stringMatching(/^LEDGER_SEAL_/) }])
      }),
      { numRuns: 60 },
    )
  })

  it('find a log that was cut behind them together with its checkpoint', async () => {
    const early = await sealedLog()
    const made = await sealedLog()
    // The older checkpoint of the same log: everything of it is signed.
    const ledger = openTest(early.root)
    const old = new Map(
      ['checkpoint', 'checkpoint.frontier'].map((name) => [name, readFileSync(join(early.dir, name))]),
    )
    for (let i = 0; i < 10; i++) ledger.append(`"id":"new ${i}"`)
    await ledger.seal()
    await ledger.close()
    for (const [name, bytes] of old) writeFileSync(join(early.dir, name), bytes)
    const path = join(early.dir, file(130, 'jsonl'))
    chmodSync(path, 0o644)
    writeFileSync(path, `${readFileSync(path, 'utf8').split('\n')[0]}\n`)
    expect(await breaksOf(early)).toMatchObject([at('LEDGER_SEAL_MISMATCH', 130)])
    expect(await breaksOf(made)).toEqual([])
  })

  it('say nothing more where lines already tell what was changed', async () => {
    const made = await sealedLog()
    const path = join(made.dir, file(25, 'jsonl'))
    writeFileSync(path, readFileSync(path, 'utf8').replace('"id":"e30"', '"id":"e31"'))
    expect((await breaksOf(made)).map(({ code, n }) => ({ code, n }))).toEqual([{ code: 'LEDGER_LINE_HASH', n: 55 }])
  })

  it('of any kind of file never throw', async () => {
    const made = await sealedLog()
    const path = join(made.dir, file(25, 'seal'))
    renameSync(path, `${path}.away.tmp`)
    const texts = [
      Buffer.alloc(0),
      Buffer.alloc(70_000, 0x0a),
      Buffer.from([0xff, 0xfe]),
      readFileSync(join(made.dir, 'checkpoint')),
    ]
    for (const bytes of texts) {
      writeFileSync(path, bytes)
      expect(await breaksOf(made)).toMatchObject([at('LEDGER_SEAL_MALFORMED', 25)])
    }
  })
})
