/**
 * What is printed of an exception nobody caught, and of a process warning: the skeleton of the error and nothing of its words.
 *
 * One line with JSON for machines; lines with frames below each other where a person looks at a terminal.
 */
import type { SafeError } from './fault/safe-error.ts'

/** `TypeError (E_BAD, request 0194…, fingerprint p1_…): * is not a function`, then the frames and the causes. */
export function reportOf(error: SafeError, terminal: boolean, requestId?: string): string {
  const { frames = [], details, causes = [], ...head } = error
  const title = titleOf(head, requestId)
  if (terminal) return [title, ...frames.map((frame) => `    at ${frame}`), ...causes.flatMap(causeLines)].join('\n')
  const rest = {
    ...(details === undefined ? {} : { details }),
    ...(frames.length === 0 ? {} : { frames }),
    ...(causes.length === 0 ? {} : { causes }),
  }
  return Object.keys(rest).length === 0 ? title : `${title} ${JSON.stringify(rest)}`
}

/** The head alone, and the innermost frame: for warnings, which say little else. */
export function reportOfWarning({ type, code, message, frames }: SafeError): string {
  const title = titleOf({
    type,
    ...(code === undefined ? {} : { code }),
    ...(message === undefined ? {} : { message }),
  })
  const first = frames?.find((frame) => !frame.includes('(node:'))
  return first === undefined ? title : `${title} at ${first}`
}

function titleOf({ type, code, message, fingerprint }: SafeError, requestId?: string): string {
  const facts = [
    ...(code === undefined ? [] : [code]),
    ...(requestId === undefined ? [] : [`request ${requestId}`]),
    ...(fingerprint === undefined ? [] : [`fingerprint ${fingerprint}`]),
  ]
  const title = facts.length === 0 ? type : `${type} (${facts.join(', ')})`
  return message === undefined ? title : `${title}: ${message}`
}

function causeLines({ frames = [], ...cause }: SafeError): string[] {
  return [`  caused by ${titleOf(cause)}`, ...frames.slice(0, 3).map((frame) => `      at ${frame}`)]
}
