import { serveNestFastify } from '../conformance/serve-nest.ts'
import { adapterConformance } from '../conformance/suite.ts'

adapterConformance('nest-fastify', serveNestFastify)
