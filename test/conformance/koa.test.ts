import { serveKoa } from './serve-koa.ts'
import { adapterConformance } from './suite.ts'

adapterConformance('koa', serveKoa, {
  skip: {
    'a malformed URL is answered with the request id, before any routing':
      '@koa/router hands on a parameter it cannot decode, so nothing is malformed',
    'what was mounted before the audit sees nothing of a blocked request':
      'Koa knows no application before its first request, so what was mounted first runs first',
  },
})
