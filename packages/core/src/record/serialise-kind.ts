/** The eight members that say what kind of event it is: few combinations occur, so each is rendered once. */
import type { RecordMembers } from '../draft.ts'
import { flatText } from '../flat-text.ts'
import { number, text } from './serialise-text.ts'

/** More than the catalogue has codes times outcomes; a bound all the same. */
const kindsMax = 5_000
const kinds = new Map<string, Kind>()

type Kind = Pick<RecordMembers, 'stream' | 'level' | 'severity' | 'event_type' | 'category' | 'action' | 'outcome'> & {
  readonly text: string
}

/** From `stream` to `outcome`. */
export function kindOf(members: RecordMembers): string {
  const seen = kinds.get(members.event_code)
  // Every member is compared, so that a code which once stood for something else cannot bring that back.
  if (
    seen !== undefined &&
    seen.event_type === members.event_type &&
    seen.stream === members.stream &&
    seen.level === members.level &&
    seen.severity === members.severity &&
    seen.category === members.category &&
    seen.action === members.action &&
    seen.outcome === members.outcome
  ) {
    return seen.text
  }
  const { stream, level, severity, event_type, event_code, category, action, outcome } = members
  const rendered = flatText(
    text(',"stream":"', stream) +
      text(',"level":"', level) +
      number(',"severity":', severity) +
      text(',"event_type":"', event_type) +
      text(',"event_code":"', event_code) +
      text(',"category":"', category) +
      text(',"action":"', action) +
      text(',"outcome":"', outcome),
  )
  if (kinds.size < kindsMax) {
    kinds.set(event_code, { stream, level, severity, event_type, category, action, outcome, text: rendered })
  }
  return rendered
}
