/**
 * Writes the test vectors of the ledger format: `node test/vectors/ledger/make.ts [directory]`, by default beside itself.
 *
 * A second writer, made from packages/ledger/FORMAT.md alone: it imports nothing of ours, is slow, and says everything twice.
 * Where it and the package disagree, one of them or the text is wrong.
 */
import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

const sha256 = (...parts: (string | Uint8Array)[]): Buffer => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

// Keys. Ed25519 from a seed of 32 equal bytes.
const keyOf = (byte: number) => {
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, byte)])
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  const publicKey = Buffer.from(createPublicKey(key).export({ format: 'jwk' }).x ?? '', 'base64url')
  return { seed: Buffer.alloc(32, byte).toString('hex'), publicKey, sign: (text: string) => sign(null, Buffer.from(text), key) }
}
const key = keyOf(7)

// Lines.
const frame = (n: number, d: number, body: string, previous: string) => {
  const framed = `{"n":${n},"d":${d},${body}`
  const h = sha256(previous, framed).toString('base64url').slice(0, 11)
  return { line: `${framed},"h":"${h}"}`, h }
}
const frameAll = (bodies: readonly string[], d: (n: number) => number): string[] => {
  let previous = ''
  return bodies.map((body, n) => {
    const { line, h } = frame(n, d(n), body, previous)
    previous = h
    return line
  })
}

// Tree: RFC 6962 section 2.1.
const rootOf = (lines: readonly string[]): Buffer => {
  if (lines.length === 0) return sha256()
  if (lines.length === 1) return sha256(Buffer.of(0), lines[0] ?? '')
  let k = 1
  while (k * 2 < lines.length) k *= 2
  return sha256(Buffer.of(1), rootOf(lines.slice(0, k)), rootOf(lines.slice(k)))
}

// Notes.
const noteOf = (text: string, name: string, signer = key): string => {
  const id = sha256(name, Buffer.of(0x0a, 0x01), signer.publicKey).subarray(0, 4)
  return `${text}\n— ${name} ${Buffer.concat([id, signer.sign(text)]).toString('base64')}\n`
}
const checkpointOf = (origin: string, size: number, root: Buffer): string => `${origin}\n${size}\n${root.toString('base64')}\n`

// A writer directory.
const writer = 'w-0123456789ab'
const origin = `clinic/audit.standard/${writer}`
const meta = `${JSON.stringify(
  {
    format: 'trailmark-ledger/1',
    origin,
    service: 'clinic',
    stream: 'audit',
    retention_class: 'standard',
    writer,
    created: '2026-01-15T08:00:00.000Z',
    hash: 'sha-256',
    key: { type: 'ed25519', public: key.publicKey.toString('base64') },
  },
  undefined,
  2,
)}\n`
const segment = 'seg/000000000000.jsonl'
type Files = Record<string, string>
const text = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('')
const directoryOf = (lines: readonly string[], size = lines.length): Files => ({
  'LEDGER.json': meta,
  'LEDGER.note': noteOf(`${origin}\nLEDGER.json\n${sha256(meta).toString('base64')}\n`, origin),
  checkpoint: noteOf(checkpointOf(origin, size, rootOf(lines.slice(0, size))), origin),
  [segment]: text(lines),
})

const record = (seq: number, type: string, rest = ''): string =>
  `"schema":"audit/1","timestamp":"2026-01-15T08:00:0${seq}.000Z","id":"019bc0de-0000-7000-8000-00000000000${seq}","seq":${seq},"event_type":"${type}"${rest}`
const bodies = [
  record(0, 'stream_open'),
  record(1, 'login_failure', ',"reason":"Zoë \\ud800 \u{1f600}"'),
  record(2, 'data_access'),
  record(3, 'data_access'),
  record(4, 'data_update'),
  record(5, 'logout'),
  record(6, 'stream_close'),
]
const lines = frameAll(bodies, (n) => (n < 2 ? -1 : 1))
const valid = directoryOf(lines)

const write = (name: string, value: object): void => {
  writeFileSync(join(process.argv[2] ?? import.meta.dirname, `${name}.json`), `${JSON.stringify(value, undefined, 2)}\n`)
}

write('lines', {
  about: 'Lines chained one to the other. `h` of the last is the `previous` of the next.',
  lines: bodies.map((body, n) => {
    const line = lines[n] ?? ''
    return { n, d: n < 2 ? -1 : 1, body, line, h: line.slice(-13, -2), leaf: sha256(Buffer.of(0), line).toString('hex') }
  }),
})
write('tree', {
  about: 'Leaves are the texts `leaf 0`, `leaf 1`, …; `roots[i]` is the root of the first i of them, in hex.',
  roots: Array.from({ length: 18 }, (_, size) => rootOf(Array.from({ length: size }, (_leaf, i) => `leaf ${i}`)).toString('hex')),
})
write('note', {
  about: 'A checkpoint as a signed note. The private key is the Ed25519 key of this seed.',
  seed: key.seed,
  publicKey: key.publicKey.toString('base64'),
  name: origin,
  keyId: sha256(origin, Buffer.of(0x0a, 0x01), key.publicKey).subarray(0, 4).toString('hex'),
  text: checkpointOf(origin, lines.length, rootOf(lines)),
  note: valid['checkpoint'],
})

const directory = (name: string, about: string, files: Files, breaks: [string, number][], rest: object = {}): void => {
  const publicKey = key.publicKey.toString('base64')
  write(`directory-${name}`, { about, publicKey, files, breaks: breaks.map(([code, n]) => ({ code, n })), ...rest })
}
const changed = (file: string, from: string, to: string): Files => ({ ...valid, [file]: (valid[file] ?? '').replace(from, to) })
const cut = lines.toSpliced(3, 1)
const again = frameAll(bodies.with(3, record(3, 'data_delete')), (n) => (n < 2 ? -1 : 1))

directory('valid', 'Whole and complete.', valid, [], { root: rootOf(lines).toString('hex') })
directory('line-edited', 'One word of entry 3 was changed.', changed(segment, '"seq":3,"event_type":"data_access"', '"seq":3,"event_type":"data_erased"'), [['LEDGER_LINE_HASH', 3]])
directory('line-deleted', 'Entry 3 was taken out.', { ...valid, [segment]: text(cut) }, [['LEDGER_LINE_MISSING', 3]])
directory('line-repeated', 'Entry 3 stands there twice.', { ...valid, [segment]: text(lines.toSpliced(3, 0, lines[3] ?? '')) }, [['LEDGER_LINE_REPEATED', 3]])
directory('lines-swapped', 'Entries 3 and 4 changed places.', { ...valid, [segment]: text(lines.toSpliced(3, 2, lines[4] ?? '', lines[3] ?? '')) }, [
  ['LEDGER_LINE_MISSING', 3],
  ['LEDGER_LINE_REPEATED', 3],
])
directory('line-reserialised', 'Entry 3 says the same in other bytes.', changed(segment, '"n":3,"d":1', '"n":3, "d":1'), [['LEDGER_LINE_MALFORMED', 3]])
directory('lines-hashed-again', 'Entry 3 was changed and every h after it recomputed.', { ...valid, [segment]: text(again) }, [['LEDGER_ROOT_MISMATCH', 0]])
directory('tail-cut', 'The last two entries were cut off.', { ...valid, [segment]: text(lines.slice(0, 5)) }, [['LEDGER_CHECKPOINT_REWOUND', 5]])
directory('tail-torn', 'A crash left half a line behind the signed entries.', { ...valid, [segment]: `${text(lines)}{"n":7,"d":6,"half` }, [])
directory('tail-unsigned', 'The checkpoint covers five of the seven entries, and the rest is chained.', directoryOf(lines, 5), [])
directory('checkpoint-size-plus-1', 'The size in the checkpoint was raised by one.', changed('checkpoint', '\n7\n', '\n8\n'), [['LEDGER_CHECKPOINT_UNSIGNED', -1]])
directory('checkpoint-of-another-key', 'The checkpoint was signed with another key.', { ...valid, checkpoint: noteOf(checkpointOf(origin, 7, rootOf(lines)), origin, keyOf(8)) }, [['LEDGER_CHECKPOINT_UNSIGNED', -1]])
directory('checkpoint-missing', 'There is no checkpoint.', { 'LEDGER.json': valid['LEDGER.json'] ?? '', 'LEDGER.note': valid['LEDGER.note'] ?? '', [segment]: valid[segment] ?? '' }, [['LEDGER_CHECKPOINT_MISSING', -1]])
directory('meta-edited', 'LEDGER.json was dated back by a year.', changed('LEDGER.json', '2026-01-15', '2025-01-15'), [['LEDGER_META_UNSIGNED', -1]])

// Seals. The first three entries are a finished segment of their own.
const second = 'seg/000000000003.jsonl'
const sealFile = 'seg/000000000000.seal'
const subtrees = [lines.slice(0, 2), lines.slice(2, 3)]
const sealOf = (change: { first?: number; next?: number; bytes?: number; root?: Buffer; hashes?: Buffer[] } = {}): string => {
  const { first = 0, next = 3, bytes = Buffer.byteLength(text(lines.slice(0, 3))) } = change
  const { root = rootOf(lines.slice(0, 3)), hashes = subtrees.map(rootOf) } = change
  const values = [sha256(text(lines.slice(0, 3))), root, ...hashes].map((hash) => hash.toString('base64'))
  return `${[origin, 'seal', first, next, bytes, ...values].join('\n')}\n`
}
const sealedWith = (note: string, parts = [lines.slice(0, 3), lines.slice(3)]): Files => ({
  ...valid,
  [segment]: text(parts[0] ?? []),
  [second]: text(parts[1] ?? []),
  [sealFile]: note,
})
const signed = (change?: Parameters<typeof sealOf>[0]): Files => sealedWith(noteOf(sealOf(change), origin))

directory('seal', 'Two segments, the first of them with its seal.', signed(), [], { root: rootOf(lines).toString('hex') })
directory('seal-of-another-root', 'The seal states another root, and the log signed that.', signed({ root: rootOf(lines) }), [['LEDGER_SEAL_MISMATCH', 0]])
directory('seal-of-other-subtrees', 'The seal states other subtrees, and the log signed that.', signed({ hashes: subtrees.toReversed().map(rootOf) }), [['LEDGER_SEAL_MISMATCH', 0]])
directory('seal-of-another-length', 'The seal states a byte more than the segment has.', signed({ bytes: Buffer.byteLength(text(lines.slice(0, 3))) + 1 }), [['LEDGER_SEAL_MISMATCH', 0]])
directory('seal-of-another-range', 'The seal is that of the entries from 3 on.', signed({ first: 3, next: 7, hashes: [lines.slice(3, 4), lines.slice(4, 6), lines.slice(6)].map(rootOf) }), [['LEDGER_SEAL_MISMATCH', 0]])
directory('seal-of-another-key', 'The seal was signed with another key.', sealedWith(noteOf(sealOf(), origin, keyOf(8))), [['LEDGER_SEAL_UNSIGNED', 0]])
directory('seal-with-a-subtree-less', 'The seal has one hash, its range has two.', signed({ hashes: [rootOf(lines.slice(0, 2))] }), [['LEDGER_SEAL_MALFORMED', 0]])
directory('seal-of-more-than-is-there', 'Log and checkpoint were put back to before the seal was made.', { ...directoryOf(lines.slice(0, 2)), [sealFile]: noteOf(sealOf({ bytes: Buffer.byteLength(text(lines.slice(0, 2))) }), origin) }, [['LEDGER_SEAL_MISMATCH', 0]])

// Witnesses.
const witness = keyOf(3)
const witnessName = 'witness.example/w1'
const idOf = (name: string, type: number, publicKey: Buffer): Buffer => sha256(name, Buffer.of(0x0a, type), publicKey).subarray(0, 4)
const vkeyOf = (name: string, type: number, publicKey: Buffer): string =>
  `${name}+${idOf(name, type, publicKey).toString('hex')}+${Buffer.concat([Buffer.of(type), publicKey]).toString('base64')}`
const eight = (seconds: number): Buffer => {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(seconds))
  return bytes
}
const cosignatureOf = (signed: string, seconds: number, { said = seconds, type = 0x04, signer = witness } = {}): string => {
  const signature = signer.sign(`cosignature/v1\ntime ${seconds}\n${signed}`)
  const payload = Buffer.concat([idOf(witnessName, type, signer.publicKey), eight(said), signature])
  return `— ${witnessName} ${payload.toString('base64')}\n`
}
const shown = checkpointOf(origin, lines.length, rootOf(lines))
const seconds = 1_768_471_200
const signedOnly = noteOf(shown, origin)
const refused = {
  'signed by nobody else': signedOnly,
  'another time than was signed': signedOnly + cosignatureOf(shown, seconds, { said: seconds + 1 }),
  'made for a smaller checkpoint': signedOnly + cosignatureOf(shown.replace('\n7\n', '\n6\n'), seconds),
  'by another key': signedOnly + cosignatureOf(shown, seconds, { signer: keyOf(4) }),
  'a plain signature of the witness': signedOnly + `— ${witnessName} ${Buffer.concat([idOf(witnessName, 0x04, witness.publicKey), witness.sign(shown)]).toString('base64')}\n`,
  'under the id of another kind of key': signedOnly + cosignatureOf(shown, seconds, { type: 0x01 }),
  'a right one and a wrong one': signedOnly + cosignatureOf(shown, seconds) + cosignatureOf(shown, seconds, { said: 1 }),
  'over what is no checkpoint': `${origin}\nseal\n7\n\n${cosignatureOf(`${origin}\nseal\n7\n`, seconds)}`,
}
write('cosigned', {
  witness: vkeyOf(witnessName, 0x04, witness.publicKey),
  log: vkeyOf(origin, 0x01, key.publicKey),
  time: seconds,
  note: signedOnly + cosignatureOf(shown, seconds),
  request: `old 0\n\n${signedOnly}`,
  refused,
})
