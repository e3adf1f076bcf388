import { serveNestFastify } from './serve-nest.ts'
import { adapterConformance } from './suite.ts'

adapterConformance('nest-fastify', serveNestFastify)
