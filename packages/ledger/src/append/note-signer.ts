/**
 * Signs texts as notes of one origin: every signature the writer has to give, one line each.
 *
 * Whoever writes a signed file (checkpoint, LEDGER.note, seal) goes through here, so that all of them carry the same ones.
 */
import type { Signer } from '../ledger.ts'
import { formatNote } from '../note.ts'

export class NoteSigner {
  readonly origin: string
  readonly #signer: Signer

  constructor(origin: string, signer: Signer) {
    this.origin = origin
    this.#signer = signer
  }

  /** The signed note of a text; a promise only if the signer gives one. Throws or rejects with what the signer does. */
  note(text: string): Buffer | Promise<Buffer> {
    const key = { name: this.origin, publicKey: this.#signer.publicKey }
    const finish = (signature: Uint8Array): Buffer => Buffer.from(formatNote(text, key, signature))
    const signature = this.#signer.sign(Buffer.from(text))
    return signature instanceof Uint8Array ? finish(signature) : signature.then(finish)
  }
}
