/**
 * The keys of people seen lately, found by what the application calls them: an HMAC and an unwrapping cost a hundred times
 * as much. It forgets by generations: at most 40,000 keys, about 1 KB each.
 */
import type { Subject } from './ports.ts'
import type { OpenSubjectKey } from './subject-key.ts'

const generationMax = 20_000
/** Longer ids are rare and would fill the memory that this is meant to bound. */
const idCharsMax = 256

type Generation = Map<string, Map<string, OpenSubjectKey>>

export class RecentSubjects {
  #young: Generation = new Map()
  #old: Generation = new Map()
  #size = 0

  get(subject: Subject): OpenSubjectKey | undefined {
    const tenant = subject.tenant ?? ''
    const young = this.#young.get(tenant)?.get(subject.id)
    if (young !== undefined) return young
    const old = this.#old.get(tenant)?.get(subject.id)
    if (old !== undefined) this.set(subject, old)
    return old
  }

  set({ id, tenant = '' }: Subject, key: OpenSubjectKey): void {
    if (id.length > idCharsMax) return
    if (this.#size >= generationMax) {
      this.#old = this.#young
      this.#young = new Map()
      this.#size = 0
    }
    let keys = this.#young.get(tenant)
    if (keys === undefined) {
      keys = new Map()
      this.#young.set(tenant, keys)
    }
    keys.set(id, key)
    this.#size += 1
  }

  clear(): void {
    this.#young = new Map()
    this.#old = new Map()
    this.#size = 0
  }
}
