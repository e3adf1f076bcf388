import { serveExpress4 } from './serve-express.ts'
import { adapterConformance } from './suite.ts'

adapterConformance('express-4', serveExpress4)
