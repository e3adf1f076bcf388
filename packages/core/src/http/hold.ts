/**
 * Holds an answer back until its result is on record, on Node's own response and so in every framework, HTTP/1 and HTTP/2.
 *
 * An answer of at most 64 KiB is held whole. A longer one, one that takes longer than 100 ms after its first piece, and one
 * whose headers are flushed is streamed, and only its end is held: the last chunk's terminator, or the piece that completes
 * what Content-Length promised. Either way no client takes the answer for complete before it is released. What a client gets
 * is then what it would have got: pieces are handed on one by one, as the application had handed them over.
 *
 *     gathering ──→ streaming          nothing sent · headers and beginning sent
 *         └───────→ sealing ←─┘        complete; `seal` is asked
 *                      └→ open | shut  let go · refused
 */
import type { RawRequest, RawResponse } from './exchange.ts'
import { HeldBody } from './hold-body.ts'
import { HeldHead } from './hold-head.ts'
import { type Answer, type Callback, innerOf, type Piece, readEnd, readWrite } from './hold-inner.ts'
import { endTooLate, writeTooLate } from './hold-late.ts'

export interface HoldOptions {
  /** Asked once, when the answer is complete. True lets it go, false refuses it. Must not reject. */
  readonly seal: () => Promise<boolean>
  /** The answer was refused and is forgotten. `sent`: its beginning is out, and only a cut connection tells the client. */
  readonly refuse: (sent: boolean) => void
  /** What stood between us and Node threw while the answer was let go. */
  readonly broke: (error: unknown) => void
}

/** Held whole up to this size. */
const heldBytesMax = 65_536
/** How long an answer may take from its first piece on before it is streamed. */
const gatherMs = 100

type State = 'gathering' | 'streaming' | 'sealing' | 'open' | 'shut'

/**
 * From now on the answer of `res` waits for `seal`. To be called before the application answers; whatever wraps the response
 * later calls into the hold, whatever wrapped it before is called by it. Throws nothing that Node would not throw at the same
 * place.
 *
 *     const held = hold(req, res, { seal: async () => await isDurableInTime(receipt, 2_000), refuse, broke })
 */
export function hold(req: RawRequest, res: RawResponse, options: HoldOptions): Held {
  return new Held(req, res, options)
}

export class Held {
  readonly #res: RawResponse
  readonly #options: HoldOptions
  readonly #inner: Answer
  readonly #head: HeldHead
  readonly #body = new HeldBody()
  #state: State = 'gathering'
  /** Something of the answer was handed on. */
  #sent = false
  /** Arguments for `end()`, once the application has called it. */
  #end: readonly unknown[] | undefined
  #endCallback: Callback | undefined
  #ended = false
  /** The body is complete by its Content-Length; the end may still be to come. */
  #complete = false
  /** The application has flushed the headers. */
  #flushed = false
  /** Somebody was told to wait for 'drain'. */
  #stalled = false
  #timer: NodeJS.Timeout | undefined

  constructor(req: RawRequest, res: RawResponse, options: HoldOptions) {
    this.#res = res
    this.#options = options
    this.#inner = innerOf(res)
    this.#head = new HeldHead(res, this.#inner, req.method)
    if (res.headersSent) {
      this.#state = 'streaming'
      this.#sent = true
    }
    this.#stand()
  }

  /** Lets everything pass that has not been answered yet: nothing is going to be sealed. */
  letGo(): void {
    if (this.#state === 'gathering' && this.#head.decided) this.#stream()
    if (this.#state === 'gathering' || this.#state === 'streaming') this.#leave('open')
  }

  /** The response has closed: what was held reaches nobody, and is forgotten. */
  closed(): void {
    if (this.#state !== 'shut') this.#leave('open')
  }

  /** Puts this in front of what the response has. */
  #stand(): void {
    const answer: Answer = this.#res
    answer.writeHead = (...given) => this.#writeHead(given)
    answer.flushHeaders = () => this.#flushHeaders()
    answer.write = (...given) => this.#write(given)
    answer.end = (...given) => {
      this.#finish(given)
      return this.#res
    }
  }

  #writeHead(given: readonly unknown[]): unknown {
    if (this.#sent || this.#passes) return this.#inner.writeHead(...given)
    this.#head.write(given)
    this.#decide()
    return this.#res
  }

  /** From now on status and headers are out of the application's hands. */
  #decide(): void {
    this.#head.decide()
    if (!this.#sent) this.#head.close()
  }

  /** Nothing is held, or not any more. */
  get #passes(): boolean {
    return this.#state === 'open' || this.#state === 'shut'
  }

  /** Refused and answered by somebody else: whatever comes now comes too late, and breaks nothing. */
  get #isDeaf(): boolean {
    return this.#state === 'shut' && this.#res.writableEnded
  }

  #write(given: readonly unknown[]): boolean {
    if (this.#passes && !this.#isDeaf) return this.#inner.write(...given)
    const { piece, callback } = readWrite(given)
    if (this.#ended || this.#isDeaf) return writeTooLate(this.#res, callback, this.#isDeaf)
    this.#decide()
    const completes = this.#body.count(piece, this.#head.bytes) || this.#head.bodiless
    if (completes) return this.#keepLast(piece, callback)
    if (this.#state === 'streaming') return this.#inner.write(...given)
    const fits = this.#body.keptBytes + piece.bytes <= heldBytesMax && (this.#head.bytes ?? 0) <= heldBytesMax
    if (fits) {
      this.#body.keep(piece, callback)
      this.#timer ??= this.#after(gatherMs, () => this.#stream())
      return true
    }
    this.#stream()
    return this.#inner.write(...given)
  }

  /** Keeps what the client would take for the end, and gives the application a moment to say that it is. */
  #keepLast(piece: Piece, callback: Callback | undefined): boolean {
    // Of a body that is not going to be sent, only that there was one shows in the headers.
    if (!this.#head.bodiless || this.#body.isEmpty) this.#body.keep(piece, callback)
    else if (callback !== undefined) process.nextTick(callback)
    if (this.#complete && !this.#head.bodiless) {
      // More than was promised: whoever goes on like that has to wait for the end of the hold.
      this.#stalled = true
      return false
    }
    this.#completed()
    return true
  }

  #completed(): void {
    if (this.#complete) return
    this.#complete = true
    clearTimeout(this.#timer)
    this.#timer = this.#after(gatherMs, () => this.#seal())
  }

  #flushHeaders(): void {
    if (this.#sent || this.#passes) this.#inner.flushHeaders?.()
    if (this.#state !== 'gathering' || this.#ended) return
    this.#decide()
    this.#flushed = true
    if (this.#head.bodiless || this.#body.reaches(this.#head.bytes)) this.#completed()
    else this.#stream()
  }

  /** Headers and what was kept of the body go out; from here on only the end is held. */
  #stream(): void {
    if (this.#state !== 'gathering') return
    clearTimeout(this.#timer)
    this.#state = 'streaming'
    this.#sendKept()
  }

  #sendKept(): void {
    this.#head.open()
    if (!this.#sent) {
      this.#sent = true
      this.#head.send()
      if (this.#flushed) this.#inner.flushHeaders?.()
    }
    for (const { chunk, encoding } of this.#body.take()) this.#inner.write(chunk, encoding)
  }

  #finish(given: readonly unknown[]): void {
    if (this.#passes && !this.#isDeaf) {
      this.#inner.end(...given)
      return
    }
    if (this.#ended || this.#isDeaf) {
      endTooLate(this.#res, readEnd(given), this.#isDeaf)
      return
    }
    const { piece, callback } = readEnd(given)
    this.#decide()
    this.#end = given
    if (this.#state === 'streaming' && piece !== undefined && this.#body.isEmpty) {
      if (!this.#body.count(piece, this.#head.bytes) && !this.#head.bodiless) {
        this.#inner.write(piece.chunk, piece.encoding)
        this.#end = callback === undefined ? [] : [callback]
      }
    }
    this.#endCallback = callback
    this.#ended = true
    Object.defineProperty(this.#res, 'writableEnded', { configurable: true, get: () => true })
    this.#seal()
  }

  #seal(): void {
    if (this.#state === 'sealing') return
    clearTimeout(this.#timer)
    this.#state = 'sealing'
    void this.#options.seal().then((goOn) => {
      if (this.#state !== 'sealing') return
      if (goOn) this.#release()
      else this.#refuse()
    })
  }

  #release(): void {
    const end = this.#end
    this.#state = 'open'
    Reflect.deleteProperty(this.#res, 'writableEnded')
    try {
      this.#sendKept()
      if (end !== undefined) this.#inner.end(...end)
      else if (this.#stalled) this.#res.emit('drain')
    } catch (error) {
      this.#options.broke(error)
    }
    this.#forget()
  }

  #refuse(): void {
    const sent = this.#sent
    const callback = this.#endCallback
    this.#leave('shut')
    Reflect.deleteProperty(this.#res, 'writableEnded')
    if (callback !== undefined) this.#res.once('finish', callback)
    // What wraps the response since the hold began has ended its answer, and would swallow another.
    Object.assign(this.#res, this.#inner)
    this.#options.refuse(sent)
    this.#stand()
  }

  #leave(state: 'open' | 'shut'): void {
    this.#state = state
    this.#head.open()
    this.#forget()
  }

  #forget(): void {
    clearTimeout(this.#timer)
    this.#end = undefined
    this.#endCallback = undefined
    this.#body.take()
  }

  /** Runs `work` outside of any call of the application's, where nobody would catch what it throws. */
  #after(delayMs: number, work: () => void): NodeJS.Timeout {
    const timer = setTimeout(() => {
      try {
        work()
      } catch (error) {
        this.#options.broke(error)
      }
    }, delayMs)
    timer.unref()
    return timer
  }
}
