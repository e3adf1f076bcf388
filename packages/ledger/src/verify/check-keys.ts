/**
 * The key statements of a writer: the row of log keys, the row of epochs, and what each epoch signed when it ended.
 *
 * An epoch's key is destroyed when the next one begins, and the statement about that is signed by both. So whoever rewrites what
 * lies before a statement, even with the log key in hand, cannot make that statement, or any later one, fit again.
 */
import { join } from 'node:path'
import type { LedgerErrorCode } from '../errors.ts'
import type { Reigns } from '../keep/checkpoint-signers.ts'
import { type EpochStatement, epochKeyName, parseStatement } from '../keep/key-statement.ts'
import { parseRotationNote, type Rotation } from '../keep/lineage.ts'
import { keyStatementFile, keyStatementsAmong, keysDirectory } from '../layout.ts'
import type { Meta } from '../meta.ts'
import { isSignedBy, type Note, noteBytesMax, parseNote } from '../note.ts'
import { readSmallFile } from '../read/small-file.ts'
import { hashToHex } from '../tree.ts'
import type { HeldRoot } from './held-root.ts'
import { listNames } from './list-names.ts'
import type { Break, KeysReport } from './report.ts'
import type { WantedRoot } from './wanted-roots.ts'

export interface KeysCheck {
  /** Base64, oldest first; the one in LEDGER.json is among them. */
  readonly logKeys: readonly string[]
  /** Who may have signed the newest checkpoint. */
  readonly reigns: Reigns
  readonly epochs: readonly EpochStatement[]
  readonly breaks: readonly Break[]
}

/** Reads every statement. To be called after the checkpoint was read: a live writer makes the statement first. */
export async function checkKeys(dir: string, meta: Meta): Promise<KeysCheck> {
  const row = new KeyRow(meta)
  const numbers = keyStatementsAmong(await listNames(join(dir, keysDirectory)))
  for (const [i, number] of numbers.entries()) {
    const expected = i === 0 ? 0 : (numbers[i - 1] ?? 0) + 1
    if (number !== expected) row.missing(expected, number)
    const bytes = await readSmallFile(join(dir, keyStatementFile(number)), noteBytesMax).catch(() => undefined)
    row.add(number, bytes ?? Buffer.alloc(0))
  }
  return row.end()
}

/** What the report says of keys. */
export function reportKeys({ logKeys, epochs }: KeysCheck): KeysReport {
  const [first] = epochs
  const last = epochs.at(-1)
  return {
    logKeys,
    epochsClosed: Math.max(0, epochs.length - 1),
    ...(first && { firstEpochKey: first.publicKey }),
    ...(last && { epochOpen: { begun: last.begun, size: last.size } }),
  }
}

const code: LedgerErrorCode = 'LEDGER_EPOCH_ROOT'

/** The roots that the log has to have had when an epoch ended. */
export function wantedByEpochs(epochs: readonly EpochStatement[]): WantedRoot[] {
  return epochs.map(({ number, size, root }) => {
    const label = `when statement ${number} was signed`
    return { size, root: hashToHex(root), code, label, file: keyStatementFile(number) }
  })
}

/** Of the roots that differ the first one, since those behind it follow; none where a break in that epoch tells it already. */
export function settleEpochs(found: readonly Break[], epochs: readonly EpochStatement[]): Break[] {
  const others = found.filter((one) => one.code !== code)
  const differing = found.filter((one) => one.code === code)
  const at = epochs.findIndex(({ number }) => differing.some(({ file }) => file === keyStatementFile(number)))
  const first = differing.find(({ file }) => file === keyStatementFile(epochs[at]?.number ?? -1))
  if (!first) return others
  const begin = Math.min(epochs[at - 1]?.size ?? 0, first.n)
  const end = epochs[at]?.size ?? 0
  const explains = ({ n, code }: Break): boolean => n >= begin && n < end && code !== 'LEDGER_SEAL_MISMATCH'
  if (others.some(explains)) return others
  return [...others, { ...first, n: begin, message: `entries ${begin} to ${end - 1} were changed: ${first.message}` }]
}

/** A break when the row of epochs does not begin with the key that was kept: then somebody began it anew. */
export function checkFirstEpoch(held: readonly HeldRoot[], origin: string, firstEpochKey: string | undefined): Break[] {
  const kept = held.find((one) => one.origin === origin && one.firstEpochKey && one.firstEpochKey !== firstEpochKey)
  if (!kept) return []
  const message = `the first epoch key is ${firstEpochKey ?? 'gone'}, you kept ${kept.firstEpochKey}`
  return [{ code: 'LEDGER_EPOCH_PINNED', n: -1, file: keyStatementFile(0), offset: 0, message }]
}

/** The two rows, grown one statement at a time. After a break it goes on with what the next statement says. */
class KeyRow {
  readonly #meta: Meta
  readonly #breaks: Break[] = []
  readonly #epochs: EpochStatement[] = []
  /** Absent until there was a rotation. */
  #row: string[] | undefined
  /** Where in the row the newest two epochs were signed. */
  #signedAt: { last: number; before: number | undefined } | undefined
  /** Set behind a statement that could not be read: the next one need not follow from the last that could. */
  #gap = false

  constructor(meta: Meta) {
    this.#meta = meta
  }

  missing(from: number, to: number): void {
    const last = to - from > 1 ? ` to ${to - 1}` : ''
    this.#break('LEDGER_KEYS_MISSING', from, `statement ${from}${last} is missing`)
    this.#gap = true
  }

  add(number: number, bytes: Uint8Array): void {
    const note = parseNote(bytes)
    const statement = note && parseStatement(note.text)
    if (note && statement?.kind === 'epoch') this.#addEpoch(number, note, statement)
    else this.#addRotation(number, note, statement && parseRotationNote(bytes))
  }

  end(): KeysCheck {
    const logKeys = this.#row ?? [this.#meta.publicKey]
    const metaAt = logKeys.indexOf(this.#meta.publicKey)
    if (metaAt < 0) this.#break('LEDGER_KEYS_BROKEN', 0, 'the key in LEDGER.json is not in the row of log keys')
    const last = this.#epochs.at(-1)
    const before = this.#epochs.at(-2)
    const { last: at, before: earlierAt } = this.#signedAt ?? { last: 0, before: undefined }
    const from = Math.max(metaAt, 0)
    const reigns: Reigns = last
      ? {
          now: { logKeys: logKeys.slice(Math.max(at, from)), epochKey: last.publicKey },
          before: {
            logKeys: logKeys.slice(Math.max(earlierAt ?? 0, from), at + 1),
            sizeMax: last.size,
            ...(before && { epochKey: before.publicKey }),
          },
        }
      : { now: { logKeys: logKeys.slice(from) } }
    return { logKeys, reigns, epochs: this.#epochs, breaks: this.#breaks }
  }

  #addEpoch(number: number, note: Note, statement: EpochStatement): void {
    const { origin } = this.#meta
    if (statement.origin !== origin || statement.number !== number) {
      const whose = `this is statement ${statement.number} of ${statement.origin}`
      this.#break('LEDGER_KEYS_MALFORMED', number, whose)
      this.#gap = true
      return
    }
    const unsigned = this.#findUnsigned(note, statement)
    if (unsigned !== undefined) this.#break('LEDGER_KEYS_UNSIGNED', number, `no valid signature of ${unsigned}`)
    const last = this.#epochs.at(-1)
    if (!this.#gap && statement.previous !== last?.publicKey)
      this.#break('LEDGER_KEYS_BROKEN', number, 'the epoch before it is another one')
    else if (last && statement.size < last.size)
      this.#break('LEDGER_KEYS_BROKEN', number, `the log had ${statement.size} entries, and ${last.size} before`)
    this.#gap = false
    this.#epochs.push(statement)
    this.#signedAt = { last: (this.#row ?? [0]).length - 1, before: this.#signedAt?.last }
  }

  /** Whose signature is missing. */
  #findUnsigned(note: Note, { publicKey, previous }: EpochStatement): string | undefined {
    const { origin } = this.#meta
    const signed = (name: string, key: string): boolean =>
      isSignedBy(note, { name, publicKey: Buffer.from(key, 'base64') })
    if (!signed(origin, this.#row?.at(-1) ?? this.#meta.publicKey)) return origin
    if (!signed(epochKeyName(origin), publicKey)) return 'the epoch that begins'
    return previous !== undefined && !signed(epochKeyName(origin), previous) ? 'the epoch that ends' : undefined
  }

  #addRotation(number: number, note: Note | undefined, rotation: Rotation | undefined): void {
    const stated = note && parseStatement(note.text)
    if (stated && !rotation) this.#break('LEDGER_KEYS_UNSIGNED', number, 'a rotation has to be signed by both log keys')
    else if (!rotation) this.#break('LEDGER_KEYS_MALFORMED', number, 'this is no key statement that can be read')
    if (!rotation) {
      this.#gap = true
      return
    }
    const before = this.#row?.at(-1) ?? (this.#epochs.length > 0 ? this.#meta.publicKey : rotation.from)
    if (rotation.from === before && !this.#row?.includes(rotation.to)) {
      this.#row = [...(this.#row ?? [rotation.from]), rotation.to]
    } else this.#break('LEDGER_KEYS_BROKEN', number, `${rotation.from} was not the log key then`)
  }

  #break(code: LedgerErrorCode, number: number, message: string): void {
    this.#breaks.push({ code, n: -1, file: keyStatementFile(number), offset: 0, message })
  }
}
