/** The complete product of errors, places, frameworks and NODE_ENV: each error that kills, in a process of its own. */
import { errorsEverywhere } from '../errors/matrix/product.ts'
import { representatives } from '../errors/matrix/representatives.ts'

errorsEverywhere({ deadlyErrors: () => representatives.map((one) => one.key) })
