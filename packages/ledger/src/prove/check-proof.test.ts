import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatCheckpoint } from '../checkpoint.ts'
import { LedgerError } from '../errors.ts'
import { cosign } from '../keep/cosignature.ts'
import { testCosigner } from '../keep/cosigner.fixture.ts'
import type { Signer } from '../ledger.ts'
import { formatNote } from '../note.ts'
import { testSigner } from '../signer.fixture.ts'
import { hashToBase64 } from '../tree.ts'
import { formatVkey, signatureTypes, verifierKey } from '../vkey.ts'
import { type CheckProofOptions, checkProof, type Proved } from './check-proof.ts'
import { formatProof } from './proof.ts'
import { reference } from './rfc6962.fixture.ts'

const origin = 'clinic/audit.standard/w-000000000001'
const lines = Array.from({ length: 100 }, (_, n) => `{"n":${n},"d":-1,"text":"ünı ${n}","h":"AAAAAAAAAAA"}`)
const tree = reference(lines)
const size = 77
const index = 42
const line = lines[index] ?? ''
const publicKey = new Uint8Array(testSigner().publicKey)
const trusted = { publicKeys: [publicKey] }
const witness = testCosigner('witness.example/w1', 3)
const vkey = formatVkey(verifierKey(witness.name, signatureTypes.cosignature, witness.publicKey))
const text = formatCheckpoint({ origin, size, root: tree.root(size) })

async function signed(checkpoint = text, seed = 7): Promise<string> {
  const signer = testSigner(seed)
  return formatNote(
    checkpoint,
    { name: origin, publicKey: signer.publicKey },
    await signer.sign(Buffer.from(checkpoint)),
  )
}

async function proof(): Promise<string> {
  return formatProof({ index, hashes: tree.path(index, size), checkpoint: await signed() })
}

/** The note of a rotation; `old` signs in the place of the key that goes. */
async function rotation(from: Signer, to: Signer, old = from): Promise<Buffer> {
  const name = 'trailmark-rotation'
  const [before, after] = [from, to].map((one) => Buffer.from(one.publicKey).toString('base64'))
  const statement = `trailmark\nrotation\n${before}\n${after}\n2026-01-15T10:00:00Z\n`
  const line = async (signer: Signer) =>
    formatNote(statement, { name, publicKey: signer.publicKey }, await signer.sign(Buffer.from(statement)))
  return Buffer.from((await line(old)) + (await line(to)).slice(statement.length + 1))
}

function codeOf(given: string | Uint8Array, proved: Proved = { line }, options: CheckProofOptions = trusted): string {
  try {
    checkProof(given, proved, options)
    return 'ok'
  } catch (error) {
    return error instanceof LedgerError ? error.code : `raw ${String(error)}`
  }
}

describe('a proof that holds', () => {
  it('says what it proves, by line or by leaf', async () => {
    const says = {
      origin,
      index,
      size,
      root: Buffer.from(tree.root(size), 'latin1').toString('hex'),
      publicKey,
      witnessed: [],
    }
    expect(checkProof(await proof(), { line }, trusted)).toEqual(says)
    expect(checkProof(Buffer.from(await proof()), { line: Buffer.from(line) }, trusted)).toEqual(says)
    expect(
      checkProof(await proof(), { leaf: Buffer.from(tree.leaf(index), 'latin1') }, { ...trusted, origin }),
    ).toEqual(says)
  })

  it('needs only one of the keys, and ignores signatures by others', async () => {
    const other = testSigner(9).publicKey
    const more = `${await proof()}— someone ${Buffer.alloc(70, 1).toString('base64')}\n`
    expect(checkProof(more, { line }, { publicKeys: [other, publicKey] }).publicKey).toEqual(publicKey)
  })

  it('is signed by a key that rotations lead to from one that is trusted', async () => {
    const [first, second, third] = [testSigner(11), testSigner(12), testSigner(7)]
    const rotations = [await rotation(second, third), await rotation(first, second)]
    const trustedFirst = { publicKeys: [first.publicKey], rotations }
    expect(Buffer.from(checkProof(await proof(), { line }, trustedFirst).publicKey)).toEqual(
      Buffer.from(third.publicKey),
    )
    const forged = [rotations[0] ?? Buffer.alloc(0), await rotation(first, second, testSigner(13)), Buffer.from('none')]
    for (const publicKeys of [[first.publicKey], [testSigner(13).publicKey]])
      expect(codeOf(await proof(), { line }, { publicKeys, rotations: forged })).toBe('LEDGER_PROOF_UNSIGNED')
    // A key is trusted through an older one, never the other way.
    const older = [await rotation(third, second)]
    expect(codeOf(await proof(), { line }, { publicKeys: [second.publicKey], rotations: older })).toBe(
      'LEDGER_PROOF_UNSIGNED',
    )
  })

  it('names the witnesses that saw it', async () => {
    const cosigned = (await proof()) + cosign(text, witness, 1_768_471_200)
    const { witnessed } = checkProof(cosigned, { line }, { ...trusted, witnesses: [vkey, vkey] })
    expect(witnessed).toEqual([{ name: 'witness.example/w1', timeS: 1_768_471_200 }])
  })
})

describe('a proof is refused', () => {
  it('after any single bit of it was changed', async () => {
    const bytes = Buffer.from(await proof())
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = Buffer.from(bytes)
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(codeOf(changed), `bit ${bit}: ${changed.toString('latin1')}`).toMatch(
        /^LEDGER_PROOF_(MALFORMED|UNSIGNED|MISMATCH)$/,
      )
    }
  })

  it('after any single byte of it was taken out, doubled or put elsewhere', async () => {
    const bytes = Buffer.from(await proof())
    for (let at = 0; at < bytes.length; at++) {
      const without = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)])
      const doubled = Buffer.concat([bytes.subarray(0, at + 1), bytes.subarray(at)])
      for (const changed of [without, doubled, bytes.subarray(0, at)]) expect(codeOf(changed)).toMatch(/^LEDGER_PROOF_/)
    }
  })

  it('after any single change of index, size, root or hash, even when it is signed again by somebody else', async () => {
    const hashes = tree.path(index, size)
    const checkpoint = await signed()
    for (let other = 0; other < 130; other++) {
      if (other !== index)
        expect(codeOf(formatProof({ index: other, hashes, checkpoint }))).toBe('LEDGER_PROOF_MISMATCH')
      const resized = text.replace(`\n${size}\n`, `\n${other}\n`)
      const stranger = formatProof({ index, hashes, checkpoint: await signed(resized, 8) })
      expect(codeOf(stranger)).toBe('LEDGER_PROOF_UNSIGNED')
      const kept = checkpoint.replace(text, resized)
      if (other !== size) expect(codeOf(formatProof({ index, hashes, checkpoint: kept }))).toBe('LEDGER_PROOF_UNSIGNED')
    }
    const root = text.replace(hashToBase64(tree.root(size)), hashToBase64(tree.root(size - 1)))
    expect(codeOf(formatProof({ index, hashes, checkpoint: checkpoint.replace(text, root) }))).toBe(
      'LEDGER_PROOF_UNSIGNED',
    )
    expect(codeOf(formatProof({ index, hashes, checkpoint: await signed(root) }))).toBe('LEDGER_PROOF_MISMATCH')
    for (const [i] of hashes.entries()) {
      for (const wrong of [hashes.toSpliced(i, 1), hashes.with(i, tree.leaf(3)), hashes.toSpliced(i, 0, tree.leaf(3))])
        expect(codeOf(formatProof({ index, hashes: wrong, checkpoint }))).toBe('LEDGER_PROOF_MISMATCH')
    }
  })

  it('for any other entry', async () => {
    const given = await proof()
    for (const other of lines.filter((one) => one !== line))
      expect(codeOf(given, { line: other })).toBe('LEDGER_PROOF_MISMATCH')
    for (const wrong of ['', `${line}\n`, ` ${line}`, line.slice(1), 'x'.repeat(65_536)])
      expect(codeOf(given, { line: wrong })).toBe('LEDGER_PROOF_MISMATCH')
    expect(codeOf(given, { leaf: Buffer.alloc(32) })).toBe('LEDGER_PROOF_MISMATCH')
    expect(codeOf(given, { leaf: Buffer.alloc(31) })).toBe('LEDGER_OPTION_INVALID')
  })

  it('under another key, name or log', async () => {
    const given = await proof()
    expect(codeOf(given, { line }, { publicKeys: [testSigner(8).publicKey] })).toBe('LEDGER_PROOF_UNSIGNED')
    expect(codeOf(given.replace(`— ${origin} `, '— someone '))).toBe('LEDGER_PROOF_UNSIGNED')
    expect(codeOf(given, { line }, { ...trusted, origin: 'clinic/audit.standard/w-000000000002' })).toBe(
      'LEDGER_PROOF_MISMATCH',
    )
    expect(codeOf(given, { line }, { publicKeys: [] })).toBe('LEDGER_OPTION_INVALID')
    expect(codeOf(given, { line }, { publicKeys: [new Uint8Array(31)] })).toBe('LEDGER_OPTION_INVALID')
  })

  it('without the witnesses asked for', async () => {
    const given = await proof()
    const cosigned = given + cosign(text, witness, 1_768_471_200)
    const other = formatVkey(verifierKey('witness.example/w2', signatureTypes.cosignature, testSigner(9).publicKey))
    expect(codeOf(given, { line }, { ...trusted, witnesses: [vkey] })).toBe('LEDGER_PROOF_UNWITNESSED')
    expect(codeOf(cosigned, { line }, { ...trusted, witnesses: [vkey, other] })).toBe('LEDGER_PROOF_UNWITNESSED')
    expect(codeOf(cosigned, { line }, { ...trusted, witnesses: [vkey, other], witnessesMin: 1 })).toBe('ok')
    expect(codeOf(given, { line }, { ...trusted, witnesses: [vkey], witnessesMin: 0 })).toBe('ok')
    for (const witnessesMin of [-1, 2, 0.5, Number.NaN])
      expect(codeOf(cosigned, { line }, { ...trusted, witnesses: [vkey], witnessesMin })).toBe('LEDGER_OPTION_INVALID')
    const log = formatVkey(verifierKey(origin, signatureTypes.note, publicKey))
    for (const wrong of ['', 'witness', log])
      expect(codeOf(given, { line }, { ...trusted, witnesses: [wrong] })).toBe('LEDGER_OPTION_INVALID')
  })

  it('with a code, whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), fc.string()), (given) => {
        expect(codeOf(given)).toBe('LEDGER_PROOF_MALFORMED')
      }),
    )
  })
})
