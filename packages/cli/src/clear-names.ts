/**
 * Outside production, people by their own identifiers: a developer who logged in as `anna` wants to see `anna`.
 *
 * Both have to say so: the terminal, whose NODE_ENV is `development` or `test`, and the service that made the record. The
 * trail of a production service therefore shows pseudonyms whatever the reader's environment claims; there, `reveal` is the
 * way, and it is on record.
 */
import type { Keys } from '@trailmark/keys'
import { findPeople, type StoredRecord } from '@trailmark/query'

const open: ReadonlySet<string | undefined> = new Set(['development', 'test'])
/** Names nobody could be found for that are remembered at one time. */
const strangersMax = 10_000

export class ClearNames {
  readonly #root: string
  readonly #keys: Keys
  readonly #onFirst: () => void
  readonly #known = new Map<string, string>()
  readonly #strangers = new Set<string>()
  #loaded = false
  #told = false

  /** `onFirst` is called before the first name is given away. */
  constructor(root: string, keys: Keys, onFirst: () => void) {
    this.#root = root
    this.#keys = keys
    this.#onFirst = onFirst
  }

  /** The application's own identifier of whoever acted; undefined where it may not or cannot be shown. */
  async of({ user_id, service }: StoredRecord): Promise<string | undefined> {
    if (user_id === undefined || !open.has(service.env) || user_id.startsWith('p1_')) return undefined
    if (!this.#known.has(user_id) && !this.#strangers.has(user_id)) await this.#meet(user_id)
    const id = this.#known.get(user_id)
    if (id !== undefined && !this.#told) {
      this.#told = true
      this.#onFirst()
    }
    return id
  }

  /** All at first; after that one by one, as `tail` comes upon them. */
  async #meet(pseudonym: string): Promise<void> {
    const about = this.#loaded ? new Set([pseudonym]) : undefined
    this.#loaded = true
    const { byPseudonym } = await findPeople(this.#root, this.#keys, about)
    for (const [name, { id }] of byPseudonym) if (id !== undefined) this.#known.set(name, id)
    if (this.#known.has(pseudonym)) return
    if (this.#strangers.size >= strangersMax) this.#strangers.clear()
    this.#strangers.add(pseudonym)
  }
}

/** Names for this reader, or undefined where pseudonyms are all there is to see. */
export function clearNamesFor(
  root: string,
  keys: Keys | Error,
  env: NodeJS.ProcessEnv,
  note: (text: string) => void,
): ClearNames | undefined {
  if (keys instanceof Error || !open.has(env.NODE_ENV)) return undefined
  return new ClearNames(root, keys, () =>
    note(
      `trailmark: NODE_ENV is ${env.NODE_ENV}: = marks people by their own identifiers, which the trail does not show`,
    ),
  )
}
