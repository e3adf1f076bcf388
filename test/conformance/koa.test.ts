import { serveKoa } from './serve-koa.ts'
import { adapterConformance } from './suite.ts'

adapterConformance('koa', serveKoa, {
  skip: {
    'a malformed URL is answered with the request id, before any routing':
      '@koa/router hands on a parameter it cannot decode, so nothing is malformed',
  },
})
