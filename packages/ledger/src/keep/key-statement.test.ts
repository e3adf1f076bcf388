import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseCheckpoint } from '../checkpoint.ts'
import { testSigner } from '../ledger.fixture.ts'
import { formatSignature, keyIdOf, parseNote } from '../note.ts'
import { type EpochStatement, formatEpoch, formatRotation, parseStatement, rotationKeyName } from './key-statement.ts'
import { parseLineage, parseRotationNote } from './lineage.ts'

const hashes = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes))
const counts = fc.maxSafeNat()
const times = fc.integer({ min: 0, max: 253_402_300_799_999 }).map((ms) => new Date(ms).toISOString())

const epochs: fc.Arbitrary<EpochStatement> = fc
  .record({ number: counts, size: counts, root: hashes, key: hashes, previous: fc.option(hashes), begun: times })
  .map(({ root, key, previous, ...rest }) => ({
    kind: 'epoch' as const,
    origin: 'clinic/audit.standard/w-00000000000a',
    ...rest,
    root: root.toString('latin1'),
    publicKey: key.toString('base64'),
    ...(previous && { previous: previous.toString('base64') }),
  }))

/** A rotation from one test key to another. */
function rotation(from: number, to: number): Buffer {
  const signers = [testSigner(from), testSigner(to)]
  const [a = '', b = ''] = signers.map(({ publicKey }) => Buffer.from(publicKey).toString('base64'))
  const text = formatRotation({ kind: 'rotation', from: a, to: b, time: '2026-01-15T12:00:00.000Z' })
  const name = rotationKeyName
  const lines = signers.map(({ publicKey, sign }) => {
    const signature = sign(Buffer.from(text))
    if (!(signature instanceof Uint8Array)) throw new Error('slow signer')
    return formatSignature({ name, keyId: keyIdOf(name, publicKey), signature })
  })
  return Buffer.from(`${text}\n${lines.join('')}`)
}

const keyOf = (seed: number): string => Buffer.from(testSigner(seed).publicKey).toString('base64')

describe('a key statement', () => {
  it('is read back as it was written, and is never a checkpoint', () => {
    void fc.assert(
      fc.property(epochs, (epoch) => {
        expect(parseStatement(formatEpoch(epoch))).toEqual(epoch)
        expect(parseCheckpoint(formatEpoch(epoch))).toBeUndefined()
      }),
    )
  })

  it('that is any text is refused or says the same when it is written again', () => {
    const lines = fc.array(
      fc.oneof(
        fc.string(),
        fc.constantFrom('trailmark', 'epoch', 'rotation', '0', '1', '-', keyOf(1), keyOf(2), '2026-01-15T12:00:00Z'),
      ),
      { maxLength: 10 },
    )
    void fc.assert(
      fc.property(lines, (all) => {
        const text = `${all.join('\n')}\n`
        const statement = parseStatement(text)
        if (!statement) return true
        return (statement.kind === 'epoch' ? formatEpoch(statement) : formatRotation(statement)) === text
      }),
    )
  })
})

describe('a lineage', () => {
  it('leads from key to key', () => {
    expect(parseLineage([rotation(1, 2), rotation(2, 3)], keyOf(3))).toMatchObject([
      { from: keyOf(1), to: keyOf(2) },
      { from: keyOf(2), to: keyOf(3) },
    ])
    expect(parseLineage([], keyOf(1))).toEqual([])
  })

  it.each([
    ['a hole', [rotation(1, 2), rotation(3, 4)], 4],
    ['another end', [rotation(1, 2)], 3],
    ['a circle', [rotation(1, 2), rotation(2, 1)], 1],
    ['another order', [rotation(2, 3), rotation(1, 2)], 2],
    ['something else in it', [Buffer.from('x')], 2],
  ])('with %s is refused', (_, notes, last) => {
    expect(parseLineage(notes, keyOf(last))).toBeTypeOf('string')
  })

  it('with any bit of a rotation changed is refused', () => {
    const note = rotation(1, 2)
    void fc.assert(
      fc.property(fc.nat(note.length * 8 - 1), (bit) => {
        const edited = Buffer.from(note)
        edited[bit >> 3] = (edited[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        return parseRotationNote(edited) === undefined
      }),
    )
    void fc.assert(fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => parseRotationNote(bytes) === undefined))
  })

  it('signed twice by one of the keys is refused', () => {
    const note = parseNote(rotation(1, 2))
    const [first] = note?.signatures ?? []
    const lines = first ? formatSignature(first) : ''
    expect(parseRotationNote(Buffer.from(`${note?.text}\n${lines}${lines}`))).toBeUndefined()
  })
})
