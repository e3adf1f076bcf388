/**
 * Finds planted values in what was written, whole in every spelling, or in pieces.
 *
 * Pieces of eight characters are looked for as they are, because messages cut what they quote.
 */
import { findLeaks } from '../privacy/find-leaks.ts'
import type { Planted } from '../privacy/planted.ts'

const pieceChars = 8

/** The planted values of which `text` shows something, each with what was seen and what stands before it. */
export function findPlanted(text: string, planted: readonly string[]): string[] {
  const folded = text.toLowerCase()
  const cut = planted.flatMap((value) => {
    const piece = piecesOf(value).find((one) => folded.includes(one))
    if (piece === undefined) return []
    const at = folded.indexOf(piece)
    return [{ value, seen: text.slice(Math.max(0, at - 100), at + value.length + 20) }]
  })
  const found = new Set(cut.map((one) => one.value))
  const rest = planted.filter((value) => !found.has(value)).map(asPlanted)
  const spelled = findLeaks(text, rest).map(({ planted: { value }, spelling, excerpt }) => ({
    value,
    seen: `${spelling}: ${excerpt}`,
  }))
  return [...cut, ...spelled].map(({ value, seen }) => `${value} in …${seen.replaceAll('\n', '⏎')}…`)
}

const known = new Map<string, { readonly pieces: readonly string[]; readonly planted: Planted }>()

function lookUp(value: string): { readonly pieces: readonly string[]; readonly planted: Planted } {
  const found = known.get(value) ?? {
    pieces: piecesIn(value.toLowerCase()),
    planted: Object.freeze({ class: 'secret' as const, value, open: 0 }),
  }
  known.set(value, found)
  return found
}

const piecesOf = (value: string): readonly string[] => lookUp(value).pieces
/** The same object for the same value, because the other finder remembers by it. */
const asPlanted = (value: string): Planted => lookUp(value).planted

function piecesIn(value: string): string[] {
  if (value.length <= pieceChars) return [value]
  return Array.from({ length: value.length - pieceChars + 1 }, (_, at) => value.slice(at, at + pieceChars))
}
