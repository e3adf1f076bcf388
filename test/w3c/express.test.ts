import { traceContext } from './suite.ts'

traceContext({ framework: 'express', sdk: 'with SDK', client: 'fetch' })
