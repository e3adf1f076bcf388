import { traceContext } from './suite.ts'

traceContext({ framework: 'koa', sdk: 'with SDK and no spans', client: 'fetch' })
