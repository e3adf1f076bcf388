/** What masking removed lately: who sends such a value believes that it is recorded. */
import { countRedactions } from '@trailmark/query'
import { type Finding, note, ok, type Patient, weak } from './finding.ts'

const days = 7
const shownMax = 10

const advices: Readonly<Record<string, string>> = {
  undeclared:
    "Declare it in defineEvents(), or keep it for the person it is about with createAudit({ undeclared: 'seal' }).",
  wrong_kind: 'Its value does not fit what the event declares: another type, or out of bounds; see the events page.',
  not_an_identifier: 'Give an id, or a word of a closed list: records have no place for free text.',
  too_many: 'Record less at once: what is beyond the bound is only counted.',
  too_long: 'Record a reference to it: a value of this length is no fact.',
  low_entropy:
    'Leave it out, or declare it as a word of a list: a token of what has few values is guessed by counting.',
  no_key: 'Name the person in subjects, or let the actor be a proved one: there is nobody to seal it for.',
  mask_failed: 'This is a defect of ours: please report it with the type of the event.',
}

/** One finding for each place that lost values, most values first; what was sealed is lost to nobody. */
export async function checkRedactions({ root, nowMs }: Patient, signal: AbortSignal): Promise<Finding[]> {
  const counts = await countRedactions(root, nowMs - days * 86_400_000, { signal })
  const sealed = counts.filter(({ rule }) => rule === 'sealed')
  const lost = counts.filter(({ rule }) => rule !== 'sealed')
  const total = sealed.reduce((sum, { values }) => sum + values, 0)
  const kept =
    sealed.length === 0 ? [] : [ok('sealed', `${total} personal values were sealed in the last ${days} days`)]
  if (lost.length === 0) return [ok('redactions', `nothing was removed from records in the last ${days} days`), ...kept]
  const found = lost.slice(0, shownMax).map(({ event, service, path, rule, values, records }) => {
    const text = `${service}: ${event} lost ${path} ${values} times in ${records} records (${rule})`
    return rule === 'mask_failed' ? weak('mask_failed', text, advices[rule]) : note('redactions', text, advices[rule])
  })
  const more = lost.length - found.length
  return [...found, ...(more > 0 ? [note('redactions', `${more} more places lost values`)] : []), ...kept]
}
