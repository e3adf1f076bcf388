import { serveHono } from './serve-hono.ts'
import { adapterConformance } from './suite.ts'

const refused = 'node-server answers 400 by itself, before it calls any application'

adapterConformance('hono', serveHono, {
  skip: {
    'a malformed URL is answered with the request id, before any routing':
      'Hono leaves a parameter it cannot decode as it is, so nothing is malformed',
    'a request target of an asterisk is answered and leaves one line': refused,
    'a debugging endpoint with backslashes does not exist': refused,
  },
})
