/** Tells equal questions from different ones in the records of reads. Keyed, because a question names people: a plain hash could be guessed. */
import { createHmac } from 'node:crypto'
import { asId } from '@trailmark/core'
import type { Keys } from '@trailmark/keys'

/** `q1_` and 43 characters. `kind` keeps questions of different commands apart. */
export function questionHash(keys: Pick<Keys, 'tokens'>, kind: 'query' | 'reveal', question: string) {
  const { key } = keys.tokens.current('stable', Date.now())
  return asId(`q1_${createHmac('sha256', key).update(`trailmark ${kind} v1|`).update(question).digest('base64url')}`)
}
