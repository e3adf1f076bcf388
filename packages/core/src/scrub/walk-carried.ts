/**
 * Headers, cookies and queries hold texts and lists of texts. What else stands in their place is dropped, except an error: one
 * is written as its skeleton wherever it stands.
 */
import type { Judgement } from './names.ts'
import { around } from './walker.ts'

/** What is written for anything else in the place of headers, cookies or a query; undefined elsewhere. */
export function carrierOf({ as }: Judgement, context: number): string | undefined {
  if (as === 'headers') return '[header]'
  if (as === 'cookies') return '[cookie]'
  return as === 'query' || (context & around.query) !== 0 ? '[query]' : undefined
}

export function isCarrier(name: Judgement, context: number): boolean {
  return carrierOf(name, context) !== undefined
}
