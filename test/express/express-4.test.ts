import { expressSuite } from './suite.ts'
import { express4 } from './versions.ts'

expressSuite('4', express4)
