/** A server whose answers are held until the test says so, and a client that sees what comes through meanwhile. */
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import { cut } from './answer.ts'
import type { RawRequest, RawResponse } from './exchange.ts'
import { type Held, type HoldOptions, hold } from './hold.ts'
import { listening, portOf } from './hold-script.fixture.ts'

export interface Gate {
  readonly options: HoldOptions
  readonly sealed: number
  readonly broken: readonly unknown[]
  readonly refusals: readonly boolean[]
  /** Lets every answer go, or refuses every one, that is complete or will be. */
  decide(goOn: boolean): void
}

type Refusal = (req: RawRequest, res: RawResponse) => void

/** `answerRefused` says what a refusal puts in the place of an answer of which nothing was sent. */
export function gate(req: RawRequest, res: RawResponse, answerRefused: Refusal = (_req, one) => cut(one)): Gate {
  const decision = Promise.withResolvers<boolean>()
  const broken: unknown[] = []
  const refusals: boolean[] = []
  let sealed = 0
  return {
    options: {
      seal: () => {
        sealed++
        return decision.promise
      },
      refuse: (sent) => {
        refusals.push(sent)
        if (sent) cut(res)
        else answerRefused(req, res)
      },
      broke: (error) => broken.push(error),
    },
    get sealed() {
      return sealed
    },
    broken,
    refusals,
    decide: (goOn) => decision.resolve(goOn),
  }
}

export interface Peer {
  readonly socket: Socket
  /** What came so far, as Latin-1; `(reset)` and `(end)` say how the connection ended. */
  readonly wire: string
  /** Resolves with everything that came, once it matches or is so long; rejects after 5 s. */
  until(what: RegExp | number): Promise<string>
  /** Resolves when the connection is closed, in good order or not. */
  readonly closed: Promise<void>
}

export interface Scene extends Gate {
  readonly peer: Peer
  readonly res: ServerResponse
  readonly held: Held
  /** One for each request, in their order. */
  readonly gates: readonly Gate[]
}

export interface SceneOptions {
  readonly request?: string
  /** What stood around the response before the hold. */
  readonly before?: (req: RawRequest, res: ServerResponse) => void
  readonly answerRefused?: Refusal
}

export const get = 'GET / HTTP/1.1\r\nhost: test\r\n\r\n'

/** One request, whose answer `respond` gives. Resolves once it was called. */
export async function scene(
  respond: (res: ServerResponse) => unknown,
  { request = get, before, answerRefused }: SceneOptions = {},
): Promise<Scene> {
  const gates: Gate[] = []
  const met = Promise.withResolvers<{ res: ServerResponse; held: Held; made: Gate }>()
  const server = await listening((req, res) => {
    res.sendDate = false
    before?.(req, res)
    const made = gate(req, res, answerRefused)
    gates.push(made)
    const held = hold(req, res, made.options)
    res.on('close', () => held.closed())
    met.resolve({ res, held, made })
    respond(res)
  })
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const peer = await peerOf(portOf(server))
  peer.socket.write(request)
  const { res, held, made } = await met.promise
  // Getters are to stay getters.
  return Object.assign(Object.create(made) as Gate, { peer, res, held, gates })
}

export async function peerOf(port: number): Promise<Peer> {
  const socket = connect({ host: '127.0.0.1', port })
  let wire = ''
  socket.setEncoding('latin1')
  socket.on('data', (text) => {
    wire += String(text)
  })
  socket.on('end', () => {
    wire += '(end)'
  })
  socket.on('error', () => {
    wire += '(reset)'
  })
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()))
  await once(socket, 'connect')
  return {
    socket,
    closed,
    get wire() {
      return wire
    },
    async until(what) {
      const isThere = (): boolean => (typeof what === 'number' ? wire.length >= what : what.test(wire))
      for (let waited = 0; !isThere(); waited += 2) {
        if (waited > 5_000) throw new Error(`never came: ${what}, but ${JSON.stringify(wire.slice(-300))}`)
        await setTimeout(2)
      }
      return wire
    },
  }
}

/** Long enough for anything that is not held to arrive. */
export function aWhile(): Promise<void> {
  return setTimeout(40)
}
