/** Bodies for one writer: serialises drafts, and moves the text of a record that another writer could not keep. */
import type { MaskedDraft } from '../draft.ts'
import { rewriteSeq } from './seq.ts'
import { createSerialiser, type Envelope } from './serialise.ts'

export interface BodyWriter {
  body(masked: MaskedDraft, seq: number): string
  /** The same record for this writer; `body` was made for `writer`. */
  rewrite(body: string, writer: string, seq: number): string
}

export function createBodyWriter(envelope: Envelope, writer: string): BodyWriter {
  const { service } = envelope
  const serialiser = createSerialiser({ ...envelope, service: { ...service, writer } })
  return {
    body: (masked, seq) => serialiser.serialise(masked, seq),
    // The first match is the service's own: every member before it is written by us, and quotes in values are escaped.
    rewrite: (body, from, seq) => rewriteSeq(body.replace(`,"writer":"${from}"}`, `,"writer":"${writer}"}`), seq),
  }
}
