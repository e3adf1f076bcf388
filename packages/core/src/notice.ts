/**
 * What the trail has to say to whoever runs it: short lines on stderr, each at most once per process.
 *
 * The one place in this package that prints. Nothing from a request ever gets here.
 */
import { writeSync } from 'node:fs'

export interface Notices {
  /** Tells one sentence, at most once per code. */
  notice(code: string, message: string): void
  /** Prints lines to the terminal as they are; only for what `configuration.terminal` allows. */
  print(text: string): void
}

/** Longer than any sentence of ours; an operating system's message may be inside. */
const messageCharsMax = 600

/** Notices that are printed by `print`; the default is stderr. Each audit has its own memory of what it said. */
export function createNotices(print: (line: string) => void = printLine): Notices {
  const told = new Set<string>()
  return {
    notice(code, message) {
      if (told.has(code)) return
      told.add(code)
      safely(print, `trailmark: ${oneLine(message)} [${code}]`)
    },
    print: (text) => safely(print, text),
  }
}

/** For tests and for whoever wants silence. */
export function silentNotices(): Notices {
  return { notice: () => undefined, print: () => undefined }
}

function oneLine(message: string): string {
  const line = message.replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029]+/g, ' ')
  return line.length > messageCharsMax ? `${line.slice(0, messageCharsMax)}…` : line
}

/**
 * Written to the descriptor: where the reader of stderr is gone, the second line through the console raises an `error` event on
 * the stream later, for which nobody listens, and that ends the process. A terminal is left to the console, which knows its
 * encoding.
 */
function printLine(line: string): void {
  if (process.stderr.isTTY) console.error(line)
  else writeSync(2, `${line}\n`)
}

/** A closed stderr must not end the process. */
function safely(print: (line: string) => void, line: string): void {
  try {
    print(line)
  } catch {
    // There is nobody left to tell.
  }
}
