/**
 * Programs that others wrote accept our notes, checkpoints, proofs and tiles, and refuse every single change of them: Go's
 * golang.org/x/mod/sumdb, and sigstore's verifier.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memoryKeys } from '@trailmark/keys'
import { openLedger } from '@trailmark/ledger'
import {
  consistencyProof,
  exportTlog,
  type Hash,
  inclusionProof,
  prove,
  proveConsistency,
  TreeReader,
} from '@trailmark/ledger/prove'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { absent, buildGo, type GoCase, type GoProgram } from './independent/go.ts'
import { askSigstore, type SigstoreCase } from './independent/sigstore.ts'

const root = mkdtempSync(join(tmpdir(), 'trailmark-independent-'))
const signer = memoryKeys().log
const key = Buffer.from(signer.publicKey)
const count = 700
let dir = ''
let origin = ''
let lines: Buffer[] = []
/** Of size 300. */
let older = ''
let newest = ''

beforeAll(async () => {
  const options = { dir: root, origin: 'clinic/audit.standard', stream: 'audit', retentionClass: 'standard', signer }
  for (const entries of [300, count - 300]) {
    const ledger = openLedger(options)
    for (let i = 0; i < entries; i++) ledger.append(`"i":${i},"text":"Zoë \\r 😀"`)
    await ledger.flush()
    if (older === '') await ledger.seal()
    await ledger.close()
    ;({ dir, origin } = ledger)
    older ||= readFileSync(join(dir, 'checkpoint'), 'utf8')
  }
  newest = readFileSync(join(dir, 'checkpoint'), 'utf8')
  const segments = readdirSync(join(dir, 'seg')).filter((name) => name.endsWith('.jsonl'))
  expect(segments).toHaveLength(2)
  lines = segments
    .sort()
    .flatMap((name) =>
      readFileSync(join(dir, 'seg', name), 'utf8')
        .split('\n')
        .slice(0, -1),
    )
    .map((line) => Buffer.from(line))
  expect(lines).toHaveLength(count)
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

const base64 = (bytes: Uint8Array | string) => Buffer.from(bytes).toString('base64')
const bytesOf = (hash: Hash) => Buffer.from(hash, 'latin1')
const hashesOf = (proof: readonly Hash[]) => proof.map((hash) => base64(bytesOf(hash)))
const rootOf = (checkpoint: string) => Buffer.from(checkpoint.split('\n')[2] ?? '', 'base64').toString('latin1')

/** Every text that is one bit away, and every one that lacks or repeats a byte. */
function* changes(bytes: Buffer): Generator<Buffer> {
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const changed = Buffer.from(bytes)
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    yield changed
  }
  for (let at = 0; at < bytes.length; at++) {
    yield Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)])
    yield Buffer.concat([bytes.subarray(0, at + 1), bytes.subarray(at)])
  }
}

/** The signatures of a note as bytes: base64 leaves some bits over, which Go overlooks. */
function signaturesOf(note: Buffer): string {
  const text = note.toString('latin1')
  const at = text.lastIndexOf('\n\n') + 2
  const payloads = text
    .slice(at)
    .split('\n')
    .map((line) => Buffer.from(line.split(' ')[2] ?? '', 'base64').toString('hex'))
  return text.slice(0, at) + payloads.join()
}

describe.skipIf(absent.length > 0)(`Go${absent.length > 0 ? ` (needs ${absent.join(' and ')})` : ''}`, () => {
  let go: GoProgram
  beforeAll(() => {
    go = buildGo()
    return () => go.remove()
  })
  const own = () => ({ name: origin, key: base64(key) })
  const unlike = (name: string) => ({ name, key: base64(key) })

  it('opens the signed files', () => {
    const files = ['LEDGER.note', 'checkpoint', 'seg/000000000000.seal']
    const texts = files.map((file) => base64(readFileSync(join(dir, file))))
    expect(go.ask(texts.map((text) => ({ kind: 'note', ...own(), text })))).toEqual(['', '', ''])
    const refused = go.ask([
      { kind: 'note', ...unlike(`${origin}x`), text: texts[0] ?? '' },
      { kind: 'note', name: origin, key: base64(Buffer.alloc(32, 7)), text: texts[0] ?? '' },
    ])
    for (const answer of refused) expect(answer).toContain('refused')
  })

  it('makes the same roots and the same proofs, of every entry and from every size', async () => {
    const roots = [older, newest].map((note, i) => ({
      size: [300, count][i] ?? 0,
      root: base64(bytesOf(rootOf(note))),
    }))
    const inclusion: { index: number; size: number; hashes: string[] }[] = []
    const consistency: { from: number; to: number; hashes: string[] }[] = []
    const reader = await TreeReader.open(dir)
    for (const size of [1, 2, 3, 255, 256, 257, 300, 511, 512, 513, 640, count]) {
      for (let index = 0; index < size; index += size < 10 || size === count ? 1 : 7)
        inclusion.push({ index, size, hashes: hashesOf(await inclusionProof(reader, index, size)) })
      for (let from = 1; from <= size; from += size < 10 || size === count ? 1 : 7)
        consistency.push({ from, to: size, hashes: hashesOf(await consistencyProof(reader, from, size)) })
    }
    const given: GoCase = { kind: 'same', lines: lines.map(base64), roots, inclusion, consistency }
    expect(go.ask([given])).toEqual([''])
    const reversed = inclusion.map((one, i) => (i === 900 ? { ...one, hashes: one.hashes.toReversed() } : one))
    const resized = roots.map((one) => ({ ...one, size: one.size - 1 }))
    expect(
      go.ask([
        { ...given, inclusion: reversed },
        { ...given, roots: resized },
      ]),
    ).toEqual([expect.stringContaining('has another proof'), expect.stringContaining('has another root')])
  })

  it('accepts a proof of any entry, and of no other', async () => {
    const indexes = [0, 1, 255, 256, 299, 300, 511, 512, 640, 698, 699]
    const texts = await Promise.all(indexes.map(async (n) => ({ n, text: base64(await prove(dir, n)) })))
    const right = texts.map(({ n, text }): GoCase => ({ kind: 'proof', ...own(), text, line: base64(lines[n] ?? '') }))
    expect(go.ask(right)).toEqual(right.map(() => ''))
    const wrong = texts.flatMap(({ n, text }) =>
      [0, 7, 300, 698, 699]
        .filter((other) => other !== n)
        .map((other): GoCase => ({ kind: 'proof', ...own(), text, line: base64(lines[other] ?? '') })),
    )
    for (const answer of go.ask(wrong)) expect(answer).toContain('refused')
  })

  it('refuses a proof after every single change', async () => {
    const bytes = Buffer.from(await prove(dir, 300))
    const line = base64(lines[300] ?? '')
    const changed = [...changes(bytes)].filter((one) => !one.equals(bytes) && signaturesOf(one) !== signaturesOf(bytes))
    const answers = go.ask(changed.map((one) => ({ kind: 'proof', ...own(), text: base64(one), line })))
    expect(changed.length).toBeGreaterThan(bytes.length * 9)
    for (const [i, answer] of answers.entries()) expect(answer, changed[i]?.toString('latin1')).toContain('refused')
  })

  it('accepts that the newest checkpoint continues an older one, and refuses every single change', async () => {
    const proof = await proveConsistency(dir, 300, { size: count, root: rootOf(newest) })
    const claim: GoCase = {
      kind: 'tree',
      ...own(),
      older: base64(older),
      text: base64(newest),
      hashes: hashesOf(proof),
    }
    expect(go.ask([claim])).toEqual([''])
    const wrong: GoCase[] = [{ ...claim, older: base64(newest), text: base64(older) }]
    for (const [i] of proof.entries()) {
      wrong.push(
        { ...claim, hashes: hashesOf(proof.toSpliced(i, 1)) },
        { ...claim, hashes: hashesOf(proof.toSpliced(i, 0, proof[i] ?? '')) },
      )
      const hash = bytesOf(proof[i] ?? '')
      for (let bit = 0; bit < 256; bit++) {
        const other = Buffer.from(hash)
        other[bit >> 3] = (other[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        wrong.push({ ...claim, hashes: hashesOf(proof.with(i, other.toString('latin1'))) })
      }
    }
    for (const [note, name] of [
      [older, 'older'],
      [newest, 'text'],
    ] as const) {
      const bytes = Buffer.from(note)
      for (const changed of changes(bytes))
        if (!changed.equals(bytes) && signaturesOf(changed) !== signaturesOf(bytes))
          wrong.push({ ...claim, [name]: base64(changed) })
    }
    for (const answer of go.ask(wrong)) expect(answer).toContain('refused')
  })

  it('finds every tile of an export as it would have made it', async () => {
    const target = join(root, 'export')
    await exportTlog(dir, target)
    const given: GoCase = { kind: 'tiles', dir: target, lines: lines.map(base64) }
    expect(go.ask([given])).toEqual([''])
    const tile = join(target, 'tile/0/001')
    writeFileSync(tile, readFileSync(tile).reverse())
    expect(go.ask([given])).toEqual([expect.stringContaining('tile/0/001 is another')])
  })
})

describe('sigstore', () => {
  async function caseOf(n: number): Promise<SigstoreCase> {
    const text = await prove(dir, n)
    const [head = '', ...rest] = text.split('\n\n')
    const [, index = '', ...hashes] = head.split('\n')
    const checkpoint = rest.join('\n\n')
    const payload = Buffer.from(checkpoint.split(' ').at(-1) ?? '', 'base64')
    return {
      key,
      keyId: payload.subarray(0, 4),
      origin,
      line: lines[n] ?? Buffer.alloc(0),
      index: index.replace('index ', ''),
      hashes: hashes.map((hash) => Buffer.from(hash, 'base64')),
      checkpoint,
    }
  }

  it('accepts a proof of any entry', async () => {
    for (let n = 0; n < count; n += 13) expect(askSigstore(await caseOf(n)), `entry ${n}`).toBe('')
    expect(askSigstore(await caseOf(count - 1))).toBe('')
  })

  it('refuses every single change of index, entry, hashes and checkpoint', async () => {
    const right = await caseOf(300)
    const wrong: SigstoreCase[] = []
    for (let index = -1; index <= count + 1; index++) if (index !== 300) wrong.push({ ...right, index: String(index) })
    for (const line of changes(right.line)) if (!line.equals(right.line)) wrong.push({ ...right, line })
    for (const [i, hash] of right.hashes.entries()) {
      wrong.push(
        { ...right, hashes: right.hashes.toSpliced(i, 1) },
        { ...right, hashes: right.hashes.toSpliced(i, 0, hash) },
      )
      for (const other of changes(hash)) wrong.push({ ...right, hashes: right.hashes.with(i, other) })
    }
    const [text = '', signature = ''] = right.checkpoint.split('\n\n')
    for (const changed of changes(Buffer.from(text)))
      if (changed.toString() !== text) wrong.push({ ...right, checkpoint: `${changed.toString()}\n\n${signature}` })
    const payload = Buffer.from(signature.split(' ').at(-1) ?? '', 'base64')
    for (const changed of changes(payload))
      wrong.push({ ...right, checkpoint: `${text}\n\n— ${origin} ${changed.toString('base64')}\n` })
    wrong.push({ ...right, key: Buffer.alloc(32, 7) }, { ...right, checkpoint: older })
    for (const one of wrong) expect(askSigstore(one), JSON.stringify(one)).not.toBe('')
    expect(wrong.length).toBeGreaterThan(5000)
  })
})
