/**
 * Options, checked and with their defaults: the one shape the rest of the package reads.
 */
import type { ActorInput, Level } from './event.ts'
import type { OutboundOptions, TrustQuestion } from './options.ts'
import type { ServiceIdentity } from './service.ts'

export interface Configuration {
  readonly service: ServiceIdentity
  /** Everything but NODE_ENV `development` and `test`; unset counts as production here. */
  readonly production: boolean
  /** What may be printed to a terminal: true where stderr is one, outside production. Unset counts as development here. */
  readonly terminal: boolean
  /** Whether a peer's request ids and trace headers are believed. Never throws. */
  readonly trust: (peer: TrustQuestion) => boolean
  readonly proxies: readonly string[]
  readonly outbound: Required<OutboundOptions>
  /** Lower-case header and cookie names that carry a credential, `authorization` among them. */
  readonly credentials: ReadonlySet<string>
  readonly serverTiming: boolean
  readonly actor?: (request: object) => ActorInput | undefined
  readonly logLevel: Level
  readonly limits: {
    /** When a response still open gets an opening line. */
    readonly openingMs: number
    /** How long an attempt or a held answer waits for the ledger. */
    readonly holdMs: number
  }
  /** Short hash of policy, catalogue, scrubber and the options that matter: `policy` on every record. */
  readonly hash: string
}
