/** The complete product of errors, places, frameworks and NODE_ENV: each error that kills, in a process of its own. */
import { deadly } from '../errors/matrix/places.ts'
import { errorsEverywhere } from '../errors/matrix/product.ts'
import { representatives } from '../errors/matrix/representatives.ts'

errorsEverywhere({ places: deadly, deadlyErrors: () => representatives.map((one) => one.key) })
