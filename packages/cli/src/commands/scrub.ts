/**
 * `trailmark scrub`: secrets and personal data out of lines that something else writes, between its output and whatever keeps it.
 * Reads stdin, writes stdout, keeps nothing and needs neither keys nor a trail.
 */
import { pipeline } from 'node:stream/promises'
import { type LineFormat, scrubber, scrubLines } from '@trailmark/core/integration'
import type { Command } from '../command.ts'
import { exitCodes, usageError } from '../errors.ts'

const formats: readonly LineFormat[] = ['auto', 'json', 'text']

export const scrubCommand: Command = {
  name: 'scrub',
  summary: 'Take secrets and personal data out of log lines: stdin to stdout.',
  usage: 'trailmark scrub [options]',
  positionals: [],
  options: {
    as: {
      type: 'string',
      value: 'format',
      help: 'what lines are: auto (JSON where it parses, else text), json (anything else is withheld), text; default auto',
    },
    report: {
      type: 'boolean',
      help: 'when stdin ends, print on stderr as JSON how many lines were changed, by which rules',
    },
    fail: {
      type: 'boolean',
      help: 'exit with 1 when a line had to be changed: a check that a service logs nothing it should not',
    },
  },
  example: `trailmark scrub | tee clean.log

{"msg":"login","password":"[secret]","from":"[ip]"}`,

  async run(invocation, terminal) {
    const asked = invocation.text('as') ?? 'auto'
    const format = formats.find((one) => one === asked)
    if (format === undefined) throw usageError(`scrub: --as takes ${formats.join(', ')}`)
    const counting = invocation.flag('report')
    const stream = scrubLines({ scrubber, format, counting })
    try {
      // Not by way of `terminal.out`: what passes here are bytes, and most of them pass uncopied.
      await pipeline(process.stdin, stream, process.stdout, { end: false, signal: terminal.signal })
    } catch (error) {
      // A reader that has gone, and Ctrl-C: the usual ends of a pipeline.
      if (!terminal.signal.aborted && !terminal.readerGone() && !isGone(error)) throw error
    }
    if (counting) terminal.note(JSON.stringify(stream.account))
    return invocation.flag('fail') && stream.account.changed > 0 ? exitCodes.finding : exitCodes.ok
  },
}

function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EPIPE' || error.code === 'ABORT_ERR')
}
