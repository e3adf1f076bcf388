/**
 * Random ids are no secrets: whoever reads a log looks for them. One in some hundred thousand spells something by chance, so the
 * ids are drawn from a fixed seed: what is claimed is the rate, and a failure is the same for everybody.
 */
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { scrub } from './scrub.ts'

const hexadecimal = '0123456789abcdef'
const digits = '0123456789'
const small = 'abcdefghijklmnopqrstuvwxyz'
const letters = small + small.toUpperCase()

/** A source of bytes that is the same each time. */
function source(name: string): (alphabet: string, count: number) => string {
  let at = 0
  return (alphabet, count) => {
    let text = ''
    while (text.length < count) {
      at += 1
      for (const byte of createHash('sha256').update(`${name}/${at}`).digest())
        if (text.length < count && byte < 256 - (256 % alphabet.length)) text += alphabet.charAt(byte % alphabet.length)
    }
    return text
  }
}

type Draw = (alphabet: string, count: number) => string
const uuid = (draw: Draw) => [8, 4, 4, 4, 12].map((count) => draw(hexadecimal, count)).join('-')

const kinds: Readonly<Record<string, (draw: Draw) => string>> = {
  'span id': (draw) => draw(hexadecimal, 16),
  'trace id': (draw) => draw(hexadecimal, 32),
  'commit hash': (draw) => draw(hexadecimal, 40),
  digest: (draw) => `sha256:${draw(hexadecimal, 64)}`,
  ObjectId: (draw) => `6${draw(hexadecimal, 23)}`,
  UUID: uuid,
  'UUID in capitals': (draw) => uuid(draw).toUpperCase(),
  traceparent: (draw) => `00-${draw(hexadecimal, 32)}-${draw(hexadecimal, 16)}-01`,
  ULID: (draw) => `01${draw('0123456789ABCDEFGHJKMNPQRSTVWXYZ', 24)}`,
  nanoid: (draw) => draw(`${letters}${digits}_-`, 21),
  KSUID: (draw) => draw(letters + digits, 27),
  cuid: (draw) => `c${draw(small + digits, 24)}`,
  'base 36': (draw) => draw(small + digits, 10),
  'base 62': (draw) => draw(letters + digits, 12),
  'order number': (draw) => `ORD-${draw(digits, 4)}-${draw(digits, 6)}`,
  'pod of Kubernetes': (draw) =>
    `api-${draw('bcdfghjklmnpqrstvwxz2456789', 10)}-${draw('bcdfghjklmnpqrstvwxz2456789', 5)}`,
}

test.each(Object.entries(kinds))(
  'a %s stays: alone, under a neutral name, in a sentence, in a line of pairs',
  (name, make) => {
    const draw = source(name)
    for (let i = 0; i < 1_000; i++) {
      const id = make(draw)
      expect(scrub(id)).toBe(id)
      expect(scrub({ ref: id })).toEqual({ ref: id })
      expect(scrub(`handled ${id} in time`)).toBe(`handled ${id} in time`)
      expect(scrub(`ref=${id} ms=3`)).toBe(`ref=${id} ms=3`)
    }
  },
)
