/** Every framework, with and without the SDK, with both clients: what `test/w3c` asks of three combinations each time. */
import type { Combination } from '../w3c/service.ts'
import { traceContext } from '../w3c/suite.ts'

const frameworks: readonly Combination['framework'][] = ['express', 'fastify', 'koa']
const sdks: readonly Combination['sdk'][] = ['without SDK', 'with SDK', 'with SDK and no spans']
const clients: readonly Combination['client'][] = ['http', 'fetch']

for (const framework of frameworks) {
  for (const sdk of sdks) for (const client of clients) traceContext({ framework, sdk, client })
}
