import { serveNestExpress } from './serve-nest.ts'
import { adapterConformance } from './suite.ts'

adapterConformance('nest-express', serveNestExpress)
