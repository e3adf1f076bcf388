/**
 * What a command sees of the world outside: where it prints, what it may assume of the screen, and when to stop.
 */
import { once } from 'node:events'
import { styleText } from 'node:util'
import { CliError } from './errors.ts'

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan'

export interface Screen {
  /** True when a person is looking. */
  readonly tty: boolean
  /** True when rows have to fit `columns`: on a terminal, or where COLUMNS says so. Elsewhere nothing is cut. */
  readonly fits: boolean
  /** Width in characters that rows have to fit. */
  readonly columns: number
  /** Colours the text where the stream shows colours and NO_COLOR is not set. */
  paint(style: Style | readonly Style[], text: string): string
  /** Writes, and waits when the reader is slow. */
  write(text: string): Promise<void>
  /** Writes without waiting: for what is drawn over a moment later. */
  draw(text: string): void
}

export interface Terminal {
  readonly out: Screen
  readonly err: Screen
  readonly env: NodeJS.ProcessEnv
  readonly cwd: string
  now(): number
  /** Aborts on Ctrl-C, on SIGTERM, and when the reader of stdout has gone. */
  readonly signal: AbortSignal
  /** True when stdout's reader has gone, as with `| head`: nobody is interested any more, and that is no failure. */
  readerGone(): boolean
  /** Prints to stderr, one line. */
  note(text: string): void
}

/** Narrower screens get lines that wrap rather than columns that say nothing. */
const columnsMin = 80

export function openTerminal(process: NodeJS.Process): Terminal & { close(): void } {
  const stop = new AbortController()
  let gone = false
  const onError = (error: NodeJS.ErrnoException) => {
    // EPIPE: `| head` has seen enough. Anything else on stdout is as final: there is nowhere left to print.
    gone ||= error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED'
    stop.abort(error)
  }
  const onSignal = () => stop.abort(new CliError('CLI_INTERRUPTED', 'stopped before it was done'))
  process.stdout.on('error', onError)
  process.stderr.on('error', () => undefined)
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal)
  const asked = Number(process.env['COLUMNS']) || 0
  const out = screen(process.stdout, stop.signal, asked)
  const err = screen(process.stderr, stop.signal, asked)
  return {
    out,
    err,
    env: { ...process.env },
    cwd: process.cwd(),
    now: Date.now,
    signal: stop.signal,
    readerGone: () => gone,
    note: (text) => void process.stderr.write(`${text}\n`),
    close: () => process.off('SIGINT', onSignal).off('SIGTERM', onSignal),
  }
}

function screen(stream: NodeJS.WriteStream, signal: AbortSignal, asked: number): Screen {
  return {
    tty: stream.isTTY === true,
    fits: stream.isTTY === true || asked >= columnsMin,
    get columns() {
      return Math.max(columnsMin, stream.columns || asked)
    },
    paint: (style, text) =>
      styleText(typeof style === 'string' ? style : [...style], text, { stream, validateStream: true }),
    draw: (text) => void stream.write(text),
    async write(text) {
      if (signal.aborted && stream.destroyed) return
      if (stream.write(text)) return
      // A destroyed stream never drains; the signal is then what ends the wait.
      await once(stream, 'drain', { signal }).catch(() => undefined)
    },
  }
}
