/**
 * A witness of transparency logs, as C2SP `tlog-witness` has it: run by somebody else than whoever runs the log.
 */
export type { Answer } from './answer.ts'
export { codes, WitnessError, type WitnessErrorCode } from './errors.ts'
export { type ServedWitness, type ServeOptions, serveWitness } from './server.ts'
export { openWitness, type Witness, type WitnessOptions } from './witness.ts'
