import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openLedger } from '../append/open.ts'
import type { Anchor } from '../keep/anchor.ts'
import { type AnchorEntry, formatAnchorEntry } from '../keep/anchor-entry.ts'
import { startAnchoring } from '../keep/anchorer.ts'
import { cosign } from '../keep/cosignature.ts'
import { testCosigner } from '../keep/cosigner.fixture.ts'
import { missing } from '../keep/missing-program.fixture.ts'
import { opensslAuthority } from '../keep/openssl-authority.fixture.ts'
import { timestampAnchor } from '../keep/timestamp-anchor.ts'
import { closedLedger, temporaryDirectory, testSigner } from '../ledger.fixture.ts'
import { parseNote } from '../note.ts'
import { formatVkey, signatureTypes, verifierKey } from '../vkey.ts'
import { verify } from './verify.ts'

const cosigner = testCosigner('witness.example', 9)
const vkey = formatVkey(verifierKey(cosigner.name, signatureTypes.cosignature, cosigner.publicKey))
const timeS = 1_768_471_200

/** Signs whatever it is shown. What a witness refuses is tested with the witness. */
const signing: Anchor = {
  name: 'witness',
  publish: async ({ note }) => {
    const line = cosign(parseNote(Buffer.from(note))?.text ?? '', cosigner, timeS)
    return { suffix: 'cosig', bytes: Buffer.from(note + line) }
  },
}

interface Anchored {
  readonly root: string
  readonly serviceDir: string
  /** The writer directory. */
  readonly dir: string
  readonly origin: string
  /** That of the anchor log. */
  readonly log: string
}

/** A service with one writer of three entries, anchored once. */
async function anchored(anchors: readonly Anchor[] = [signing]): Promise<Anchored> {
  const root = temporaryDirectory()
  const serviceDir = join(root, 'clinic')
  const { dir } = await closedLedger(3, join(serviceDir, 'audit.standard'))
  await anchorAgain(serviceDir, anchors)
  const [log = ''] = readdirSync(join(serviceDir, 'anchor.long'))
  const origin = `clinic/audit.standard/${readdirSync(join(serviceDir, 'audit.standard'))[0]}`
  return { root, serviceDir, dir, origin, log: join(serviceDir, 'anchor.long', log) }
}

async function anchorAgain(serviceDir: string, anchors: readonly Anchor[] = [signing]): Promise<void> {
  const anchoring = startAnchoring({ serviceDir, signer: testSigner(), anchors, everyMs: 3_600_000 })
  await anchoring.stop()
}

describe('a stream that is anchored', () => {
  it('says up to where, since when and by whom, and from where on it is not', async () => {
    const { root, serviceDir, origin } = await anchored()
    await closedLedger(2, join(serviceDir, 'audit.standard'))
    const report = await verify(root, { witnesses: [vkey] })
    expect(report).toMatchObject({ ok: true, lost: [] })
    expect(report.streams.find((one) => one.origin === origin)).toMatchObject({
      anchored: { size: 3, time: new Date(timeS * 1000).toISOString(), by: ['witness'] },
      unanchoredSince: 3,
    })
    const log = report.streams.find(({ stream }) => stream === 'anchor')
    expect(log).toMatchObject({ anchored: { size: log?.entries, by: ['witness'] } })
    expect(log?.unanchoredSince).toBeUndefined()
  })

  it('is anchored for nobody who was not told whom to trust', async () => {
    const { root, log } = await anchored()
    const report = await verify(root)
    expect(report.ok).toBe(true)
    for (const one of report.streams) expect(one).toMatchObject({ unanchoredSince: 0 })
    for (const one of report.streams) expect(one.anchored).toBeUndefined()
    const own = report.streams.find(({ dir }) => dir === log)
    expect(own?.notes).toContainEqual(expect.objectContaining({ code: 'LEDGER_EVIDENCE_UNCHECKED' }))
    const other = formatVkey(verifierKey('other.example', signatureTypes.cosignature, testSigner(3).publicKey))
    expect((await verify(root, { witnesses: [other] })).streams).toMatchObject([
      { unanchoredSince: 0 },
      { unanchoredSince: 0 },
    ])
  })

  it('is named when it was put back to an older state, or written anew and signed again', async () => {
    const { root, serviceDir, dir, origin } = await anchored()
    const older = join(temporaryDirectory(), 'older')
    cpSync(dir, older, { recursive: true })
    await closedLedger(2, join(serviceDir, 'audit.standard'))
    await anchorAgain(serviceDir)
    expect((await verify(root)).ok).toBe(true)
    rmSync(dir, { recursive: true })
    cpSync(older, dir, { recursive: true })
    const report = await verify(root)
    expect(report.ok).toBe(false)
    const stream = report.streams.find((one) => one.origin === origin)
    expect(stream?.integrity.breaks).toMatchObject([{ code: 'LEDGER_ROOT_ANCHORED', n: 3 }])
    // Grown again beyond what was anchored, it is another log of the same name.
    await closedLedger(7, join(serviceDir, 'audit.standard'), (i) => `"id":"other ${i}"`)
    const grown = (await verify(root)).streams.find((one) => one.origin === origin)
    expect(grown?.integrity.breaks).toMatchObject([{ code: 'LEDGER_ROOT_ANCHORED', n: 5 }])
  })

  it('is named when it is gone', async () => {
    const { root, dir, origin, serviceDir } = await anchored()
    rmSync(dir, { recursive: true })
    expect(await verify(root)).toMatchObject({ ok: false, lost: [origin] })
    // The anchor log alone says nothing of what was not asked about.
    expect(await verify(join(serviceDir, 'anchor.long'))).toMatchObject({ ok: true, lost: [] })
  })

  it('is anchored by nobody when the anchor log itself does not hold', async () => {
    const { root, log, origin } = await anchored()
    const path = join(log, 'seg', '000000000000.jsonl')
    writeFileSync(path, readFileSync(path, 'utf8').replace('"every_ms":3600000', '"every_ms":3600001'))
    const report = await verify(root, { witnesses: [vkey] })
    expect(report.ok).toBe(false)
    const stream = report.streams.find((one) => one.origin === origin)
    expect(stream).toMatchObject({ integrity: { ok: true }, unanchoredSince: 0 })
    expect(stream?.anchored).toBeUndefined()
  })
})

describe('evidence', () => {
  it('that was altered, moved or is of another log is a break with its file', async () => {
    const { root, log } = await anchored()
    const [name = ''] = readdirSync(join(log, 'anchors'))
    const path = join(log, 'anchors', name)
    const good = readFileSync(path)
    const breaksOf = async (): Promise<unknown> =>
      (await verify(root, { witnesses: [vkey] })).streams.find(({ dir }) => dir === log)?.integrity.breaks
    const invalid = [{ code: 'LEDGER_EVIDENCE_INVALID', file: `anchors/${name}` }]
    const line = good.lastIndexOf('— ')
    for (let at = line + 31; at < good.length - 2; at += 7) {
      const bad = Buffer.from(good)
      bad[at] = bad[at] === 0x41 ? 0x42 : 0x41
      writeFileSync(path, bad)
      expect(await breaksOf(), `byte ${at}`).toMatchObject(invalid)
    }
    for (const bad of ['', 'nonsense', good.subarray(0, -3), Buffer.alloc(2 << 20)]) {
      writeFileSync(path, bad)
      expect(await breaksOf()).toMatchObject(invalid)
    }
    const text = 'clinic/anchor.long/w-000000000000\n2\nZm9vYmFyZm9vYmFyZm9vYmFyZm9vYmFyZm9vYmFyZm8=\n'
    writeFileSync(path, `${text}\n${cosign(text, cosigner, timeS)}`)
    expect(await breaksOf()).toMatchObject(invalid)
  })

  it('of a tree that this log never had is a break, though the signature holds', async () => {
    const { root, log } = await anchored()
    const [name = ''] = readdirSync(join(log, 'anchors'))
    const [origin = ''] = readFileSync(join(log, 'checkpoint'), 'utf8').split('\n')
    const text = `${origin}\n${Number(name.slice(0, 12))}\n${Buffer.alloc(32, 1).toString('base64')}\n`
    writeFileSync(join(log, 'anchors', name), `${text}\n${cosign(text, cosigner, timeS)}`)
    const report = await verify(root, { witnesses: [vkey] })
    expect(report.streams.find(({ dir }) => dir === log)?.integrity.breaks).toMatchObject([
      { code: 'LEDGER_ROOT_ANCHORED' },
    ])
    expect(report.streams.some((one) => one.anchored)).toBe(false)
  })

  it('that somebody made up without end is told, and stops no verification', async () => {
    const { root, log } = await anchored()
    const [origin = ''] = readFileSync(join(log, 'checkpoint'), 'utf8').split('\n')
    const hash = Buffer.alloc(32, 1).toString('base64')
    // More than a call takes as arguments.
    const notes = Array.from({ length: 200_000 }, (_, i) => `${origin}\n${i + 1}\n${hash}\n\n— x AAAAAAA=\n`)
    writeFileSync(join(log, 'checkpoints', '2026-02-01.notes'), notes.join(''))
    const own = (await verify(root, { witnesses: [vkey] })).streams.find(({ dir }) => dir === log)
    expect(own?.integrity.breaks).toHaveLength(notes.length)
    expect(own?.integrity.breaks[0]).toMatchObject({ code: 'LEDGER_ROOT_ANCHORED', n: 1, file: 'checkpoints' })
  })

  it.skipIf(missing('openssl'))('of a timestamp authority counts for who trusts its certificate', async () => {
    const authority = await opensslAuthority(temporaryDirectory())
    const { root, origin, log } = await anchored([timestampAnchor({ url: authority.url })])
    const timestampCertificates = [authority.root]
    const report = await verify(root, { timestampCertificates })
    expect(report.ok).toBe(true)
    expect(report.streams.find((one) => one.origin === origin)).toMatchObject({
      anchored: { size: 3, by: ['timestamp'] },
    })
    expect((await verify(root)).streams.some((one) => one.anchored)).toBe(false)
    const [name = ''] = readdirSync(join(log, 'anchors'))
    const path = join(log, 'anchors', name)
    const bad = readFileSync(path)
    bad[bad.length - 20] = (bad[bad.length - 20] ?? 0) ^ 1
    writeFileSync(path, bad)
    const altered = await verify(root, { timestampCertificates })
    expect(altered.streams.find(({ dir }) => dir === log)?.integrity.breaks).toMatchObject([
      { code: 'LEDGER_EVIDENCE_INVALID', file: `anchors/${name}` },
    ])
  })

  it('is trusted only where a key or certificate is one', async () => {
    const { root } = await closedLedger(1)
    await expect(verify(root, { witnesses: ['nonsense'] })).rejects.toMatchObject({ code: 'LEDGER_OPTION_INVALID' })
    await expect(verify(root, { timestampCertificates: ['nonsense'] })).rejects.toMatchObject({
      code: 'LEDGER_OPTION_INVALID',
    })
  })
})

describe('the heartbeat', () => {
  const beganMs = Date.parse('2026-01-15T10:00:00.000Z')

  /** An anchor log with entries at these seconds. */
  async function heard(...beats: readonly (number | readonly [number, AnchorEntry['event']])[]): Promise<string> {
    const root = temporaryDirectory()
    const ledger = openLedger({
      dir: join(root, 'clinic', 'anchor.long'),
      origin: 'clinic/anchor.long',
      stream: 'anchor',
      retentionClass: 'long',
      signer: testSigner(),
    })
    for (const beat of beats) {
      const [seconds, event] = typeof beat === 'number' ? [beat, 'tick' as const] : beat
      const entry = { timeMs: beganMs + seconds * 1000, event, everyMs: 60_000, live: [], checkpoints: [] }
      for (const body of formatAnchorEntry(entry)) ledger.append(body)
    }
    await ledger.close()
    return root
  }

  it('that stopped without a stop is a gap, with its place and times', async () => {
    const report = await verify(await heard([0, 'start'], 60, 120, [400, 'start'], 460))
    expect(report.ok).toBe(false)
    expect(report.streams[0]?.completeness.gaps).toMatchObject([
      { code: 'LEDGER_HEARTBEAT_SILENT', firstSeq: 2, explained: false },
    ])
    expect(report.streams[0]?.completeness.gaps[0]?.message).toContain(
      'from 2026-01-15T10:02:00.000Z to 2026-01-15T10:06:40.000Z',
    )
  })

  it('is whole over a quick restart, an orderly pause, and a clock that was set back', async () => {
    expect((await verify(await heard([0, 'start'], 60, [240, 'start'], 300))).ok).toBe(true)
    expect((await verify(await heard([0, 'start'], [60, 'stop'], [90_000, 'start'], 90_060))).ok).toBe(true)
    expect(await verify(await heard([0, 'start'], 3_600, 3_660))).toMatchObject({ ok: false })
    expect(await verify(await heard([3_600, 'start'], 60, 120, 180))).toMatchObject({ ok: true })
  })
})
