import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatCheckpoint } from '../checkpoint.ts'
import { formatNote, noteBytesMax } from '../note.ts'
import { testSigner } from '../signer.fixture.ts'
import { leafOf } from '../tree.ts'
import { extraBytesMax, formatProof, parseProof, proofBytesMax } from './proof.ts'

const origin = 'clinic/audit.standard/w-000000000001'
const { publicKey, sign } = testSigner()
const text = formatCheckpoint({ origin, size: 9, root: leafOf('root') })
const signature = sign(Buffer.from(text))
const checkpoint = signature instanceof Uint8Array ? formatNote(text, { name: origin, publicKey }, signature) : ''
const hashes = [leafOf('a'), leafOf('b')]

describe('the text of a proof', () => {
  it('is read back', () => {
    fc.assert(
      fc.property(
        fc.maxSafeNat(),
        fc.array(
          fc.nat().map((n) => leafOf(String(n))),
          { maxLength: 53 },
        ),
        fc.option(fc.uint8Array({ minLength: 1, maxLength: 300 }), { nil: undefined }),
        (index, some, extra) => {
          const proof = { index, hashes: some, checkpoint, ...(extra && { extra }) }
          expect(parseProof(Buffer.from(formatProof(proof)))).toMatchObject({ ...proof, signed: { origin, size: 9 } })
        },
      ),
    )
  })

  it('is what C2SP tlog-proof says', () => {
    const extra = Buffer.from('out of band')
    expect(formatProof({ index: 7, hashes, checkpoint, extra }).split('\n').slice(0, 6)).toEqual([
      'c2sp.org/tlog-proof@v1',
      'extra b3V0IG9mIGJhbmQ=',
      'index 7',
      Buffer.from(hashes[0] ?? '', 'latin1').toString('base64'),
      Buffer.from(hashes[1] ?? '', 'latin1').toString('base64'),
      '',
    ])
  })

  it('has room for the longest there is', () => {
    const long = {
      index: Number.MAX_SAFE_INTEGER,
      hashes: Array.from({ length: 53 }, () => leafOf('')),
      extra: new Uint8Array(extraBytesMax),
    }
    const bytes = Buffer.from(formatProof({ ...long, checkpoint }))
    expect(parseProof(bytes)).toMatchObject({ index: Number.MAX_SAFE_INTEGER })
    expect(bytes.length - checkpoint.length + noteBytesMax).toBeLessThanOrEqual(proofBytesMax)
    expect(parseProof(Buffer.alloc(proofBytesMax + 1))).toContain('longer than')
  })

  const good = formatProof({ index: 7, hashes, checkpoint })
  it.each([
    ['nothing', '', 'empty line'],
    ['another version', good.replace('@v1', '@v2'), 'first line'],
    ['no index', good.replace('index 7\n', ''), 'index'],
    ['an index with a zero before it', good.replace('index 7', 'index 07'), 'index'],
    ['a negative index', good.replace('index 7', 'index -7'), 'index'],
    ['an index beyond 2^53', good.replace('index 7', 'index 9007199254740992'), 'index'],
    ['two indexes', good.replace('index 7\n', 'index 7\nindex 7\n'), 'hash'],
    ['two spaces', good.replace('index 7', 'index  7'), 'index'],
    ['CRLF', good.replaceAll('\n', '\r\n'), 'empty line'],
    ['CR before the index ends', good.replace('index 7\n', 'index 7\r\n'), 'index'],
    ['extra data that is not base64', good.replace('index 7', 'extra b3V\nindex 7'), 'extra'],
    ['extra data that is empty', good.replace('index 7', 'extra \nindex 7'), 'extra'],
    ['extra data behind the index', good.replace('index 7', 'index 7\nextra b3V0'), 'hash'],
    [
      'too much extra data',
      good.replace('index 7', `extra ${Buffer.alloc(65_537).toString('base64')}\nindex 7`),
      'extra',
    ],
    ['a hash of 31 bytes', good.replace('index 7', `index 7\n${Buffer.alloc(31).toString('base64')}`), 'hash'],
    [
      '54 hashes',
      good.replace('index 7', `index 7${`\n${Buffer.alloc(32).toString('base64')}`.repeat(52)}`),
      'more than 53',
    ],
    ['no checkpoint', good.slice(0, good.indexOf('\n\n') + 2), 'checkpoint'],
    ['a checkpoint cut short', good.slice(0, -1), 'checkpoint'],
    ['another note', good.replace('\n9\n', '\nnine\n'), 'checkpoint'],
    ['something behind it', `${good}\n`, 'checkpoint'],
  ])('is refused with %s', (_, wrong, why) => {
    expect(parseProof(Buffer.from(wrong))).toContain(why)
  })

  it('is never another proof after a byte of it was changed, and reading it never fails', () => {
    const bytes = Buffer.from(good)
    for (let at = 0; at < bytes.length; at++) {
      for (const change of [1, 2, 4, 8, 16, 32, 64, 128]) {
        const changed = Buffer.from(bytes)
        changed[at] = (changed[at] ?? 0) ^ change
        const parsed = parseProof(changed)
        if (typeof parsed !== 'string') expect(formatProof(parsed)).toBe(changed.toString('utf8'))
      }
    }
    fc.assert(
      fc.property(fc.nat(bytes.length), fc.nat(bytes.length), fc.uint8Array({ maxLength: 80 }), (from, to, noise) => {
        const parsed = parseProof(Buffer.concat([bytes.subarray(0, from), noise, bytes.subarray(to)]))
        if (typeof parsed !== 'string') expect(parseProof(Buffer.from(formatProof(parsed)))).toEqual(parsed)
      }),
    )
  })
})
