import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatCheckpoint, parseCheckpoint } from './checkpoint.ts'
import { testSigner } from './ledger.fixture.ts'
import { formatNote, isKeyName, isSignedBy, noteBytesMax, parseNote } from './note.ts'
import { leafOf } from './tree.ts'

const signer = testSigner()
const key = { name: 'clinic/audit.standard/w-000000000001', publicKey: signer.publicKey }

async function signedNote(text: string): Promise<Buffer> {
  return Buffer.from(formatNote(text, key, await signer.sign(Buffer.from(text))))
}

describe('a signed note', () => {
  it('is read back and verified', async () => {
    const text = formatCheckpoint({ origin: key.name, size: 3, root: leafOf('x') })
    const note = parseNote(await signedNote(text))
    expect(note?.text).toBe(text)
    expect(note && isSignedBy(note, key)).toBe(true)
  })

  it('is refused, or not signed, once any bit of it is another', async () => {
    const bytes = await signedNote(formatCheckpoint({ origin: key.name, size: 3, root: leafOf('x') }))
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = Buffer.from(bytes)
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      const note = parseNote(changed)
      expect(note !== undefined && isSignedBy(note, key), `bit ${bit}`).toBe(false)
    }
  })

  it('is not signed by another key, nor by the same key under another name', async () => {
    const note = parseNote(await signedNote('text\n'))
    expect(note && isSignedBy(note, { ...key, publicKey: testSigner(8).publicKey })).toBe(false)
    expect(note && isSignedBy(note, { ...key, name: 'other' })).toBe(false)
    expect(note && isSignedBy(note, { ...key, publicKey: new Uint8Array(3) })).toBe(false)
  })

  it('keeps its signature when a witness adds another', async () => {
    const cosignature = Buffer.concat([Buffer.alloc(4, 9), Buffer.alloc(72, 1)]).toString('base64')
    const note = parseNote(
      Buffer.concat([await signedNote('text\n'), Buffer.from(`— witness.example/w1 ${cosignature}\n`)]),
    )
    expect(note?.signatures).toHaveLength(2)
    expect(note && isSignedBy(note, key)).toBe(true)
  })

  it('is read from any bytes without an error, and never from too many', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 400 }),
          fc.string({ unit: 'binary' }).map((text) => Buffer.from(`${text}\n\n— a AAAAAAAA\n`)),
        ),
        (bytes) => {
          const note = parseNote(bytes)
          if (note) expect(note.text.endsWith('\n')).toBe(true)
        },
      ),
    )
    expect(parseNote(Buffer.from(`${'x\n'.repeat(noteBytesMax / 2)}\n— a AAAAAAAA\n`))).toBeUndefined()
  })
})

describe('the name of a key', () => {
  it.each(['', 'a b', 'a+b', 'a\nb', 'a\u00a0b', 'a\u0000b', '\ud800', 'x'.repeat(513)])('is not %j', (name) => {
    expect(isKeyName(name)).toBe(false)
  })
  it.each(['clinic/audit.standard', 'schön'])('can be %j', (name) => {
    expect(isKeyName(name)).toBe(true)
  })
})

describe('a checkpoint', () => {
  it('is read back for every size', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (size) => {
        const checkpoint = { origin: 'o', size, root: leafOf(String(size)) }
        expect(parseCheckpoint(formatCheckpoint(checkpoint))).toEqual(checkpoint)
      }),
    )
  })

  it('is read from any text without an error', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseCheckpoint(text)))
  })

  const good = formatCheckpoint({ origin: 'o', size: 12, root: leafOf('x') })
  const wrong = [
    good.replace('12', '012'),
    good.replace('12', '-1'),
    good.replace('12', '1e3'),
    good.replace('12', '9007199254740993'),
  ]
  it.each([...wrong, good.replace('o\n', '\n'), good.slice(0, -1), good.replace('=', ''), `${good}\n`, ''])(
    'is not %j',
    (text) => {
      expect(parseCheckpoint(good)).toBeDefined()
      expect(parseCheckpoint(text)).toBeUndefined()
    },
  )

  it('may carry extension lines', () => {
    expect(parseCheckpoint(`${good}extension\n`)?.size).toBe(12)
  })
})
