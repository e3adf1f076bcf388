/**
 * A masked draft as a text that can wait outside of this process, and back.
 *
 * The text stands in a table that others can write. It is therefore authenticated with a key of this trail, and what does not
 * carry its token is not taken back: nobody writes records by writing rows.
 */
import type { Catalogue } from '../catalogue.ts'
import { MaskedDraft, type RecordMembers } from '../draft.ts'
import type { FailureClass } from '../event.ts'
import type { Tokens } from './tokens.ts'

/** A draft that came back, and whether the people it is about are shown it. */
export interface Thawed {
  readonly masked: MaskedDraft
  readonly activity: boolean
}

const purpose = 'outbox'
/** A record has at most 65,280 bytes. */
export const frozenCharsMax = 131_072

/** The text of a masked draft, with its token in front. */
export function freeze(masked: MaskedDraft, activity: boolean, tokens: Tokens): string {
  const { members, failureClass, timeMs } = masked
  const text = JSON.stringify({ members, failureClass, timeMs, activity })
  return `${tokens.token(purpose, text)} ${text}`
}

/** The draft of a text that `freeze()` made with a key of this trail; undefined for every other text. Never throws. */
export function thaw(frozen: string, catalogue: Catalogue, tokens: Tokens): Thawed | undefined {
  if (frozen.length > frozenCharsMax) return undefined
  const space = frozen.indexOf(' ')
  const text = frozen.slice(space + 1)
  if (space < 0 || !tokens.find(purpose, text).includes(frozen.slice(0, space))) return undefined
  // From here on it is a text of our own, by whatever version of ours.
  const { members, failureClass, timeMs, activity } = parsed(text)
  const definition = members === undefined ? undefined : catalogue[members.event_type]
  if (members === undefined || definition === undefined || timeMs === undefined) return undefined
  return { masked: MaskedDraft.make(members, definition, failureClass ?? 'spool', timeMs), activity: activity === true }
}

interface Frozen {
  readonly members?: RecordMembers
  readonly failureClass?: FailureClass
  readonly timeMs?: number
  readonly activity?: boolean
}

function parsed(text: string): Frozen {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}
