/**
 * Who is behind a pseudonym, for readers who hold the keys.
 *
 * The `subject_key_born` record of each key seals the clear identifier under that very key, and tells the commitment by which
 * an exchanged key is recognised. Once a key is destroyed its birth tells nothing any more.
 */
import { openSealed } from '@trailmark/core'
import type { Keys, KeysErrorCode } from '@trailmark/keys'
import type { ReadOptions } from './entries-from.ts'
import { compileFilter } from './filter.ts'
import { originOf } from './find-record.ts'
import { readStream } from './read-stream.ts'
import { namedStreams } from './streams.ts'

/** A person, or why nobody can say who it is. */
export interface KnownPerson {
  /** The application's own identifier. */
  readonly id?: string
  readonly tenant?: string
  /** Why there is no `id`: as `openSealed()` says it. */
  readonly error?: KeysErrorCode
  /** The key is one of a month's anonymous visitors. */
  readonly anonymous?: true
}

export interface KnownPeople {
  readonly byPseudonym: ReadonlyMap<string, KnownPerson>
  /** What the birth of a key commits to, by key id: for `openSealed()`. */
  readonly commitments: ReadonlyMap<string, string>
}

/** Births taken in at one time; a test trail or one record has fewer. */
const birthsMax = 100_000

/**
 * The people whose births stand below `root`: all of them, or those whose pseudonym or key id is in `about`. Reads every birth
 * once and opens the wanted ones. What does not open is in the answer with its reason; nothing is thrown for it.
 */
export async function findPeople(
  root: string,
  keys: Pick<Keys, 'subjects'>,
  about?: ReadonlySet<string>,
  options: ReadOptions = {},
): Promise<KnownPeople> {
  const byPseudonym = new Map<string, KnownPerson>()
  const commitments = new Map<string, string>()
  const births = compileFilter({ streams: ['keys'], types: ['subject_key_born'] })
  const wanted = about && [...about]
  const matcher = {
    ...births,
    mayMatch: (line: string) => births.mayMatch(line) && (wanted?.some((name) => line.includes(name)) ?? true),
  }
  for (const stream of await namedStreams(root)) {
    if (!matcher.streams.has(stream.info.stream)) continue
    const origin = originOf(stream.info)
    for await (const record of readStream(stream, matcher, options)) {
      const { kid, commitment } = record.metadata ?? {}
      const pseudonym = record.subjects?.[0]
      if (typeof kid !== 'string' || typeof commitment !== 'string' || pseudonym === undefined) continue
      // A birth may be told twice, and always says the same: the first one counts, whatever somebody appended since.
      if (commitments.has(kid)) continue
      commitments.set(kid, commitment)
      const [opened] = openSealed(record, keys, {
        origin,
        commitmentOf: (one) => (one === kid ? commitment : undefined),
      })
      const person = opened === undefined ? ({ anonymous: true } as const) : personOf(opened.fields, opened.error)
      byPseudonym.set(opened?.pseudonym ?? pseudonym, person)
      if (commitments.size >= birthsMax) return { byPseudonym, commitments }
    }
  }
  return { byPseudonym, commitments }
}

function personOf(fields: Readonly<Record<string, unknown>> = {}, error: KeysErrorCode | undefined): KnownPerson {
  const { id, tenant } = fields
  if (error !== undefined || typeof id !== 'string') return { error: error ?? 'KEYS_ENVELOPE_DAMAGED' }
  return { id, ...(typeof tenant === 'string' && { tenant }) }
}
