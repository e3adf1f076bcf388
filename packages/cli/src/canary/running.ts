/**
 * Canaries for an application that runs: requests that hold them wherever a client can put something, and a look at what its
 * trail and its logs got from that. Only this machine is asked, since the logs have to be here as well.
 */
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { CliError, usageError } from '../errors.ts'
import { Appended } from './appended.ts'
import { type Arrival, Search } from './search.ts'
import { runName, Values } from './values.ts'

export interface RunningQuestion {
  readonly url: URL
  readonly trail: string
  /** Files and directories besides the trail. */
  readonly logs: readonly string[]
  readonly signal: AbortSignal
}

export interface RunningResult {
  /** Each request and the status of its answer; 0 where the connection ended without one. */
  readonly requests: readonly { readonly title: string; readonly status: number }[]
  readonly canaries: number
  /** Bytes that were appended, and looked at, by place. */
  readonly appended: { readonly trail: number; readonly logs: number }
  readonly arrived: readonly Arrival[]
  /** More was appended than is looked at. */
  readonly bounded: boolean
}

const answerMsMax = 10_000
const answerCharsMax = 1_048_576
/** Logs are quiet when nothing came for so long; then everything is there that will be. */
const quietMs = 600
const quietMsMax = 10_000
const lookEveryMs = 200

/** The URL of an application on this machine. Throws CLI_USAGE for anything else. */
export function localUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
    throw usageError('--url must be an http or https URL without user and password')
  if (!/^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(url.hostname))
    throw usageError('--url must be on this machine: localhost, 127.0.0.1 or [::1]')
  return url
}

/** Sends the requests and looks. Throws CLI_NOT_FOUND where nothing answers, CLI_INTERRUPTED when stopped. */
export async function askRunning({ url, trail, logs, signal }: RunningQuestion): Promise<RunningResult> {
  const planted = new Map<string, string>()
  const requests = plantedRequests(url, new Values(randomBytes(16).toString('hex')), planted)
  const search = new Search([...planted].map(([name, value]) => ({ name, values: [value] })))
  const [inTrail, inLogs] = [new Appended([trail]), new Appended(logs)]
  await inTrail.mark()
  await inLogs.mark()
  const statuses: { title: string; status: number }[] = []
  for (const { title, target, init } of requests) {
    if (signal.aborted) throw stopped()
    const { status, text } = await ask(target, init, signal)
    statuses.push({ title, status })
    // What an answer that went well shows is the application's own business.
    if (status >= 400) search.look(`the answer to ${title}`, text)
  }
  if (statuses.every(({ status }) => status === 0)) {
    if (signal.aborted) throw stopped()
    throw new CliError('CLI_NOT_FOUND', `nothing answers at ${url.origin}`)
  }
  await untilQuiet(inTrail, inLogs, signal)
  const appended = { trail: 0, logs: 0 }
  for (const [place, files] of [
    ['trail', inTrail],
    ['logs', inLogs],
  ] as const) {
    for await (const { path, text } of files.read()) {
      appended[place] += text.length
      search.look(path, text)
    }
  }
  if (signal.aborted) throw stopped()
  const bounded = inTrail.bounded || inLogs.bounded
  return { requests: statuses, canaries: planted.size, appended, arrived: search.arrivals, bounded }
}

interface PlantedRequest {
  readonly title: string
  readonly target: URL
  readonly init: RequestInit
}

/** Makes a value of a kind that belongs to `name`, and remembers it. */
type Plant = (name: string, kind?: 'text' | 'mail' | 'card' | 'token') => string
type Body = NonNullable<RequestInit['body']>

/** Eight requests; each input of each holds a value of its own, so that a find says where it came from. */
function plantedRequests(url: URL, values: Values, planted: Map<string, string>): PlantedRequest[] {
  const run = runName(values.text('run', 16))
  const make = (title: string, body?: (plant: Plant) => Body, type?: string): PlantedRequest => {
    const plant: Plant = (short, kind = 'text') => {
      const name = `${title} › ${short}`
      const value = makers[kind](values, name)
      planted.set(name, value)
      return value
    }
    const target = new URL(url)
    if (title === below) target.pathname = `${url.pathname.replace(/\/$/, '')}/${plant('path')}`
    target.searchParams.set('q', plant('query q'))
    target.searchParams.set('token', plant('query token', 'token'))
    const headers: Record<string, string> = {
      authorization: `Bearer ${plant('header authorization')}`,
      cookie: `sid=${plant('cookie')}`,
      'x-api-key': plant('header x-api-key'),
      referer: `https://planted.example/${plant('header referer')}?q=${plant('header referer query')}`,
      'user-agent': `trailmark-canary/${run} (${plant('header user-agent')})`,
      baggage: `user=${plant('header baggage')}`,
      ...(type !== undefined && { 'content-type': type }),
    }
    const init = body === undefined ? { method: 'GET' } : { method: 'POST', body: body(plant) }
    return { title, target, init: { ...init, headers, redirect: 'manual' } }
  }
  const json = (plant: Plant) =>
    JSON.stringify({ ...fieldsOf(plant), nested: { items: [{ secret: plant('nested') }] } })
  const form = 'application/x-www-form-urlencoded'
  return [
    make('GET'),
    make(below),
    make('POST of JSON', json, 'application/json'),
    make('POST of JSON that breaks off', (plant) => json(plant).slice(0, -2), 'application/json'),
    make('POST of a form', (plant) => new URLSearchParams(fieldsOf(plant)).toString(), form),
    make('POST of a broken form', (plant) => `password=${plant('password')}&%&=`, form),
    make('POST of an upload', upload),
    make('POST of text', (plant) => `password: ${plant('text')}`, 'text/plain'),
  ]
}

const below = 'GET below the path'

const makers: Readonly<Record<NonNullable<Parameters<Plant>[1]>, (values: Values, name: string) => string>> = {
  text: (values, name) => values.text(name, 20),
  mail: (values, name) => values.text(name, 14, 'lower'),
  card: (values, name) => values.card(name),
  token: (values, name) => `sk_${'live'}_${values.text(name, 24)}`,
}

function fieldsOf(plant: Plant): Record<string, string> {
  return {
    name: plant('name'),
    email: `${plant('e-mail', 'mail')}@mail.example`,
    password: plant('password'),
    card: plant('card', 'card'),
    note: `pays with ${plant('token in a note', 'token')}`,
  }
}

function upload(plant: Plant): FormData {
  const data = new FormData()
  for (const [name, value] of Object.entries(fieldsOf(plant))) data.append(name, value)
  data.append('file', new Blob([plant('file content')]), `${plant('file name')}.txt`)
  return data
}

async function ask(target: URL, init: RequestInit, signal: AbortSignal): Promise<{ status: number; text: string }> {
  try {
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(answerMsMax)])
    const answer = await fetch(target, { ...init, signal: bounded })
    return { status: answer.status, text: await startOf(answer) }
  } catch {
    // Cut off, which an application may do. What it wrote about it is looked at all the same.
    return { status: 0, text: '' }
  }
}

async function startOf(answer: Response): Promise<string> {
  let text = ''
  for await (const chunk of answer.body ?? []) {
    text += Buffer.from(chunk).toString('latin1')
    if (text.length >= answerCharsMax) break
  }
  return text
}

async function untilQuiet(trail: Appended, logs: Appended, signal: AbortSignal): Promise<void> {
  let bytes = -1
  let quiet = 0
  for (let waited = 0; waited < quietMsMax && quiet < quietMs && !signal.aborted; waited += lookEveryMs) {
    await sleep(lookEveryMs, undefined, { signal }).catch(() => undefined)
    const now = (await trail.count()) + (await logs.count())
    quiet = now === bytes ? quiet + lookEveryMs : 0
    bytes = now
  }
}

function stopped(): CliError {
  return new CliError('CLI_INTERRUPTED', 'stopped before every canary was sent and looked for')
}
