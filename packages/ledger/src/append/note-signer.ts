/**
 * Signs texts as notes of one origin: every signature the writer has to give, one line each.
 *
 * Whoever writes a signed file (checkpoint, LEDGER.note, seal, key statement) goes through here, so that all of them carry the
 * same ones: the log key's, then that of the epoch that is under way. A checkpoint may carry one by an ML-DSA-44 key besides.
 */
import { type Checkpoint, formatCheckpoint } from '../checkpoint.ts'
import type { EpochKey } from '../keep/epoch-keeper.ts'
import { epochKeyName } from '../keep/key-statement.ts'
import { formatSecond, secondMessage } from '../keep/second-signature.ts'
import type { SecondSigner, Signer } from '../ledger.ts'
import { formatNote, formatSignature, keyIdOf } from '../note.ts'

/** Knows the key of the epoch that is under way. */
export interface EpochSource {
  readonly current: EpochKey | undefined
}

export class NoteSigner {
  readonly origin: string
  readonly #signer: Signer
  readonly #epochs: EpochSource | undefined
  readonly #second: SecondSigner | undefined

  /** `hasSecond`: LEDGER.json names the second key, so it signs checkpoints. */
  constructor(
    origin: string,
    signer: Signer,
    more: { readonly epochs?: EpochSource | undefined; readonly hasSecond?: boolean } = {},
  ) {
    this.origin = origin
    this.#signer = signer
    this.#epochs = more.epochs
    this.#second = more.hasSecond ? signer.second : undefined
  }

  /** The signed note of a text; a promise only if the signer gives one. Throws or rejects with what the signer does. */
  note(text: string): Buffer | Promise<Buffer> {
    const { current } = this.#epochs ?? {}
    return this.noteBy(text, current ? [current] : [])
  }

  /** The same, signed by these epoch keys. */
  noteBy(text: string, epochKeys: readonly EpochKey[]): Buffer | Promise<Buffer> {
    const key = { name: this.origin, publicKey: this.#signer.publicKey }
    const message = Buffer.from(text)
    const name = epochKeyName(this.origin)
    const lines = epochKeys.map((one) =>
      formatSignature({ name, keyId: keyIdOf(name, one.publicKey), signature: one.sign(message) }),
    )
    const finish = (signature: Uint8Array): Buffer => Buffer.from(formatNote(text, key, signature) + lines.join(''))
    const signature = this.#signer.sign(message)
    return signature instanceof Uint8Array ? finish(signature) : signature.then(finish)
  }

  /** The signed checkpoint, with every signature there is; `epochKey` is that of the epoch it belongs to. */
  checkpoint(checkpoint: Checkpoint, timeMs: number, epochKey: EpochKey | undefined): Buffer | Promise<Buffer> {
    const note = this.noteBy(formatCheckpoint(checkpoint), epochKey ? [epochKey] : [])
    const line = this.#secondLine(checkpoint, timeMs)
    if (line === undefined) return note
    if (Buffer.isBuffer(note) && typeof line === 'string') return Buffer.concat([note, Buffer.from(line)])
    return Promise.all([note, line]).then(([bytes, last]) => Buffer.concat([bytes, Buffer.from(last)]))
  }

  #secondLine(checkpoint: Checkpoint, timeMs: number): string | Promise<string> | undefined {
    const second = this.#second
    if (!second) return undefined
    const timeS = Math.max(0, Math.floor(timeMs / 1000))
    const finish = (signature: Uint8Array): string => formatSecond(this.origin, second.publicKey, timeS, signature)
    const signature = second.sign(secondMessage(checkpoint, timeS))
    return signature instanceof Uint8Array ? finish(signature) : signature.then(finish)
  }
}
