import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatCheckpoint } from '../checkpoint.ts'
import { formatNote, type Note, parseNote } from '../note.ts'
import { testSigner } from '../signer.fixture.ts'
import { leafOf } from '../tree.ts'
import { signatureTypes, verifierKey } from '../vkey.ts'
import { type Cosigner, cosign, findCosignature } from './cosignature.ts'
import { testCosigner } from './cosigner.fixture.ts'

const cosigner = testCosigner('witness.example/w1', 3)
const witness = verifierKey(cosigner.name, signatureTypes.cosignature, cosigner.publicKey)
const text = formatCheckpoint({ origin: 'clinic/anchor.long/w-000000000001', size: 3, root: leafOf('x') })
const log = testSigner()

async function noteWith(...lines: string[]): Promise<Buffer> {
  const key = { name: 'clinic/anchor.long/w-000000000001', publicKey: log.publicKey }
  return Buffer.from(formatNote(text, key, await log.sign(Buffer.from(text))) + lines.join(''))
}

function parsed(bytes: Uint8Array): Note {
  const note = parseNote(bytes)
  if (!note) throw new Error('no note')
  return note
}

describe('a cosignature', () => {
  it('is found on the checkpoint it was made for, with its time', async () => {
    const line = cosign(text, cosigner, 1_768_471_200)
    const found = findCosignature(parsed(await noteWith(line)), witness)
    expect(found).toEqual({ name: 'witness.example/w1', timeS: 1_768_471_200, line })
  })

  it('is the newest of several', async () => {
    const note = parsed(await noteWith(...[5, 9, 7].map((time) => cosign(text, cosigner, time))))
    expect(findCosignature(note, witness)?.timeS).toBe(9)
  })

  it('is missing where none, or only others, signed', async () => {
    const other: Cosigner = testCosigner('witness.example/w1', 4)
    expect(findCosignature(parsed(await noteWith()), witness)).toBeUndefined()
    expect(findCosignature(parsed(await noteWith(cosign(text, other, 5))), witness)).toBeUndefined()
  })

  it('is not taken from a key of another kind', async () => {
    const note = parsed(await noteWith(cosign(text, cosigner, 5)))
    const same = verifierKey(cosigner.name, signatureTypes.note, cosigner.publicKey)
    expect(findCosignature(note, same)).toBeUndefined()
    expect(findCosignature(note, { ...witness, publicKey: new Uint8Array(3) })).toBeUndefined()
  })

  it('counts for nothing beside one by the same key that is wrong', async () => {
    const wrong = cosign(text.replace('\n3\n', '\n4\n'), cosigner, 5)
    expect(findCosignature(parsed(await noteWith(cosign(text, cosigner, 5), wrong)), witness)).toBeUndefined()
  })

  it('is over a checkpoint and nothing else', () => {
    const seal = 'clinic\nseal\n3\n'
    expect(findCosignature(parsed(Buffer.from(`${seal}\n${cosign(seal, cosigner, 5)}`)), witness)).toBeUndefined()
  })

  it('has a time below 2^53', async () => {
    const line = cosign(text, cosigner, Number.MAX_SAFE_INTEGER)
    expect(findCosignature(parsed(await noteWith(line)), witness)?.timeS).toBe(Number.MAX_SAFE_INTEGER)
    const late = cosign(text, cosigner, 2 ** 53)
    expect(findCosignature(parsed(await noteWith(late)), witness)).toBeUndefined()
  })

  it('is not found once any bit of text or signature is another', async () => {
    const line = cosign(text, cosigner, 1_768_471_200)
    const bytes = Buffer.from(`${text}\n${line}`)
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = Buffer.from(bytes)
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      const note = parseNote(changed)
      expect(note && findCosignature(note, witness), `bit ${bit}`).toBeUndefined()
    }
  })

  it('is looked for in any signature without an error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (signature) => {
        const note = { text, signatures: [{ name: witness.name, keyId: witness.keyId, signature }] }
        expect(findCosignature(note, witness)).toBeUndefined()
      }),
    )
  })
})
