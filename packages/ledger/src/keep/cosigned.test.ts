import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatCheckpoint } from '../checkpoint.ts'
import { isSignedBy } from '../note.ts'
import { leafOf } from '../tree.ts'
import { parseVkey, signatureTypes, verifierKey } from '../vkey.ts'
import { parseAddCheckpoint } from './add-checkpoint.ts'
import { cosign } from './cosignature.ts'
import { readCosigned } from './cosigned.ts'
import { testCosigner } from './cosigner.fixture.ts'

const [one, two, three] = [1, 2, 3].map((seed) => testCosigner(`witness.example/w${seed}`, seed))
const keys = [one, two, three].flatMap((key) =>
  key ? [verifierKey(key.name, signatureTypes.cosignature, key.publicKey)] : [],
)
const text = formatCheckpoint({ origin: 'clinic/anchor.long/w-000000000001', size: 3, root: leafOf('x') })

describe('a cosigned checkpoint', () => {
  it('names every trusted witness that signed, and no other', () => {
    if (!one || !three) throw new Error('no keys')
    const bytes = Buffer.from(`${text}\n${cosign(text, one, 5)}${cosign(text, three, 7)}`)
    expect(readCosigned(bytes, keys)).toMatchObject({
      checkpoint: { origin: 'clinic/anchor.long/w-000000000001', size: 3 },
      cosignatures: [
        { name: 'witness.example/w1', timeS: 5 },
        { name: 'witness.example/w3', timeS: 7 },
      ],
    })
    expect(readCosigned(bytes, keys.slice(1, 2))).toBe('not cosigned by any of these witnesses')
    expect(readCosigned(bytes, [])).toBe('not cosigned by any of these witnesses')
  })

  it('is what a second implementation wrote, and nothing that it says is to be refused', () => {
    const path = join(import.meta.dirname, '..', '..', '..', '..', 'test', 'vectors', 'ledger', 'cosigned.json')
    const vector: {
      witness: string
      log: string
      time: number
      note: string
      request: string
      refused: Record<string, string>
    } = JSON.parse(readFileSync(path, 'utf8'))
    const witness = parseVkey(vector.witness)
    const log = parseVkey(vector.log)
    if (!witness || !log) throw new Error('no keys')
    const read = readCosigned(Buffer.from(vector.note), [witness])
    expect(read).toMatchObject({ cosignatures: [{ name: witness.name, timeS: vector.time }] })
    expect(typeof read !== 'string' && isSignedBy(read.note, log)).toBe(true)
    expect(parseAddCheckpoint(Buffer.from(vector.request))?.note.length).toBeGreaterThan(100)
    for (const [about, note] of Object.entries(vector.refused))
      expect(readCosigned(Buffer.from(note), [witness]), about).toBeTypeOf('string')
    expect(Object.keys(vector.refused).length).toBeGreaterThan(7)
  })

  it('says of any other bytes why they prove nothing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(readCosigned(bytes, keys)).toBeTypeOf('string')
      }),
    )
    expect(readCosigned(Buffer.from('a\n\n— b AAAAAAAA\n'), keys)).toBe('not a checkpoint')
  })
})
