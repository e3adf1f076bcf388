/**
 * Key-encryption keys: `kek-<number>.key`, which slots name by their number.
 *
 * Overwriting a slot does not reach every copy of it: not on SSDs, not on copy-on-write file systems, not in backups. So live
 * keys are wrapped anew from time to time, and once no slot names an older key-encryption key, that one is destroyed: what
 * was erased before is then out of reach everywhere.
 *
 * On its way out a key is first renamed to `.retired`. Whoever wrote a slot looks afterwards whether the key it used still
 * has its name: if so, the search that precedes every destruction has yet to begin, and will find the slot.
 */

import type { KeyObject } from 'node:crypto'
import { promises, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { KeysError } from './errors.ts'
import { createKeyFileLater, errorCode, findKeyFile, linkKeyFile, unusable } from './key-file.ts'
import { generateKeyLine, type KeyLine, parseKeyLine } from './key-line.ts'

const names = /^kek-(\d{6})\.(key|retired)$/
const gone = /^kek-\d{6}\.gone$/
const format = 'trailmark-kek-1'

export interface Kek {
  readonly number: number
  readonly key: KeyObject
  /** Milliseconds since the epoch. */
  readonly created: number
}

export class KekFiles {
  readonly #dir: string
  readonly #keks = new Map<number, KeyLine>()
  #current: Kek | undefined

  /** Reads every key and makes the first one where `create`. Throws a coded error for one that is damaged. */
  constructor(dir: string, create: boolean, nowMs: number) {
    this.#dir = dir
    this.look()
    if (this.#current !== undefined || !create) return
    const number = Math.max(0, ...this.#keks.keys()) + 1
    linkKeyFile(this.#path(number), generateKeyLine(format, nowMs))
    this.look()
  }

  /** The newest; undefined only for readers of a directory without any. */
  get current(): Kek | undefined {
    return this.#current
  }

  find(number: number): KeyObject | undefined {
    const known = this.#keks.get(number)
    if (known !== undefined || number === 0) return known?.key
    this.look()
    return this.#keks.get(number)?.key
  }

  /** Whether slots may still be wrapped with it. Throws where another key stands under its name: they would be lost. */
  isInForce(number: number): boolean {
    const path = this.#path(number)
    const content = findKeyFile(path)
    if (content === undefined) return false
    const known = this.#keks.get(number)
    if (known !== undefined && parseKeyLine(format, content)?.key.equals(known.key) !== true) {
      throw new KeysError('KEYS_FILE_INVALID', `${path} is not the one that was opened: put it back, or start again`)
    }
    return true
  }

  /** Finds keys that other processes made. Those they destroyed stay in memory: slots not written yet may be wrapped with one. */
  look(): void {
    const found = this.#list()
    for (const [number, name] of found) {
      if (this.#keks.has(number)) continue
      const path = join(this.#dir, name)
      const content = findKeyFile(path)
      if (content === undefined) continue // retired or destroyed between the two looks
      const line = parseKeyLine(format, content)
      if (line === undefined) {
        const problem = `${path} (${content.length} bytes) is damaged; restore it from a backup, or the subject keys wrapped with it are lost`
        throw new KeysError('KEYS_FILE_INVALID', problem)
      }
      this.#keks.set(number, line)
    }
    const newest = Math.max(0, ...[...found].filter(([, name]) => name.endsWith('.key')).map(([number]) => number))
    const line = this.#keks.get(newest)
    this.#current = line && { number: newest, key: line.key, created: line.created }
  }

  /** Makes the next one. */
  async next(nowMs: number): Promise<Kek> {
    this.look()
    const number = Math.max(0, ...this.#keks.keys()) + 1
    await createKeyFileLater(this.#path(number), generateKeyLine(format, nowMs))
    this.look()
    if (this.#current === undefined) throw new KeysError('KEYS_DIR_UNUSABLE', `${this.#path(number)} disappeared`)
    return this.#current
  }

  /** Takes every key but the newest out of use. */
  async retireOld(): Promise<number[]> {
    this.look()
    for (const name of readdirSync(this.#dir)) if (gone.test(name)) await overwrite(join(this.#dir, name))
    const old = [...this.#list()].filter(([number]) => number !== this.#current?.number)
    for (const [number, name] of old) {
      if (name.endsWith('.key')) await promises.rename(this.#path(number), this.#path(number, 'retired'))
    }
    await this.#sync()
    return old.map(([number]) => number)
  }

  /** Overwrites and removes a retired key, and what an earlier attempt left. */
  async destroy(number: number): Promise<void> {
    const path = this.#path(number, 'gone')
    try {
      // Out of the way first: a half-overwritten key must not look like a damaged one at the next start.
      await promises.rename(this.#path(number, 'retired'), path)
      await overwrite(path)
      await this.#sync()
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw unusable(path, error)
    }
    this.#keks.delete(number)
  }

  #list(): Map<number, string> {
    const found = new Map<number, string>()
    for (const name of readdirSync(this.#dir)) {
      const [, number, kind] = names.exec(name) ?? []
      // A key with both names was being retired: the name it is used by counts.
      if (number !== undefined && (kind === 'key' || !found.has(Number(number)))) found.set(Number(number), name)
    }
    return found
  }

  async #sync(): Promise<void> {
    if (process.platform === 'win32') return
    const directory = await promises.open(this.#dir, 'r')
    await directory.sync().finally(() => directory.close())
  }

  #path(number: number, kind: 'key' | 'retired' | 'gone' = 'key'): string {
    return join(this.#dir, `kek-${String(number).padStart(6, '0')}.${kind}`)
  }
}

async function overwrite(path: string): Promise<void> {
  const file = await promises.open(path, 'r+')
  try {
    await file.write(Buffer.alloc((await file.stat()).size), 0)
    await file.sync()
  } finally {
    await file.close()
  }
  await promises.rm(path, { force: true })
}
