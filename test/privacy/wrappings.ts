/** The ways in which a value stands in a log line that was not logged as a value: serialised, encoded, printed, cut short. */
import { inspect } from 'node:util'

export interface Wrapping {
  readonly name: string
  readonly wrap: (value: unknown) => unknown
  /** How much of what is planted may come out: less where nothing of the structure is lost. */
  readonly leaksMax: number
}

const json = (value: unknown): string =>
  JSON.stringify(value, (_name, member) => (typeof member === 'bigint' ? String(member) : member)) ?? ''
const printed = (value: unknown): string => inspect(value, { depth: 8, maxStringLength: null, getters: false })
const cut = (text: string, part: number): string => text.slice(0, Math.floor(text.length * part))

/** Members with the names that lead to them, as loggers of flat lines write them. */
function flat(value: unknown, path = '', depth = 0): [string, string][] {
  if (typeof value !== 'object' || value === null || depth > 6) return [[path === '' ? 'value' : path, String(value)]]
  return Object.entries(value).flatMap(([name, member]) =>
    flat(member, path === '' ? name : `${path}.${name}`, depth + 1),
  )
}

export const wrappings: readonly Wrapping[] = [
  { name: 'JSON as a message', leaksMax: 0.01, wrap: json },
  { name: 'JSON under a body-like name', leaksMax: 0.01, wrap: (value) => ({ body: json(value) }) },
  { name: 'JSON under a neutral name', leaksMax: 0.01, wrap: (value) => ({ detail: json(value) }) },
  { name: 'JSON in JSON', leaksMax: 0.01, wrap: (value) => ({ detail: json(json(value)) }) },
  { name: 'JSON in a sentence', leaksMax: 0.01, wrap: (value) => `handler got ${json(value)} and stopped` },
  { name: 'JSON behind a name', leaksMax: 0.01, wrap: (value) => `payload=${json(value)}` },
  {
    name: 'indented JSON',
    leaksMax: 0.01,
    wrap: (value) => `got:\n${JSON.stringify(JSON.parse(json(value)), null, 2)}`,
  },
  { name: 'JSON in base64', leaksMax: 0.01, wrap: (value) => ({ blob: Buffer.from(json(value)).toString('base64') }) },
  {
    name: 'JSON in a form',
    leaksMax: 0.01,
    wrap: (value) => ({ body: `id=1&payload=${encodeURIComponent(json(value))}` }),
  },
  { name: 'JSON percent-encoded', leaksMax: 0.01, wrap: (value) => ({ q: encodeURIComponent(json(value)) }) },
  { name: 'JSON cut short', leaksMax: 0.03, wrap: (value) => ({ detail: cut(json(value), 0.8) }) },
  { name: 'JSON cut short in a message', leaksMax: 0.03, wrap: (value) => `got ${cut(json(value), 0.7)}` },
  { name: 'printed', leaksMax: 0.03, wrap: printed },
  { name: 'printed in a sentence', leaksMax: 0.03, wrap: (value) => `handler got ${printed(value)} and stopped` },
  { name: 'printed and cut short', leaksMax: 0.03, wrap: (value) => ({ detail: cut(printed(value), 0.8) }) },
  { name: 'flat names and values', leaksMax: 0.05, wrap: (value) => Object.fromEntries(flat(value)) },
  {
    name: 'logfmt',
    leaksMax: 0.05,
    wrap: (value) =>
      flat(value)
        .map(([name, member]) => `${name}=${/[\s"=]/.test(member) ? json(member) : member}`)
        .join(' '),
  },
  {
    name: 'lines of a file',
    leaksMax: 0.05,
    wrap: (value) =>
      flat(value)
        .map(([name, member]) => `${name}: ${member}`)
        .join('\n'),
  },
  { name: 'within lists', leaksMax: 0.01, wrap: (value) => [1, [value]] },
  { name: 'arguments of a call', leaksMax: 0.01, wrap: (value) => ({ args: ['handle', value] }) },
  { name: 'deeper', leaksMax: 0.01, wrap: (value) => ({ context: { data: { payload: value } } }) },
  { name: 'value of a Map', leaksMax: 0.01, wrap: (value) => new Map([['item', value]]) },
  { name: 'bytes', leaksMax: 0.01, wrap: (value) => ({ chunk: Buffer.from(json(value)) }) },
]
