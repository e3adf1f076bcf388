/**
 * Changing token keys on purpose: a new stable key from now on, and the end of monthly keys that are due.
 *
 * Rotation adds a key and takes none away, because tokens in records already written are looked up with the key that made
 * them. Destroying a month's key is what ends the linking of its addresses and devices.
 */
import { readdirSync, unlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { KeysError } from './errors.ts'
import { createKeyFile, errorCode, findKeyFile, unusable } from './key-file.ts'
import type { TokenKey, TokenScope } from './ports.ts'
import { generateTokenKey, parseTokenKey } from './token-key.ts'

/** A token key as one may speak of it: no key material. */
export interface TokenKeyFacts {
  readonly kid: string
  readonly scope: TokenScope
  /** `stable-000002.key`, `monthly-2026-01.key`. */
  readonly file: string
  /** Milliseconds since the epoch. */
  readonly created: number
  /** True for the key that new tokens are made with. */
  readonly current: boolean
  /** Monthly keys: from when on it may be destroyed, in milliseconds since the epoch. */
  readonly due?: number
}

/** How long a month's key is kept after the month, in days, where nobody says otherwise. */
export const monthlyKeyDays = 90
const dayMs = 86_400_000
const rotationsMax = 999_999

/** Every token key in the directory, newest first. Throws KEYS_DIR_UNUSABLE and KEYS_FILE_INVALID. */
export function listTokenKeys(dir: string, days = monthlyKeyDays): TokenKeyFacts[] {
  const names = keyFiles(resolve(dir))
  const newest: Record<TokenScope, string | undefined> = {
    stable: names.find((name) => name.startsWith('stable-')),
    monthly: names.find((name) => name.startsWith('monthly-')),
  }
  return names.map((file) => {
    const scope = file.startsWith('stable-') ? 'stable' : 'monthly'
    const { kid, created } = readKey(join(resolve(dir), file))
    return {
      kid,
      scope,
      file,
      created,
      current: newest[scope] === file,
      ...(scope === 'monthly' && { due: dueAt(file, days) }),
    }
  })
}

/**
 * Makes a new stable key. New tokens are made with it by every process that opens the directory from now on; processes that
 * run already go on with the key before until they are started again. Nothing is lost: both keys find what they made.
 *
 * Durable when it returns. Throws KEYS_DIR_UNUSABLE.
 */
export function rotateTokenKey(dir: string, clock: { now(): number } = Date): { previous: string; current: string } {
  const root = resolve(dir)
  const newest = keyFiles(root).find((name) => name.startsWith('stable-'))
  if (newest === undefined) throw new KeysError('KEYS_DIR_UNUSABLE', `${root} holds no stable token key`)
  const previous = readKey(join(root, newest))
  const number = Number(newest.slice(7, -4)) + 1
  if (number > rotationsMax) throw new KeysError('KEYS_DIR_UNUSABLE', `${root}: no number is left behind ${newest}`)
  const path = join(root, `stable-${String(number).padStart(6, '0')}.key`)
  createKeyFile(path, generateTokenKey(clock.now()))
  return { previous: previous.kid, current: readKey(path).kid }
}

/**
 * Destroys the monthly keys whose month ended `days` ago or earlier, never the newest one, and names them. Tokens made with
 * them stay in records and can no longer be compared with any address.
 */
export function expireTokenKeys(dir: string, nowMs: number, days = monthlyKeyDays): string[] {
  const root = resolve(dir)
  const due = listTokenKeys(root, days).filter((key) => !key.current && key.due !== undefined && key.due <= nowMs)
  return due.map(({ kid, file }) => {
    try {
      unlinkSync(join(root, file))
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw unusable(join(root, file), error)
    }
    return kid
  })
}

const fileShape = /^(?:stable-\d{6}|monthly-\d{4}-(?:0[1-9]|1[0-2]))\.key$/

/** Newest first within each kind: the names sort by age. */
function keyFiles(root: string): string[] {
  try {
    return readdirSync(root)
      .filter((name) => fileShape.test(name))
      .sort()
      .reverse()
  } catch (error) {
    throw unusable(root, error)
  }
}

function readKey(path: string): TokenKey {
  const content = findKeyFile(path)
  const key = content && parseTokenKey(content)
  if (key === undefined)
    throw new KeysError('KEYS_FILE_INVALID', `${path} is damaged or gone; restore it from a backup`)
  return key
}

function dueAt(file: string, days: number): number {
  const [year, month] = [Number(file.slice(8, 12)), Number(file.slice(13, 15))]
  return Date.UTC(year, month) + days * dayMs
}
