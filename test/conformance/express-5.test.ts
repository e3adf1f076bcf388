import { serveExpress5 } from './serve-express.ts'
import { adapterConformance } from './suite.ts'

adapterConformance('express-5', serveExpress5)
