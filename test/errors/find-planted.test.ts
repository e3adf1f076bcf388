import { describe, expect, it } from 'vitest'
import { findPlanted } from './find-planted.ts'

const value = 'Zoë "Q" Zandvoort+1'
const bytes = Buffer.from(value)

describe('a planted value is found', () => {
  it.each([
    ['raw', value],
    ['in JSON', JSON.stringify({ value })],
    ['in JSON in JSON', JSON.stringify(JSON.stringify({ value }))],
    ['percent-encoded', encodeURIComponent(value)],
    ['percent-encoded twice', encodeURIComponent(encodeURIComponent(value))],
    ['in a form', new URLSearchParams({ value }).toString()],
    ['in hex', bytes.toString('hex').toUpperCase()],
    ['in an inspected Buffer', `<Buffer ${bytes.toString('hex').replace(/..(?!$)/g, '$& ')}>`],
    ['as a list of bytes', JSON.stringify(bytes)],
    [
      'with every sign escaped',
      [...value].map((one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
    ],
    ...['', 'x', 'xy', 'xyz'].map((before) => [
      `in base64 after ${before.length} signs`,
      Buffer.from(`${before}${value}tail`).toString('base64'),
    ]),
    ['in base64url', Buffer.from(`ab${value}`).toString('base64url')],
    ['cut', `"${value.slice(0, 10)}"... is not valid JSON`],
  ])('%s', (_how, text) => {
    expect(findPlanted(`before ${text} after`, [value])).toHaveLength(1)
  })
})

it('nothing is found where nothing was planted', () => {
  expect(findPlanted('{"type":"SyntaxError","frames":["read (src/patients.ts:1:1)"]}', [value])).toEqual([])
})
