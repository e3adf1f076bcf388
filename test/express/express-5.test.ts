import { expressSuite } from './suite.ts'
import { express5 } from './versions.ts'

expressSuite('5', express5)
