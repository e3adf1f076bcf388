/**
 * People by keys of their own: the embedded default of the `Pseudonyms` port.
 *
 * Whoever was proved, or is named as a data subject, gets a key and stands in records under its pseudonym. An identifier that
 * was only claimed stands there as a token, since a flood of invented names must make no keys; `find` gives both.
 */
import type { Subject, SubjectKey, SubjectKeys, SubjectNews } from '@trailmark/keys'
import type { Person, Pseudonym, Pseudonyms, SealedFields, SubjectAlias, SubjectBirth } from '../pseudonyms.ts'
import { tokenPseudonyms } from './pseudonyms.ts'
import type { Tokens } from './tokens.ts'

/** Names people by their subject keys, where the keys have any; by tokens otherwise. */
export function pseudonymsOf(subjects: SubjectKeys | undefined, tokens: Tokens): Pseudonyms {
  const claimed = tokenPseudonyms(tokens)
  return subjects === undefined ? claimed : new SubjectPseudonyms(subjects, claimed)
}

class SubjectPseudonyms implements Pseudonyms {
  readonly #subjects: SubjectKeys
  readonly #claimed: Pseudonyms

  constructor(subjects: SubjectKeys, claimed: Pseudonyms) {
    this.#subjects = subjects
    this.#claimed = claimed
  }

  name(person: Person): Pseudonym {
    const key = this.#keyOf(person)
    // Without a key where one is due: nobody can make one now. The person is found all the same.
    return key === undefined ? this.#claimed.name(person) : new Named(key)
  }

  find(person: Omit<Person, 'proved' | 'known'>): readonly string[] {
    return [...this.#subjects.all(person).map(({ pseudonym }) => pseudonym), ...this.#claimed.find(person)]
  }

  anonymous(): Pseudonym | undefined {
    const key = this.#subjects.anonymous()
    return key && new Named(key)
  }

  takeNews(): readonly (SubjectBirth | SubjectAlias)[] {
    const news = this.#subjects.takeNews()
    return news.length === 0 ? nothing : news.map(newsOf)
  }

  told(kids: readonly string[]): void {
    this.#subjects.told(kids)
  }

  due(): boolean {
    return this.#subjects.due()
  }

  persist(): Promise<void> {
    return this.#subjects.persist()
  }

  persistSync(): void {
    this.#subjects.persistSync()
  }

  #keyOf(person: Person): SubjectKey | undefined {
    if (person.proved) return this.#subjects.current(person)
    return person.known === true ? this.#subjects.find(person) : undefined
  }
}

const nothing: readonly never[] = Object.freeze([])

class Named implements Pseudonym {
  readonly text: string
  readonly #key: SubjectKey

  constructor(key: SubjectKey) {
    this.text = key.pseudonym
    this.#key = key
  }

  seal(origin: string, recordId: string, fields: string): SealedFields {
    return sealed(this.#key, origin, recordId, fields)
  }
}

function sealed(key: SubjectKey, origin: string, recordId: string, fields: string): SealedFields {
  return { p: key.pseudonym, k: key.kid, e: key.seal(origin, recordId, fields) }
}

function newsOf(news: SubjectNews): SubjectBirth | SubjectAlias {
  const { kid, pseudonym, epoch, commitment } = news.key
  if (news.kind === 'alias') {
    const { pseudonym: previousPseudonym, kid: previousKid } = news.previous
    return { kind: 'alias', kid, pseudonym, epoch, previousPseudonym, previousKid, reason: news.reason }
  }
  const { subject, key } = news
  const birth = { kind: 'birth', kid, pseudonym, epoch, commitment } as const
  if (subject === undefined) return birth
  return { ...birth, seal: (origin, recordId) => sealed(key, origin, recordId, clearId(subject)) }
}

/** What only the key can tell: who the pseudonym is. */
function clearId({ id, tenant }: Subject): string {
  return JSON.stringify(tenant === undefined ? { id } : { id, tenant })
}
