/** Node's own request below what a handler of Nest is given: Express's is Node's, Fastify's has it as `raw`. */
import type { ExecutionContext } from '@nestjs/common'
import { type Exchange, exchangeOf } from '@trailmark/core/http'

export function rawOf(request: object): object {
  const raw: unknown = Reflect.get(request, 'raw')
  return typeof raw === 'object' && raw !== null ? raw : request
}

/** The exchange of an HTTP request; undefined for messages of gateways and microservices, and for GraphQL's own context. */
export function exchangeIn(context: Pick<ExecutionContext, 'getType' | 'switchToHttp'>): Exchange | undefined {
  if (context.getType() !== 'http') return undefined
  const request: unknown = context.switchToHttp().getRequest()
  return typeof request === 'object' && request !== null ? exchangeOf(rawOf(request)) : undefined
}
