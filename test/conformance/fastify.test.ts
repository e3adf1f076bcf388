import { serveFastify } from './serve-fastify.ts'
import { adapterConformance } from './suite.ts'

adapterConformance('fastify', serveFastify)
