/**
 * The file of gaps that are accepted for now: sorted JSON with one entry a line, kept in git and reviewed there like code.
 *
 *     { "format": "trailmark-coverage-baseline/1",
 *       "routes": [ { "method": "GET", "route": "/legacy", "note": "goes in June" } ],
 *       "findings": [ { "rule": "audit-after-body-parser" } ] }
 */
import { open, rename, rm, writeFile } from 'node:fs/promises'
import { CliError } from '../errors.ts'

export interface BaselineRoute {
  readonly method: string
  readonly route: string
  /** Why it is accepted, for whoever reviews it. */
  readonly note?: string
}

export interface BaselineFinding {
  readonly rule: string
  readonly note?: string
}

export interface Baseline {
  readonly routes: readonly BaselineRoute[]
  readonly findings: readonly BaselineFinding[]
}

const format = 'trailmark-coverage-baseline/1'
const bytesMax = 8 * 1_048_576
const entriesMax = 20_000
const routeCharsMax = 2_048
const noteCharsMax = 500

/** Reads the file. Undefined where there is none; throws CLI_BASELINE_INVALID naming the entry that cannot be. */
export async function readBaseline(path: string): Promise<Baseline | undefined> {
  const text = await readBounded(path)
  return text === undefined ? undefined : parseBaseline(text)
}

/** Throws CLI_BASELINE_INVALID. */
export function parseBaseline(text: string): Baseline {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw invalid('it is no JSON')
  }
  if (!isObject(value)) throw invalid('it must be an object')
  refuseOthers('', value, ['format', 'routes', 'findings'])
  if (value['format'] !== format) throw invalid(`format must be ${format}`)
  const routes = listIn(value, 'routes').map((one, at) => routeFrom(one, `routes[${at}]`))
  const findings = listIn(value, 'findings').map((one, at) => findingFrom(one, `findings[${at}]`))
  return { routes, findings }
}

/** The text of the file: sorted, so that two people who add a route each get no conflict where there is none. */
export function baselineText({ routes, findings }: Baseline): string {
  const sorted = routes.toSorted((a, b) => compare(a.route, b.route) || compare(a.method, b.method))
  const list = (entries: readonly object[]): string =>
    entries.length === 0 ? '[]' : `[\n${entries.map((one) => `    ${JSON.stringify(one)}`).join(',\n')}\n  ]`
  const rules = findings.toSorted((a, b) => compare(a.rule, b.rule))
  return `{\n  "format": "${format}",\n  "routes": ${list(sorted)},\n  "findings": ${list(rules)}\n}\n`
}

/** Replaces the file in one step. Throws what the file system throws. */
export async function writeBaseline(path: string, baseline: Baseline): Promise<void> {
  const beside = `${path}.${process.pid}.tmp`
  try {
    await writeFile(beside, baselineText(baseline), { flag: 'wx' })
    await rename(beside, path)
  } catch (error) {
    await rm(beside, { force: true })
    throw error
  }
}

async function readBounded(path: string): Promise<string | undefined> {
  let file: Awaited<ReturnType<typeof open>>
  try {
    file = await open(path, 'r')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
  try {
    const { size } = await file.stat()
    if (size > bytesMax) throw invalid(`it is longer than ${bytesMax} bytes`)
    return await file.readFile('utf8')
  } finally {
    await file.close()
  }
}

function routeFrom(value: unknown, where: string): BaselineRoute {
  if (!isObject(value)) throw invalid(`${where} must be an object`)
  refuseOthers(`${where}.`, value, ['method', 'route', 'note'])
  const method = textIn(value, 'method', where, 32)
  const route = textIn(value, 'route', where, routeCharsMax)
  return { method, route, ...noteIn(value, where) }
}

function findingFrom(value: unknown, where: string): BaselineFinding {
  if (!isObject(value)) throw invalid(`${where} must be an object`)
  refuseOthers(`${where}.`, value, ['rule', 'note'])
  return { rule: textIn(value, 'rule', where, 64), ...noteIn(value, where) }
}

function noteIn(value: Readonly<Record<string, unknown>>, where: string): { readonly note?: string } {
  return value['note'] === undefined ? {} : { note: textIn(value, 'note', where, noteCharsMax) }
}

function textIn(value: Readonly<Record<string, unknown>>, name: string, where: string, charsMax: number): string {
  const text = value[name]
  if (typeof text !== 'string' || text === '' || text.length > charsMax)
    throw invalid(`${where}.${name} must be a text of 1 to ${charsMax} characters`)
  return text
}

function listIn(value: Readonly<Record<string, unknown>>, name: string): readonly unknown[] {
  const list = value[name]
  if (!Array.isArray(list) || list.length > entriesMax) throw invalid(`${name} must be a list of at most ${entriesMax}`)
  return list
}

function refuseOthers(where: string, value: object, members: readonly string[]): void {
  const other = Object.keys(value).find((name) => !members.includes(name))
  if (other !== undefined) throw invalid(`${where}${other.slice(0, 60)} is not known; there are ${members.join(', ')}`)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function invalid(problem: string): CliError {
  return new CliError('CLI_BASELINE_INVALID', `--baseline: ${problem}`)
}
