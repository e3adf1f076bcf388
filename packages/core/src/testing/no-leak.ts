/**
 * A test for an application: nothing that came in with a request stands in a log, a record or an error answer.
 *
 * Every input is planted with a value that occurs nowhere else; afterwards everything the application wrote is searched for
 * every planted value in every spelling. Works with every test runner: it resolves, or rejects with a list of what was found.
 */
import { inspect } from 'node:util'
import { AuditError } from '../errors.ts'
import { type Leak, leakFinder } from './find-leaks.ts'
import { createPlanting, type NoLeakRequest, type Plant, type PlantedRequest, plantRequest } from './plant.ts'

/** An application that answers requests as fetch does. */
export interface FetchApplication {
  fetch(request: Request): Response | Promise<Response>
}

/** Works with planted values; what it returns or throws is searched, too. */
export type PlantedWork = (plant: Plant) => unknown

/** What is read of an audit: `testAudit()` makes such. */
export interface WatchedAudit {
  readonly records: readonly object[]
  readonly lines: readonly object[]
  readonly notices: readonly string[]
  flush(): Promise<void>
}

export interface NoLeakOptions {
  /** What to send to a URL or an application with `fetch`. */
  readonly requests?: readonly NoLeakRequest[]
  /** More values to look for, by name, such as the password of the database. At least 4 characters each. */
  readonly planted?: Readonly<Record<string, string>>
  /** The audit behind the application: its records, operational lines and notices are searched. */
  readonly audit?: WatchedAudit
  /** Other texts to search, by name, read once all answers are there: your own capture of stdout, a log file, a mail box. */
  readonly outputs?: Readonly<Record<string, () => string | readonly string[] | Promise<string | readonly string[]>>>
  /** Which answers are searched: `errors` (default) those of 400 and above and all headers, `all`, or `none`. */
  readonly answers?: 'errors' | 'all' | 'none'
}

/** What was done, for an assertion that it was what you meant. */
export interface NoLeakReport {
  readonly requests: number
  /** Status of each answer by request; 0 where the connection ended without one. */
  readonly statuses: Readonly<Record<string, number>>
  /** How many values were planted, and in how many texts they were looked for. */
  readonly planted: number
  readonly searched: number
}

/**
 * Sends planted requests to an application and searches what it wrote. Give the URL it listens on, something with
 * `fetch`, a function to be called with `plant`, or an audit whose records are searched for `planted`.
 *
 *     const audit = testAudit()
 *     // … the application with auditMiddleware({ audit }) listens on url …
 *     await expectNoLeak(url, { audit, requests: [{ method: 'POST', path: '/patients', body: { name: '', age: 41 } }] })
 *
 * Rejects with `AUDIT_LEAK_FOUND` and a list: which value, where it stood, in what spelling. Rejects with
 * `AUDIT_OPTION_INVALID` where nothing was searched, because such a test could not fail.
 */
export async function expectNoLeak(
  subject: string | URL | FetchApplication | PlantedWork | WatchedAudit,
  options: NoLeakOptions = {},
): Promise<NoLeakReport> {
  const { requests = [], answers = 'errors', outputs = {} } = options
  const { plant, planted } = createPlanting()
  const texts = new Map<string, string>()
  const statuses: Record<string, number> = {}
  const watched = typeof subject === 'object' && 'records' in subject ? subject : options.audit

  if (typeof subject === 'function') texts.set('what the function gave', await resultOf(subject, plant))
  else if (subject !== watched) {
    const sent = requests.flatMap((request) => plantRequest(request, plant))
    if (sent.length === 0) throw new AuditError('AUDIT_OPTION_INVALID', 'requests: give at least one to send')
    for (const one of sent) statuses[one.title] = await ask(subject, one, answers, texts)
  }
  if (watched !== undefined) await readAudit(watched, Object.keys(statuses).length, texts)
  for (const [name, read] of Object.entries(outputs)) texts.set(name, [await read()].flat().join('\n'))

  const values = { ...options.planted, ...planted }
  if (texts.size === 0 || Object.keys(values).length === 0) {
    throw new AuditError(
      'AUDIT_OPTION_INVALID',
      'audit, outputs: nothing was planted or nothing was searched, so no leak could be found',
    )
  }
  const finder = leakFinder(values)
  const found = [...texts].flatMap(([where, text]) => finder.find(text).map((leak) => ({ where, leak })))
  if (found.length > 0) throw new AuditError('AUDIT_LEAK_FOUND', told(found))
  return {
    requests: Object.keys(statuses).length,
    statuses,
    planted: Object.keys(values).length,
    searched: texts.size,
  }
}

/** Its status, or 0; the answer's text goes to `texts` where it is to be searched. */
async function ask(
  subject: string | URL | FetchApplication | WatchedAudit,
  { title, path, init }: PlantedRequest,
  answers: NoLeakOptions['answers'],
  texts: Map<string, string>,
): Promise<number> {
  const fetched = typeof subject === 'object' && 'fetch' in subject
  const base = typeof subject === 'string' || subject instanceof URL ? subject : 'http://planted.test'
  const request = new Request(new URL(path, base), { ...init, signal: AbortSignal.timeout(answerMsMax) })
  try {
    const answer = await (fetched ? subject.fetch(request) : fetch(request))
    const body = await answer.text()
    const wanted = answers === 'all' || (answers === 'errors' && answer.status >= 400)
    const headers = [...answer.headers].map(([name, value]) => `${name}: ${value}`).join('\n')
    if (answers !== 'none') texts.set(`the answer to ${title}`, wanted ? `${headers}\n\n${body}` : headers)
    return answer.status
  } catch {
    // Cut off, which an application may do. What it wrote about it is searched all the same.
    return 0
  }
}

const answerMsMax = 10_000

/** What a function returns or throws, as everything that prints would show it. */
async function resultOf(work: PlantedWork, plant: Plant): Promise<string> {
  let result: unknown
  try {
    result = await work(plant)
  } catch (error) {
    result = error
  }
  if (typeof result === 'string') return result
  return `${inspect(result, { depth: 12, maxArrayLength: 1_000, maxStringLength: 100_000 })}\n${jsonOf(result)}`
}

function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? ''
  } catch {
    return ''
  }
}

/** The last lines of requests are written when their sockets close, which may be after the answer arrived here. */
async function readAudit(audit: WatchedAudit, requests: number, texts: Map<string, string>): Promise<void> {
  for (let waited = 0; audit.lines.length < requests && waited < lineMsMax; waited += 10) {
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  await audit.flush()
  for (const [at, record] of audit.records.entries()) texts.set(`record ${at}${nameOf(record)}`, JSON.stringify(record))
  for (const [at, line] of audit.lines.entries())
    texts.set(`operational line ${at}${nameOf(line)}`, JSON.stringify(line))
  if (audit.notices.length > 0) texts.set('notices', audit.notices.join('\n'))
}

const lineMsMax = 500

function nameOf(record: object): string {
  const type: unknown = Reflect.get(record, 'event_type')
  return typeof type === 'string' ? ` (${type})` : ''
}

const listedMax = 40

function told(found: readonly { where: string; leak: Leak }[]): string {
  const lines = found
    .slice(0, listedMax)
    .map(({ where, leak }) => `  ${leak.name}\n    in ${where}, ${leak.spelling}: ${leak.excerpt}`)
  const more = found.length > listedMax ? [`  … and ${found.length - listedMax} more`] : []
  return [`${found.length} planted value(s) arrived where they must not:`, ...lines, ...more].join('\n')
}
