import { connect, type Socket } from 'node:net'

/** How many connections each kind of load keeps to a server. */
export const sockets = { closed: 16, open: 64 }

/**
 * One keep-alive connection that asks one request at a time. A raw socket with prepared requests costs a fifth of what
 * `node:http` does, so the load stays out of the way of what is measured.
 */
export class Lane {
  readonly #socket: Socket
  #answered: (() => void) | undefined
  /** Bytes of the answer so far, kept only until its length is known. */
  #head: Buffer[] = []
  #left = 0
  /** Bytes of the last answer: the next one that comes in one piece of just this length is complete. */
  #usual = -1

  constructor(port: number) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true })
    this.#socket.on('data', (piece) => this.#take(piece))
    this.#socket.on('close', () => {
      if (this.#answered) throw new Error('the server hung up')
    })
  }

  ask(request: Buffer, answered: () => void): void {
    this.#answered = answered
    this.#socket.write(request)
  }

  close(): void {
    this.#answered = undefined
    this.#socket.destroy()
  }

  #take(piece: Buffer): void {
    if (this.#left > 0) {
      this.#left -= piece.length
      if (this.#left <= 0) this.#done()
      return
    }
    if (this.#head.length === 0 && piece.length === this.#usual && isOk(piece)) {
      this.#done()
      return
    }
    this.#head.push(piece)
    const read = Buffer.concat(this.#head)
    const end = read.indexOf('\r\n\r\n')
    if (end === -1) return
    const head = read.toString('latin1', 0, end)
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1])
    if (!isOk(read) || Number.isNaN(length)) throw new Error(read.toString('latin1'))
    this.#head = []
    this.#usual = end + 4 + length
    this.#left = this.#usual - read.length
    if (this.#left <= 0) this.#done()
  }

  #done(): void {
    this.#left = 0
    const answered = this.#answered
    this.#answered = undefined
    answered?.()
  }
}

/** `HTTP/1.1 200`: only the digits are looked at. */
const isOk = (piece: Buffer): boolean => piece[9] === 0x32 && piece[10] === 0x30 && piece[11] === 0x30
