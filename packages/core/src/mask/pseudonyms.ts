/**
 * People as keyed tokens: the `Pseudonyms` port over keys that have none for single people.
 *
 * A person has one name per tenant in all records, whether they were proved or only claimed to be somebody, so that failed
 * and successful logins stand side by side. Nobody has a key of their own here: nothing is born, nothing can be sealed.
 */
import type { Person, Pseudonym, Pseudonyms } from '../pseudonyms.ts'
import type { Tokens } from './tokens.ts'

const nothing: readonly never[] = Object.freeze([])
const done = Promise.resolve()

/** Names people by their `person` tokens. An identifier with `@` is an e-mail address: upper and lower case are the same. */
export function tokenPseudonyms(tokens: Tokens): Pseudonyms {
  return {
    name: (person): Pseudonym => ({ text: tokens.token('person', person.id, optionsOf(person)) }),
    find: (person) => tokens.find('person', person.id, optionsOf(person)),
    takeNews: () => nothing,
    told: () => undefined,
    due: () => false,
    persist: () => done,
    persistSync: () => undefined,
  }
}

function optionsOf(person: Omit<Person, 'proved' | 'known'>) {
  return { tenant: person.tenant, kind: person.id.includes('@') ? ('folded' as const) : ('exact' as const) }
}
