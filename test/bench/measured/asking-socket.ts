import { connect, type Socket } from 'node:net'
import { postNote } from '../post-note.ts'
import { somebodyOf } from './listener.ts'

/** Prepared, so that the load costs as little as it can: it shares the machine with what is measured. */
const requests = Array.from({ length: 512 }, (_, i) => postNote(i % 500, somebodyOf(1000)))

/** A keep-alive connection that asks one prepared request at a time, and reads no more of the answer than where it ends. */
export class AskingSocket {
  readonly #socket: Socket
  #next = Math.floor(Math.random() * requests.length)
  #answer = ''
  #settle: { resolve(): void; reject(error: Error): void } | undefined

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.setEncoding('latin1')
    socket.on('data', (text: string) => this.#take(text))
    socket.on('error', (error) => this.#settle?.reject(error))
    socket.on('close', () => this.#settle?.reject(new Error('the server closed the connection')))
  }

  static open(port: number): Promise<AskingSocket> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true })
      socket.once('error', reject)
      socket.once('connect', () => resolve(new AskingSocket(socket)))
    })
  }

  ask(): Promise<void> {
    const request = requests[this.#next++ % requests.length]
    if (!request) throw new Error('no request')
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject }
      this.#socket.write(request)
    })
  }

  close(): void {
    this.#settle = undefined
    this.#socket.destroy()
  }

  #take(text: string): void {
    this.#answer += text
    const end = this.#answer.indexOf('\r\n\r\n')
    if (end === -1) return
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(this.#answer)?.[1])
    if (this.#answer.length < end + 4 + length) return
    const isGood = this.#answer.startsWith('HTTP/1.1 200 ')
    this.#answer = ''
    if (isGood) this.#settle?.resolve()
    else this.#settle?.reject(new Error(`the server answered ${text.slice(0, 200)}`))
  }
}
