/**
 * Who may have signed the newest checkpoint: the epoch of the newest statement, or, while nothing was signed since, the one
 * before. A statement becomes durable before the first checkpoint of its epoch does, so a crash in between leaves the older
 * checkpoint, which then covers no more than the statement itself.
 */
import { isSignedBy, type Note } from '../note.ts'
import { epochKeyName } from './key-statement.ts'

/** Keys in base64 that were in force together. */
export interface Reign {
  /** Any of them: the log key is replaced while an epoch lasts. */
  readonly logKeys: readonly string[]
  /** Absent before the first epoch. */
  readonly epochKey?: string
}

export interface Reigns {
  readonly now: Reign
  /** Absent before the first statement. */
  readonly before?: Reign & { readonly sizeMax: number }
}

/** Who signed it; a text says which signature is missing. */
export type SignedIn = { readonly reign: 'now' | 'before'; readonly logKey: string } | 'log key' | 'epoch key'

export function findReign(note: Note, origin: string, size: number, { now, before }: Reigns): SignedIn {
  const found = signedIn(note, origin, now)
  if (typeof found === 'object') return { reign: 'now', ...found }
  const earlier = before && size <= before.sizeMax ? signedIn(note, origin, before) : undefined
  return typeof earlier === 'object' ? { reign: 'before', ...earlier } : found
}

function signedIn(note: Note, origin: string, reign: Reign): { logKey: string } | 'log key' | 'epoch key' {
  const signed = (name: string, key: string): boolean =>
    isSignedBy(note, { name, publicKey: Buffer.from(key, 'base64') })
  // The newest first: it is nearly always the one.
  const logKey = reign.logKeys.findLast((key) => signed(origin, key))
  if (logKey === undefined) return 'log key'
  if (reign.epochKey !== undefined && !signed(epochKeyName(origin), reign.epochKey)) return 'epoch key'
  return { logKey }
}
