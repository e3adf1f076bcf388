import { traceContext } from './suite.ts'

traceContext({ framework: 'fastify', sdk: 'without SDK', client: 'http' })
