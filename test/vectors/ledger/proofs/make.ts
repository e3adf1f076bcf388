/**
 * Writes the vectors of proofs and tiles: `node test/vectors/ledger/proofs/make.ts [directory]`, by default beside itself.
 *
 * Made from RFC 6962, C2SP tlog-proof, tlog-cosignature and tlog-tiles alone: it imports nothing of ours. One file for each
 * proof, named for what is wrong with it; `code` is what a checker has to answer, and null where the proof holds.
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
  return { publicKey, sign: (text: string) => sign(null, Buffer.from(text), key) }
}
const log = keyOf(7)
const stranger = keyOf(8)
const witness = keyOf(3)

// Lines, as FORMAT.md frames them.
const lines: string[] = []
let previous = ''
for (let n = 0; n < 21; n++) {
  const framed = `{"n":${n},"d":-1,"text":"entry ${n}, Zoë"`
  previous = sha256(previous, framed).toString('base64url').slice(0, 11)
  lines.push(`${framed},"h":"${previous}"}`)
}

// RFC 6962 section 2.1: the tree, the way from a leaf to the root, and from one tree to a larger one.
const cut = (n: number): number => {
  let k = 1
  while (k * 2 < n) k *= 2
  return k
}
const rootOf = (all: readonly string[]): Buffer => {
  if (all.length === 0) return sha256()
  if (all.length === 1) return sha256(Buffer.of(0), all[0] ?? '')
  const k = cut(all.length)
  return sha256(Buffer.of(1), rootOf(all.slice(0, k)), rootOf(all.slice(k)))
}
const pathOf = (m: number, all: readonly string[]): Buffer[] => {
  if (all.length === 1) return []
  const k = cut(all.length)
  return m < k
    ? [...pathOf(m, all.slice(0, k)), rootOf(all.slice(k))]
    : [...pathOf(m - k, all.slice(k)), rootOf(all.slice(0, k))]
}
const subproofOf = (m: number, all: readonly string[], whole: boolean): Buffer[] => {
  if (m === all.length) return whole ? [] : [rootOf(all)]
  const k = cut(all.length)
  return m <= k
    ? [...subproofOf(m, all.slice(0, k), whole), rootOf(all.slice(k))]
    : [...subproofOf(m - k, all.slice(k), false), rootOf(all.slice(0, k))]
}

// Notes, cosignatures and proofs.
const origin = 'clinic/audit.standard/w-0123456789ab'
const witnessName = 'witness.example/w1'
const idOf = (name: string, type: number, key: Buffer) => sha256(name, Buffer.of(0x0a, type), key).subarray(0, 4)
const signatureOf = (text: string, name = origin, key = log): string =>
  `— ${name} ${Buffer.concat([idOf(name, 1, key.publicKey), key.sign(text)]).toString('base64')}\n`
const cosignatureOf = (text: string, seconds: number): string => {
  const time = Buffer.alloc(8)
  time.writeBigUInt64BE(BigInt(seconds))
  const signature = witness.sign(`cosignature/v1\ntime ${seconds}\n${text}`)
  return `— ${witnessName} ${Buffer.concat([idOf(witnessName, 4, witness.publicKey), time, signature]).toString('base64')}\n`
}
const vkey = `${witnessName}+${idOf(witnessName, 4, witness.publicKey).toString('hex')}+${Buffer.concat([Buffer.of(4), witness.publicKey]).toString('base64')}`
const checkpointOf = (size: number, root: Buffer) => `${origin}\n${size}\n${root.toString('base64')}\n`
const proofOf = (index: number | string, hashes: readonly Buffer[], note: string, extra = ''): string =>
  `c2sp.org/tlog-proof@v1\n${extra}index ${index}\n${hashes.map((hash) => `${hash.toString('base64')}\n`).join('')}\n${note}`

const index = 10
const size = lines.length
const line = lines[index] ?? ''
const hashes = pathOf(index, lines)
const root = rootOf(lines)
const text = checkpointOf(size, root)
const note = `${text}\n${signatureOf(text)}`
const valid = proofOf(index, hashes, note)
const flip = (bytes: Buffer): Buffer => Buffer.concat([Buffer.of((bytes[0] ?? 0) ^ 1), bytes.subarray(1)])
const noteOver = (changed: string, key = log) => `${changed}\n${signatureOf(changed, origin, key)}`

interface Vector {
  proof: string
  line?: string
  witnesses?: string[]
  code?: string
}
const malformed = (proof: string): Vector => ({ proof, code: 'LEDGER_PROOF_MALFORMED' })
const unsigned = (proof: string): Vector => ({ proof, code: 'LEDGER_PROOF_UNSIGNED' })
const mismatch = (proof: string, other = line): Vector => ({ proof, line: other, code: 'LEDGER_PROOF_MISMATCH' })
const smaller = checkpointOf(size - 1, root)
const larger = checkpointOf(size + 1, root)
const anotherRoot = checkpointOf(size, flip(root))
const cosigned = note + cosignatureOf(text, 1_768_471_200)

const proofs: Record<string, Vector> = {
  valid: { proof: valid },
  'valid-extra': { proof: proofOf(index, hashes, note, 'extra YW55IGJ5dGVz\n') },
  'valid-first': { proof: proofOf(0, pathOf(0, lines), note), line: lines[0] ?? '' },
  'valid-last': { proof: proofOf(size - 1, pathOf(size - 1, lines), note), line: lines[size - 1] ?? '' },
  'valid-only-entry': { proof: proofOf(0, [], noteOver(checkpointOf(1, rootOf(lines.slice(0, 1))))), line: lines[0] ?? '' },
  'valid-signed-by-others-too': { proof: proofOf(index, hashes, note + signatureOf(text, 'someone', stranger)) },
  'valid-witnessed': { proof: proofOf(index, hashes, cosigned), witnesses: [vkey] },
  'index-plus-1': mismatch(proofOf(index + 1, hashes, note)),
  'index-minus-1': mismatch(proofOf(index - 1, hashes, note)),
  'index-beyond-size': mismatch(proofOf(size, hashes, note)),
  'index-with-leading-zero': malformed(proofOf(`0${index}`, hashes, note)),
  'index-missing': malformed(valid.replace(`index ${index}\n`, '')),
  'size-plus-1': unsigned(proofOf(index, hashes, note.replace(text, larger))),
  'size-minus-1': unsigned(proofOf(index, hashes, note.replace(text, smaller))),
  'size-minus-1-signed': mismatch(proofOf(index, hashes, noteOver(checkpointOf(size - 1, rootOf(lines.slice(0, -1)))))),
  'size-with-leading-zero': malformed(proofOf(index, hashes, noteOver(text.replace(`\n${size}\n`, `\n0${size}\n`)))),
  'root-changed': unsigned(proofOf(index, hashes, note.replace(text, anotherRoot))),
  'root-changed-signed': mismatch(proofOf(index, hashes, noteOver(anotherRoot))),
  'root-changed-signed-by-another-key': unsigned(proofOf(index, hashes, noteOver(anotherRoot, stranger))),
  'hash-changed': mismatch(proofOf(index, hashes.with(1, flip(hashes[1] ?? root)), note)),
  'hash-missing': mismatch(proofOf(index, hashes.slice(1), note)),
  'hash-repeated': mismatch(proofOf(index, [hashes[0] ?? root, ...hashes], note)),
  'hash-added': mismatch(proofOf(index, [...hashes, root], note)),
  'hashes-swapped': mismatch(proofOf(index, hashes.toReversed(), note)),
  'hash-too-short': malformed(proofOf(index, hashes.with(0, (hashes[0] ?? root).subarray(1)), note)),
  'line-of-another-entry': mismatch(valid, lines[index + 1] ?? ''),
  'line-edited': mismatch(valid, line.replace('Zoë', 'Zoe')),
  'line-reserialised': mismatch(valid, JSON.stringify(JSON.parse(line), undefined, 1)),
  'line-with-line-feed': mismatch(valid, `${line}\n`),
  'signature-by-another-key': unsigned(proofOf(index, hashes, noteOver(text, stranger))),
  'signature-under-another-name': unsigned(proofOf(index, hashes, `${text}\n${signatureOf(text, 'someone')}`)),
  'signature-missing': malformed(proofOf(index, hashes, `${text}\n`)),
  'signature-wrong-beside-a-right-one': unsigned(proofOf(index, hashes, note + signatureOf(larger))),
  'checkpoint-missing': malformed(valid.slice(0, valid.indexOf('\n\n') + 2)),
  'extra-not-base64': malformed(proofOf(index, hashes, note, 'extra ?\n')),
  'another-version': malformed(valid.replace('@v1', '@v2')),
  'carriage-returns': malformed(valid.replaceAll('\n', '\r\n')),
  'bytes-behind-the-end': malformed(`${valid}\n`),
  'witness-missing': { proof: valid, witnesses: [vkey], code: 'LEDGER_PROOF_UNWITNESSED' },
  'witness-of-another-checkpoint': {
    proof: proofOf(index, hashes, note + cosignatureOf(larger, 1_768_471_200)),
    witnesses: [vkey],
    code: 'LEDGER_PROOF_UNWITNESSED',
  },
}

// Consistency: from every size to every larger one of seven, and what is no proof of it.
const seven = lines.slice(0, 7)
const hex = (bytes: Buffer) => bytes.toString('hex')
const claims = seven.flatMap((_, to) =>
  Array.from({ length: to + 1 }, (_, from) => ({
    from: from + 1,
    fromRoot: hex(rootOf(seven.slice(0, from + 1))),
    to: to + 1,
    toRoot: hex(rootOf(seven.slice(0, to + 1))),
    proof: subproofOf(from + 1, seven.slice(0, to + 1), true).map(hex),
    holds: true,
  })),
)
const wrongClaims = claims.flatMap((claim) => {
  const wrong = [
    { ...claim, fromRoot: hex(flip(Buffer.from(claim.fromRoot, 'hex'))) },
    { ...claim, toRoot: hex(flip(Buffer.from(claim.toRoot, 'hex'))) },
    { ...claim, proof: [...claim.proof, hex(root)] },
  ]
  if (claim.proof.length > 0) wrong.push({ ...claim, proof: claim.proof.slice(1) })
  return wrong.map((one) => ({ ...one, holds: false }))
})

// Tiles of a log of 66,000 entries `leaf 0`, `leaf 1`, …: some of them by the hash of the file.
const tiles: Record<string, string> = {}
const count = 66_000
let level = Array.from({ length: count }, (_, i) => sha256(Buffer.of(0), `leaf ${i}`))
for (let l = 0; level.length > 0; l++) {
  for (let n = 0; n * 256 < level.length; n++) {
    const part = level.slice(n * 256, n * 256 + 256)
    const name = String(n).padStart(3, '0')
    tiles[`tile/${l}/${name}${part.length < 256 ? `.p/${part.length}` : ''}`] = hex(sha256(...part))
  }
  for (let step = 0; step < 8; step++) {
    const below = level
    level = Array.from({ length: Math.floor(below.length / 2) }, (_, i) =>
      sha256(Buffer.of(1), below[2 * i] ?? '', below[2 * i + 1] ?? ''),
    )
  }
}

const target = process.argv[2] ?? import.meta.dirname
const write = (name: string, value: object) => writeFileSync(join(target, `${name}.json`), `${JSON.stringify(value, undefined, 2)}\n`)
for (const [name, one] of Object.entries(proofs)) {
  const { proof, witnesses = [], code = null } = one
  write(name, { publicKey: log.publicKey.toString('base64'), witnesses, line: one.line ?? line, proof, code })
}
write('consistency', { claims: [...claims, ...wrongClaims] })
write('tiles', { size: count, sha256: tiles })
