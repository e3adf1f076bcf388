/** What is left of an error for those who have to find the fault: its type, its code, its frames, its template. */
import type { Expected } from './provoked/provoked.ts'

export interface Usefulness {
  /** Of type, code and frames, those that were there and are lost. */
  readonly lost: readonly string[]
  /** How many were there. */
  readonly there: number
  /** Whether a reader can tell what went wrong; undefined where the error never said so in words of the library. */
  readonly recognisable: boolean | undefined
}

export function usefulnessOf(scrubbed: unknown, { type, code, template, frames }: Expected): Usefulness {
  const all = nodesOf(scrubbed)
  const [top = {}] = all
  const checks: [string, boolean][] = []
  if (type !== undefined) checks.push(['type', matches(top['type'], type)])
  // A driver's code is as good in the cause of an ORM's error.
  if (code !== undefined) checks.push(['code', all.some((one) => matches(one['code'], code))])
  if (frames) checks.push(['frames', Array.isArray(top['frames']) && top['frames'].length > 0])
  const said = all
    .map((one) => [text(one['message']), text(one['code']), JSON.stringify(one['details'] ?? {})].join('\n'))
    .join('\n')
  return {
    lost: checks.filter(([, kept]) => !kept).map(([what]) => what),
    there: checks.length,
    recognisable: template?.test(said),
  }
}

type Members = Readonly<Record<string, unknown>>

/** The error, its details and its causes, at any depth. */
function nodesOf(scrubbed: unknown): Members[] {
  if (typeof scrubbed !== 'object' || scrubbed === null) return []
  const node: Members = Array.isArray(scrubbed) ? { list: scrubbed } : { ...scrubbed }
  return [node, ...Object.values(node).flatMap((one) => (Array.isArray(one) ? one.flatMap(nodesOf) : nodesOf(one)))]
}

function matches(found: unknown, expected: string | RegExp): boolean {
  const said = text(found)
  return typeof expected === 'string' ? said === expected : expected.test(said)
}

function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

/** Whether V8 wrote frames of files on this error, by its own text. */
export function hasFrames(error: unknown): boolean {
  return error instanceof Error && typeof error.stack === 'string' && /^ {4}at .*:\d+:\d+\)?$/m.test(error.stack)
}
