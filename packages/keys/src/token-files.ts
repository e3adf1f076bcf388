/**
 * The token keys of a keys directory: `stable-<number>.key` and `monthly-<YYYY-MM>.key`.
 *
 * A request never waits for a key. The first use of a new month starts making its key in the background, and until that is
 * safely on disk, some milliseconds later, tokens are made with the newest key there is: so no token ever names a key that a
 * crash could lose, and a few of the first tokens of a month are found under the key of the month before.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { KeysError } from './errors.ts'
import { createKeyFileLater, findKeyFile, linkKeyFile, unusable } from './key-file.ts'
import type { TokenKey, TokenKeys, TokenScope } from './ports.ts'
import { generateTokenKey, parseTokenKey } from './token-key.ts'

/** After a failure, how long until a due key is tried again. */
const retryMs = 60_000
const names: Record<TokenScope, RegExp> = { stable: /^stable-\d{1,6}\.key$/, monthly: /^monthly-\d{4}-\d\d\.key$/ }

export interface TokenFilesOptions {
  readonly dir: string
  readonly clock: { now(): number }
  /** False: a missing key is an error, nothing is written. */
  readonly create: boolean
  /** Told what goes wrong after opening. */
  readonly onProblem: (error: KeysError) => void
}

/** Reads every token key and makes those missing now. Throws KEYS_FILE_INVALID and the like, naming the file. */
export function openTokenFiles(options: TokenFilesOptions): TokenKeys {
  const files = new TokenFiles(options)
  files.open()
  return files
}

class TokenFiles implements TokenKeys {
  readonly #options: TokenFilesOptions
  /** By file name, which sorts by age. */
  readonly #keys: Record<TokenScope, Map<string, TokenKey>> = { stable: new Map(), monthly: new Map() }
  #stable: TokenKey | undefined
  /** The month last asked for: the path of nearly every token. */
  #month: { readonly from: number; readonly until: number; readonly key: TokenKey } | undefined
  #creating = false
  #retryAfter = Number.NEGATIVE_INFINITY

  constructor(options: TokenFilesOptions) {
    this.#options = options
  }

  open(): void {
    const now = this.#options.clock.now()
    for (const scope of ['stable', 'monthly'] as const) {
      this.#scan(scope, (error) => {
        throw error
      })
    }
    if (this.#keys.stable.size === 0) this.#createNow('stable', 'stable-000001.key', now)
    this.#stable = newestFirst(this.#keys.stable)[0]
    try {
      this.#createNow('monthly', monthFile(now), now)
    } catch (error) {
      // A full disk or a directory mounted read-only must not stop a start: last month's key still serves.
      if (this.#keys.monthly.size === 0) throw error
      if (this.#options.create) this.#tell(unusable(this.#options.dir, error))
    }
  }

  current(scope: TokenScope, timeMs: number): TokenKey {
    if (scope === 'stable') return this.#stable ?? unopened()
    const month = this.#month
    if (month !== undefined && timeMs >= month.from && timeMs < month.until) return month.key
    return this.#monthly(timeMs)
  }

  all(scope: TokenScope): readonly TokenKey[] {
    // Other processes make keys too, and destroying one is removing its file.
    this.#scan(scope, (error) => this.#tell(error))
    return newestFirst(this.#keys[scope])
  }

  #monthly(timeMs: number): TokenKey {
    const existing = this.#keys.monthly.get(monthFile(timeMs))
    if (existing !== undefined) {
      this.#month = { ...monthBounds(timeMs), key: existing }
      return existing
    }
    // Only the clock's own month gets a key: times that callers tell must not fill the disk.
    const now = this.#options.clock.now()
    const due = monthFile(now)
    const running = this.#keys.monthly.get(due)
    if (running !== undefined) return running
    if (this.#options.create) this.#createLater(due, now)
    return newestFirst(this.#keys.monthly)[0] ?? unopened()
  }

  #createNow(scope: TokenScope, name: string, now: number): void {
    if (this.#keys[scope].has(name)) return
    const path = join(this.#options.dir, name)
    if (!this.#options.create) throw new KeysError('KEYS_DIR_UNUSABLE', `${path} does not exist`)
    linkKeyFile(path, generateTokenKey(now))
    this.#keys[scope].set(name, readTokenKey(path))
  }

  #createLater(name: string, now: number): void {
    if (this.#creating || performance.now() < this.#retryAfter) return
    this.#creating = true
    const path = join(this.#options.dir, name)
    createKeyFileLater(path, generateTokenKey(now))
      .then(() => {
        this.#keys.monthly.set(name, readTokenKey(path))
      })
      .catch((error: unknown) => {
        this.#retryAfter = performance.now() + retryMs
        this.#tell(unusable(path, error))
      })
      .finally(() => {
        this.#creating = false
      })
  }

  /** Whoever is told may fail at it: that is no reason to stop serving. */
  #tell(error: KeysError): void {
    try {
      this.#options.onProblem(error)
    } catch {
      // Nobody is left to tell.
    }
  }

  #scan(scope: TokenScope, onProblem: (error: KeysError) => void): void {
    const keys = this.#keys[scope]
    let found: string[]
    try {
      found = readdirSync(this.#options.dir).filter((name) => names[scope].test(name))
    } catch (error) {
      onProblem(unusable(this.#options.dir, error))
      return
    }
    const inUse: unknown[] = [this.#stable, keys.get(monthFile(this.#options.clock.now()))]
    for (const [name, key] of keys) {
      if (found.includes(name)) continue
      const path = join(this.#options.dir, name)
      // A key in use stays in use, since tokens must be made with something; but a restart would not find it again.
      if (inUse.includes(key)) onProblem(new KeysError('KEYS_DIR_UNUSABLE', `${path} was removed while in use`))
      else keys.delete(name)
    }
    if (this.#month !== undefined && !newestFirst(this.#keys.monthly).includes(this.#month.key)) this.#month = undefined
    for (const name of found) {
      if (keys.has(name)) continue
      try {
        keys.set(name, readTokenKey(join(this.#options.dir, name)))
      } catch (error) {
        onProblem(unusable(join(this.#options.dir, name), error))
      }
    }
  }
}

function readTokenKey(path: string): TokenKey {
  const content = findKeyFile(path)
  if (content === undefined) throw new KeysError('KEYS_DIR_UNUSABLE', `${path} disappeared`)
  const key = parseTokenKey(content)
  if (key === undefined) {
    const problem = `${path} (${content.length} bytes) is damaged; restore it from a backup, or records made with it cannot be looked up`
    throw new KeysError('KEYS_FILE_INVALID', problem)
  }
  return key
}

function newestFirst(keys: ReadonlyMap<string, TokenKey>): TokenKey[] {
  return [...keys].sort(([a], [b]) => (a < b ? 1 : -1)).map(([, key]) => key)
}

function monthFile(timeMs: number): string {
  return `monthly-${new Date(boundedTime(timeMs)).toISOString().slice(0, 7)}.key`
}

function monthBounds(timeMs: number): { from: number; until: number } {
  const date = new Date(boundedTime(timeMs))
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()]
  return { from: Date.UTC(year, month), until: Date.UTC(year, month + 1) }
}

/** Times that callers or broken clocks tell: whatever four digits of a year can hold. */
function boundedTime(timeMs: number): number {
  return timeMs >= 0 && timeMs <= 253_402_300_799_999 ? timeMs : 0
}

function unopened(): never {
  throw new TypeError('token keys were not opened')
}
