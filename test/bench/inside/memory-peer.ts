import { Duplex } from 'node:stream'

/** A connection in memory that asks one request at a time and reads the answer. */
export class MemoryPeer extends Duplex {
  readonly remoteAddress = '127.0.0.1'
  #answer = ''
  #answered: () => void = () => undefined

  constructor() {
    super({ decodeStrings: false })
  }

  /** Resolves in a later turn of the event loop than the answer came in, as with a socket. */
  ask(request: Buffer): Promise<void> {
    return new Promise((resolve) => {
      this.#answered = () => setImmediate(resolve)
      this.push(request)
    })
  }

  setTimeout(): this {
    return this
  }

  override _read(): void {
    // Everything is pushed.
  }

  override _write(chunk: Buffer | string, _encoding: BufferEncoding, done: () => void): void {
    this.#take(chunk)
    done()
  }

  override _writev(chunks: readonly { chunk: Buffer | string }[], done: () => void): void {
    for (const { chunk } of chunks) this.#take(chunk)
    done()
  }

  #take(chunk: Buffer | string): void {
    this.#answer += typeof chunk === 'string' ? chunk : chunk.toString('latin1')
    const end = this.#answer.indexOf('\r\n\r\n')
    if (end === -1) return
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(this.#answer)?.[1])
    if (!this.#answer.startsWith('HTTP/1.1 200 ') || Number.isNaN(length)) throw new Error(this.#answer)
    if (this.#answer.length < end + 4 + length) return
    this.#answer = ''
    this.#answered()
  }
}
