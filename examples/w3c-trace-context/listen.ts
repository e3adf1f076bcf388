/** Starting and stopping a server so that whoever runs it at a terminal understands what happened. */
import type { Server } from 'node:http'
import { loopback } from './service.ts'

/** Starts the server and returns what ends it. Where it cannot listen, says why in one line and ends the process with 1. */
export async function listen(start: () => Promise<Server>, port: number): Promise<() => Promise<void>> {
  try {
    const server = await start()
    return () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    const reasons = new Map<unknown, string>([
      ['EADDRINUSE', `port ${port} of ${loopback} is taken by another program; choose another port`],
      ['EACCES', `port ${port} of ${loopback} needs rights this user does not have; choose one above 1023`],
    ])
    console.error(reasons.get(code) ?? `cannot listen on ${loopback}:${port} (${code ?? 'unknown reason'})`)
    process.exit(1)
  }
}
