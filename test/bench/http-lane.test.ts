import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer, type Socket } from 'node:net'
import { expect, it } from 'vitest'
import { Lane } from './http-lane.ts'

const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{"ok":true}'

/** A server that answers each request with these pieces, one turn of the event loop apart. */
async function serve(pieces: readonly string[]): Promise<{ port: number; close(): void }> {
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket.setNoDelay())
    socket.on('data', async () => {
      for (const piece of pieces) {
        socket.write(piece, 'latin1')
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = (): void => {
    for (const socket of sockets) socket.destroy()
    server.close()
  }
  return { port: (server.address() as AddressInfo).port, close }
}

it.each([
  ['whole', [answer]],
  ['cut in the head', [answer.slice(0, 30), answer.slice(30)]],
  ['cut behind the head', [answer.slice(0, -11), '{"ok":', 'true}']],
])('asks again once an answer is complete: %s', async (_, pieces) => {
  const { port, close } = await serve(pieces)
  const lane = new Lane(port)
  let answers = 0
  for (; answers < 3; answers++) {
    await new Promise<void>((resolve) => lane.ask(Buffer.from('GET / HTTP/1.1\r\n\r\n'), resolve))
  }
  lane.close()
  close()
  expect(answers).toBe(3)
})
