import { IncomingMessage } from 'node:http'

/** Who acts, as a program behind a gateway is told. */
export function actor(req: object): { id: string } | undefined {
  const id = req instanceof IncomingMessage ? req.headers['x-user'] : undefined
  return typeof id === 'string' ? { id } : undefined
}
