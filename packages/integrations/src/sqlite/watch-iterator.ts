/**
 * Rows that are fetched one by one: counted as they are taken, and reported when the last one was, when the loop is left, or
 * when it fails. An iterator that is simply forgotten reports nothing.
 */
import type { AnyFunction } from '@trailmark/core/integration'
import { memberOf } from '../member.ts'
import type { SentStatement } from '../statement-watch.ts'

/** As many rows as the trail looks at. */
const rowsMax = 20

/** Watches an iterator in place: its own `next` and `return` are replaced on this one object. */
export function watchIterator(iterator: unknown, sent: SentStatement, columns: () => readonly string[]): void {
  if (typeof iterator !== 'object' || iterator === null) return
  const rows: unknown[] = []
  let count = 0
  let told = false
  const ended = (): void => {
    if (told) return
    told = true
    const named = Array.isArray(rows[0]) ? columns() : undefined
    sent.succeeded({ rows, columns: named, affected: count, countOf: () => count })
  }
  const failed = (): void => {
    if (told) return
    told = true
    sent.failed()
  }
  const replace = (name: 'next' | 'return', after: (answer: unknown) => void): void => {
    const inner = memberOf(iterator, name)
    if (typeof inner !== 'function') return
    const outer: AnyFunction = function step(this: unknown, ...given) {
      let answer: unknown
      try {
        answer = Reflect.apply(inner, this, given)
      } catch (error) {
        failed()
        throw error
      }
      after(answer)
      return answer
    }
    Reflect.defineProperty(iterator, name, { value: outer, writable: true, configurable: true })
  }
  replace('next', (answer) => {
    if (memberOf(answer, 'done') === true) return ended()
    count++
    if (rows.length < rowsMax) rows.push(memberOf(answer, 'value'))
  })
  replace('return', ended)
}
