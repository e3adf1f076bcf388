import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseHeldNotes } from './held-notes.ts'

const root = Buffer.alloc(32, 0xab)
const note = (origin: string, size: number, extension = ''): string =>
  `${origin}\n${size}\n${root.toString('base64')}\n${extension}\n— ${origin} AAAAAAAA\n— ${origin}/epoch AAAAAAAA\n`

it('the last checkpoint of each log is found, behind the remains of a crash as well', () => {
  const text = [
    note('a', 1),
    note('b', 5),
    note('a', 3).slice(0, 20),
    '\n',
    note('a', 3, 'an extension\n'),
    note('b', 7),
  ].join('')
  expect(parseHeldNotes(text)).toEqual([
    { origin: 'a', size: 3, root: root.toString('hex') },
    { origin: 'b', size: 7, root: root.toString('hex') },
  ])
})

it('other signed notes are no checkpoints', () => {
  expect(parseHeldNotes(`a\nseal\n0\n5\n${root.toString('base64')}\n\n— a AAAAAAAA\n`)).toEqual([])
  expect(parseHeldNotes(`a\n05\n${root.toString('base64')}\n\n— a AAAAAAAA\n`)).toEqual([])
})

it('any text gives a list and no error', () => {
  const pieces = fc.constantFrom('a\n', '7\n', `${root.toString('base64')}\n`, '\n', '— a AAAA\n', 'x')
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(pieces, { maxLength: 40 }).map((all) => all.join('')),
      ),
      (text) => Array.isArray(parseHeldNotes(text)),
    ),
  )
})
