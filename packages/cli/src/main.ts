#!/usr/bin/env node
/** The `trailmark` executable. */
import { run } from './run.ts'
import { openTerminal } from './terminal.ts'

const terminal = openTerminal(process)
// The records of reads are written as in production, whoever reads from wherever; `doctor` sees what was set.
process.env.NODE_ENV = 'production'
// Not process.exit(): what was printed last may still be on its way to a pipe.
process.exitCode = await run(process.argv.slice(2), terminal)
terminal.close()
