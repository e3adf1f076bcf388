import type { AddressInfo, Server } from 'node:net'

/** Tells the benchmark where this server listens and, when asked, how much CPU it has used so far, in µs. */
export function report(server: Server): void {
  process.send?.({ port: (server.address() as AddressInfo).port })
  process.on('message', () => {
    const { user, system } = process.cpuUsage()
    process.send?.({ cpu: user + system })
  })
}

/** One hop of asynchronous work, as every real handler has. */
export const work = (): Promise<{ ok: boolean }> => new Promise((resolve) => setImmediate(resolve, { ok: true }))
