/**
 * Errors thrown anywhere in a process, in every framework: nothing planted on stdout, on stderr, in an answer or in a file.
 *
 * Everything a process survives is tried in one process per framework and NODE_ENV. Of what it dies, each arrangement tries
 * one; the whole product is in `test/full/errors.test.ts`.
 */
import { deadly } from './matrix/places.ts'
import { errorsEverywhere } from './matrix/product.ts'

const killers = ['json', 'text', 'class', 'causes', 'object', 'aggregate']

errorsEverywhere({
  deadlyErrors: (nth, place) =>
    place === deadly[nth % deadly.length] ? killers.slice(nth % killers.length).slice(0, 1) : [],
})
