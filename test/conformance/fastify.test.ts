import { serveFastify } from './serve-fastify.ts'
import { adapterConformance } from './suite.ts'

adapterConformance('fastify', serveFastify, {
  skip: {
    'of the application’s own event the operator is told what its declaration lacks':
      'Fastify says when a route is registered, which is then refused',
  },
})
