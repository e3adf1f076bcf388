/** Servers of one provocation on the loopback interface; they are gone, with every connection, when it is over. */
import { createServer as createHttp, type RequestListener } from 'node:http'
import { createServer as createTcp, type Server, type Socket } from 'node:net'

type Work<T> = (port: number) => T | Promise<T>

export async function withHttp<T>(listener: RequestListener, work: Work<T>): Promise<T> {
  const server = createHttp(listener)
  try {
    return await work(await listening(server))
  } finally {
    server.closeAllConnections()
    await new Promise<void>((resolve) => server.close(() => resolve()))
  }
}

export async function withTcp<T>(connected: (socket: Socket) => void, work: Work<T>): Promise<T> {
  const sockets = new Set<Socket>()
  const server = createTcp((socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    connected(socket)
  })
  try {
    return await work(await listening(server))
  } finally {
    for (const socket of sockets) socket.destroy()
    await new Promise<void>((resolve) => server.close(() => resolve()))
  }
}

/** A port on which nobody listens. */
export async function closedPort(): Promise<number> {
  return withTcp(
    () => undefined,
    (port) => port,
  )
}

function listening(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      if (typeof address === 'object' && address !== null) resolve(address.port)
      else reject(new Error('not listening'))
    })
  })
}
