/** What goes in comes out, byte for byte, and verifies: nothing is ever serialised again. */
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { allEntries, openTest, temporaryDirectory } from '../ledger.fixture.ts'
import { verify } from '../verify.ts'

/** Every code point there is, surrogates and controls included, a few thousand to a text. */
function allOfUnicode(): string[] {
  const texts: string[] = []
  for (let from = 0; from < 0x110000; from += 4096) {
    let text = ''
    for (let point = from; point < from + 4096; point++) text += String.fromCodePoint(point)
    texts.push(text)
  }
  return texts
}

const memberOf = (value: unknown): string => `"v":${JSON.stringify(value)}`

const bodies: Record<string, readonly string[]> = {
  'all of Unicode, escaped where JSON asks for it': allOfUnicode().map(memberOf),
  'all of Unicode that stands for itself': allOfUnicode().map((text) => memberOf(text.toWellFormed())),
  'numbers as they were written': ['-0', '1e21', '1E+21', '9007199254740991', '9007199254740993', '-9007199254740993']
    .concat(['0.1e-7', '1.0', '1.10', '5e-324', '1.7976931348623157e308', '123456789012345678901234567890'])
    .map((number) => `"v":${number}`),
  'lone surrogates, escaped': ['\ud800', '\udfff', '\udfff\ud800', 'a\udbffb'].map(memberOf),
  'deep nesting': [`"v":${'['.repeat(32_000)}${']'.repeat(32_000)}`, `"v":${'{"a":'.repeat(9000)}0${'}'.repeat(9000)}`],
  'members in any order, twice, and with white space': ['"b":1,"a":2', '"a":1,"a":2', '  "v" :\t[ 1 ,\r 2 ] '],
  'the marks of the frame itself': [memberOf('","h":"AAAAAAAAAAA"}'), memberOf('{"n":0,"d":-1,'), memberOf('\u0000')],
}

describe('an entry', () => {
  it.each(Object.entries(bodies))('of %s is stored, read and verified as it was given', async (_, given) => {
    const root = temporaryDirectory()
    const ledger = openTest(root)
    for (const body of given) ledger.append(body)
    await ledger.close()
    const lines = (await allEntries(root)).map((entry) => entry.line)
    expect(lines).toHaveLength(given.length)
    for (const [i, line] of lines.entries()) {
      const body = line.slice(line.indexOf(',', line.indexOf('"d":')) + 1, -19)
      expect(body === given[i], `entry ${i}`).toBe(true)
    }
    expect((await verify(root)).ok).toBe(true)
  })

  it('with a lone surrogate of its own is refused: no bytes of UTF-8 stand for it', async () => {
    const ledger = openTest(join(temporaryDirectory(), 'audit.standard'))
    for (const text of ['\ud800', 'a\udc00b', '\udfff\ud800']) {
      expect(() => ledger.append(`"v":"${text}"`)).toThrow(expect.objectContaining({ code: 'LEDGER_ENTRY_INVALID' }))
    }
    await ledger.close()
  })
})
