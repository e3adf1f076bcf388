import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatCheckpoint } from '../checkpoint.ts'
import { leafOf } from '../tree.ts'
import { signatureTypes, verifierKey } from '../vkey.ts'
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

  it('says of any other bytes why they prove nothing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(readCosigned(bytes, keys)).toBeTypeOf('string')
      }),
    )
    expect(readCosigned(Buffer.from('a\n\n— b AAAAAAAA\n'), keys)).toBe('not a checkpoint')
  })
})
