/**
 * Verdicts that no name gives: they follow from where a value stands.
 */
import type { Judgement } from './names.ts'
import { passes } from './names-passes.ts'
import type { NameClass } from './scrubber.ts'

function verdict(as: NameClass, placeholder: string, allowed: number): Judgement {
  return Object.freeze({ as, placeholder, passes: allowed, roles: 0, plain: true })
}

/** Nothing is known. */
export const unnamed = verdict('free', '', 0)
/** Made by us from what was checked already. */
export const trusted = verdict('id', '', 0)
/** `name` and `notes` of a person: objects inside are looked into. */
export const partOfPerson = verdict(
  'personal',
  '[personal]',
  passes.booleans | passes.numbers | passes.objects | passes.ids,
)
/** `state` of a person: a word such as `active` passes. */
export const placeOfPerson = verdict('personal', '[personal]', partOfPerson.passes | passes.words)
/** What belongs to a card whose other parts stand beside it. */
export const partOfCard = verdict('personal', '[card]', passes.booleans | passes.objects)
/** Values of a statement in SQL, which have no names. */
export const bound = verdict('personal', '[withheld]', passes.booleans)
/** A query parameter that was not listed. */
export const unlisted = verdict('personal', '[query]', passes.booleans | passes.numbers | passes.objects | passes.ids)
export const hiddenSecret = verdict('secret', '[secret]', 0)
export const inHeaders = verdict('headers', '', 0)
export const asUrl = verdict('url', '', 0)
export const inQuery = verdict('query', '', 0)

export function isHidden(name: Judgement): boolean {
  return name.as === 'secret' || name.as === 'personal'
}

/** What two names say together: the stricter. */
export function stricter(one: Judgement, other: Judgement): Judgement {
  if (one.as === 'secret' || !isHidden(other)) return one
  return other.as === 'secret' || !isHidden(one) ? other : one
}
