/** What the three servers do alike. */

/** Who acts, as a program behind a gateway is told; in every framework a request has its headers by this name. */
export function actor(req: object): { id: string } | undefined {
  const headers: unknown = 'headers' in req ? req.headers : undefined
  if (typeof headers !== 'object' || headers === null || !('x-user' in headers)) return undefined
  const id = headers['x-user']
  return typeof id === 'string' ? { id } : undefined
}

/** One hop of asynchronous work, as every real handler has. */
export function work(): Promise<{ ok: boolean }> {
  return new Promise((resolve) => setImmediate(resolve, { ok: true }))
}
