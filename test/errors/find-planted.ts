/**
 * Finds planted values in what was written, in every spelling a value takes on its way through a program.
 *
 * Whole values are looked for raw, JSON-escaped, percent-encoded once and twice, as form, hex, byte list, \uXXXX and base64
 * at each alignment. Pieces of eight characters are looked for raw, because messages cut what they quote.
 */
const pieceChars = 8

/** The planted values of which `text` shows something, each with the spelling it was found in. */
export function findPlanted(text: string, planted: readonly string[]): string[] {
  const folded = text.toLowerCase()
  return planted.flatMap((value) => {
    const { anyCase, exact } = spellingsOf(value)
    const found = anyCase.find((one) => folded.includes(one)) ?? exact.find((one) => text.includes(one))
    return found === undefined ? [] : [`${value} as ${found}`]
  })
}

interface Spellings {
  /** In lower case. */
  readonly anyCase: readonly string[]
  readonly exact: readonly string[]
}

const known = new Map<string, Spellings>()

function spellingsOf(value: string): Spellings {
  const found = known.get(value) ?? spell(value)
  known.set(value, found)
  return found
}

function spell(value: string): Spellings {
  const bytes = Buffer.from(value)
  const percent = encodeURIComponent(value)
  const everyByte = [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
  const units = [...value].map((sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')
  const anyCase = [
    value,
    JSON.stringify(value).slice(1, -1),
    JSON.stringify(JSON.stringify(value)).slice(3, -3),
    percent,
    encodeURIComponent(percent),
    new URLSearchParams({ v: value }).toString().slice(2),
    everyByte,
    bytes.toString('hex'),
    [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' '),
    units,
    units.replaceAll('\\', '\\\\'),
    ...(bytes.length > 3 ? [[...bytes].join(','), [...bytes].join(', ')] : []),
    ...pieces(value),
  ]
  return {
    anyCase: [...new Set(anyCase.map((one) => one.toLowerCase()))],
    exact: [0, 1, 2].flatMap((shift) => {
      // What is left of the groups of four that only this value decides.
      const text = Buffer.concat([Buffer.alloc(shift), bytes])
        .toString('base64')
        .replace(/=+$/, '')
      const from = shift === 0 ? 0 : 4
      const until = bytes.length + shift - ((bytes.length + shift) % 3)
      const own = text.slice(from, (until / 3) * 4)
      return own.length < 6 ? [] : [own, own.replaceAll('+', '-').replaceAll('/', '_')]
    }),
  }
}

function pieces(value: string): string[] {
  const found: string[] = []
  for (let at = 0; at + pieceChars <= value.length; at++) found.push(value.slice(at, at + pieceChars))
  return found
}
