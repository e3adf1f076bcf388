/**
 * One anchor, shown the newest checkpoint again and again: with a deadline, one call at a time, and longer pauses the longer it fails.
 *
 * An anchor may never answer, answer nonsense, or throw. None of that leaves here as anything but a state and a fact.
 */
import { LedgerError, type LedgerErrorCode } from '../errors.ts'
import type { Anchor, AnchorEvidence, AnchorTree, PublishedCheckpoint } from './anchor.ts'
import { type EvidenceFiles, evidenceBytesMax, type NewestEvidence } from './anchor-evidence.ts'

const pauseMsMin = 1_000
const pauseMsMax = 300_000
const messageCharactersMax = 500

/** What is known of one anchor. */
export interface AnchorState {
  readonly name: string
  /** The size of the newest checkpoint it has; 0 for none. Entries from here on are unanchored with it. */
  readonly size: number
  /** When it took that one, in milliseconds since 1970. */
  readonly timeMs?: number
  /** Why the newest attempt failed, and since when attempts fail. */
  readonly failure?: AnchorFailure
}

export interface AnchorFailure {
  /** LEDGER_ANCHOR_ROLLBACK, LEDGER_ANCHOR_UNREACHABLE, LEDGER_ANCHOR_REFUSED or LEDGER_ANCHOR_UNKEPT. */
  readonly code: LedgerErrorCode
  readonly message: string
  readonly sinceMs: number
}

/** A checkpoint to be shown, the tree that answers for it, and where evidence goes. */
export interface Offer {
  readonly checkpoint: PublishedCheckpoint
  readonly evidence: EvidenceFiles
  tree(): AnchorTree
}

export interface DeliveryStart {
  readonly anchor: Anchor
  readonly deadlineMs: number
  now(): number
  /** Called when the state changed for the better or the worse. */
  onChange(state: AnchorState, before: AnchorState): void
  /**
   * Called when the anchor holds more than it is shown, which may be because another process has gone on. True: a newer
   * checkpoint was offered meanwhile, and it counts only if that one is refused as well.
   */
  onDoubt(): Promise<boolean>
  /** Called when the anchor holds more of a log that this one goes on from than is left of it. */
  onEarlier(origin: string, error: LedgerError): void
}

export class AnchorDelivery {
  readonly #start: DeliveryStart
  #offer: Offer | undefined
  #earlier: Offer[] = []
  #state: AnchorState
  /** The size this process knows to be with the anchor: what files say is believed by nobody. */
  #taken = -1
  #failures = 0
  #running: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  /** A call that did not end with its deadline: until it does, no other is made. */
  #unanswered = false
  #stopped = new AbortController()

  constructor(start: DeliveryStart) {
    this.#start = start
    this.#state = { name: start.anchor.name, size: 0 }
  }

  get state(): AnchorState {
    return this.#state
  }

  /** What files beside the log say, until this process knows better. */
  remember(newest: NewestEvidence | undefined): void {
    if (this.#taken < 0 && newest) this.#state = { ...this.#state, ...newest }
  }

  /**
   * Logs that could not be continued and that this one goes on from. Each is shown once as well: a directory that was put back
   * far enough is one whose log cannot be continued, and of the new log the anchor knows nothing.
   */
  follow(earlier: readonly Offer[]): void {
    this.#earlier = [...earlier]
  }

  /** Shows this one as soon as the anchor is due. */
  offer(offer: Offer): void {
    this.#offer = offer
    if (this.#timer === undefined) this.#run()
  }

  /** Shows the newest one now, however long the pause was to be. Resolves when the attempt has ended; never rejects. */
  async now(): Promise<void> {
    await this.#running
    this.#pause(undefined)
    this.#run()
    await this.#running
  }

  /** Ends what is under way. */
  stop(): void {
    this.#stopped.abort()
    this.#pause(undefined)
  }

  #run(): void {
    if (this.#running || this.#stopped.signal.aborted) return
    if (!this.#offer || this.#offer.checkpoint.size <= this.#taken) return
    this.#running = this.#attempt(this.#offer, false).finally(() => {
      this.#running = undefined
      if (this.#failures > 0) this.#pause(this.#pauseMs())
      else this.#run() // a newer one may have come meanwhile
    })
  }

  #pause(ms: number | undefined): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (ms === undefined || this.#stopped.signal.aborted) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#run()
    }, ms).unref()
  }

  /** Twice as long after each failure; not to the millisecond, so that many processes do not come back together. */
  #pauseMs(): number {
    const ms = Math.min(pauseMsMax, pauseMsMin * 2 ** Math.min(this.#failures - 1, 16))
    return ms * (0.5 + Math.random() / 2)
  }

  async #attempt(offer: Offer, again: boolean): Promise<void> {
    try {
      if (!again) await this.#showEarlier()
      const evidence = await this.#publish(offer)
      this.#taken = offer.checkpoint.size
      this.#failures = 0
      const timeMs = this.#start.now()
      const { name } = this.#state
      await offer.evidence.write(offer.checkpoint, name, evidence, timeMs).then(
        () => this.#become({ name, size: offer.checkpoint.size, timeMs }),
        (error: unknown) => {
          const failure = { code: 'LEDGER_ANCHOR_UNKEPT', message: textOf(error), sinceMs: timeMs } as const
          this.#become({ name, size: offer.checkpoint.size, timeMs, failure })
        },
      )
    } catch (error) {
      if (this.#stopped.signal.aborted) return
      const { code, message } = asAnchorError(this.#start.anchor.name, error)
      const doubtful = code === 'LEDGER_ANCHOR_ROLLBACK' && !again && (await this.#start.onDoubt().catch(() => false))
      const newer = this.#offer
      if (doubtful && newer) return this.#attempt(newer, true)
      this.#failures += 1
      const sinceMs = this.#state.failure?.sinceMs ?? this.#start.now()
      this.#become({ ...this.#state, failure: { code, message: message.slice(0, messageCharactersMax), sinceMs } })
    }
  }

  async #showEarlier(): Promise<void> {
    for (const offer of this.#earlier.splice(0)) {
      try {
        await this.#publish(offer)
      } catch (error) {
        const known = asAnchorError(this.#state.name, error)
        if (known.code === 'LEDGER_ANCHOR_ROLLBACK') this.#start.onEarlier(offer.checkpoint.origin, known)
        else this.#earlier.push(offer) // with the next attempt
      }
    }
  }

  async #publish({ checkpoint, tree }: Offer): Promise<AnchorEvidence> {
    const { anchor, deadlineMs } = this.#start
    if (this.#unanswered)
      throw new LedgerError('LEDGER_ANCHOR_UNREACHABLE', `${anchor.name} has not answered an earlier call yet`)
    const deadline = new AbortController()
    const stop = (): void => deadline.abort()
    const timer = setTimeout(stop, deadlineMs)
    this.#stopped.signal.addEventListener('abort', stop, { once: true })
    const over = new Promise<never>((_, reject) => {
      const message = `${anchor.name} did not answer within ${deadlineMs} ms`
      deadline.signal.addEventListener('abort', () => reject(new LedgerError('LEDGER_ANCHOR_UNREACHABLE', message)))
    })
    try {
      this.#unanswered = true
      const work = callAnchor(anchor, checkpoint, tree(), deadline.signal)
      work
        .catch(() => {})
        .finally(() => {
          this.#unanswered = false
        })
      return checkEvidence(anchor.name, await Promise.race([work, over]))
    } finally {
      clearTimeout(timer)
      this.#stopped.signal.removeEventListener('abort', stop)
    }
  }

  #become(state: AnchorState): void {
    const before = this.#state
    this.#state = state
    this.#start.onChange(state, before)
  }
}

/** What it throws at once becomes a rejection like any other. */
async function callAnchor(
  anchor: Anchor,
  checkpoint: PublishedCheckpoint,
  tree: AnchorTree,
  signal: AbortSignal,
): Promise<AnchorEvidence> {
  return anchor.publish(checkpoint, tree, signal)
}

/** Anchors are other people's code: what they answer is looked at before a file is named for it. */
function checkEvidence(name: string, evidence: unknown): AnchorEvidence {
  const { suffix, bytes, detail }: Record<string, unknown> = Object(evidence)
  const refuse = (why: string): never => {
    throw new LedgerError('LEDGER_ANCHOR_REFUSED', `${name} answered with ${why}`)
  }
  if (typeof suffix !== 'string' || !/^[a-z0-9]{1,8}$/.test(suffix)) return refuse('evidence without a suffix')
  if (bytes !== undefined && !(bytes instanceof Uint8Array)) return refuse('evidence that is no bytes')
  if (bytes !== undefined && bytes.length > evidenceBytesMax) return refuse(`${bytes.length} bytes of evidence`)
  const text = typeof detail === 'string' ? { detail: detail.slice(0, messageCharactersMax) } : {}
  return { suffix, ...(bytes && { bytes }), ...text }
}

const anchorCodes: readonly string[] = [
  'LEDGER_ANCHOR_ROLLBACK',
  'LEDGER_ANCHOR_UNREACHABLE',
  'LEDGER_ANCHOR_REFUSED',
] satisfies readonly LedgerErrorCode[]

function asAnchorError(name: string, error: unknown): LedgerError {
  if (error instanceof LedgerError && anchorCodes.includes(error.code)) return error
  return new LedgerError('LEDGER_ANCHOR_REFUSED', `${name}: ${textOf(error)}`, { cause: error })
}

/** Even how an error prints may be somebody else's code. */
function textOf(error: unknown): string {
  try {
    return error instanceof Error ? error.message : String(error)
  } catch {
    return 'something that cannot be shown'
  }
}
