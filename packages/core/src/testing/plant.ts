/**
 * Requests in which every input holds a value of its own, so that a value found in a log says which input it came from.
 */
import { randomBytes } from 'node:crypto'

/** One kind of request that the application answers. */
export interface NoLeakRequest {
  /** Default GET. */
  readonly method?: string
  /**
   * Path and query. A segment `:name` and a query parameter without a value are planted; `/patients/:id?q=&page=2` sends
   * page 2. Give what must be real through `params`.
   */
  readonly path: string
  /** Values for segments that have to exist, such as an id: `{ id: 'p-7' }`. They are not planted. */
  readonly params?: Readonly<Record<string, string>>
  /** Sent as they are, in place of the planted ones: to get past authentication. */
  readonly headers?: Readonly<Record<string, string>>
  /**
   * The body's shape. Every text in it is planted, numbers and the rest are sent as they are. Sent as JSON, as a form, as a
   * multipart upload, and as JSON that breaks off. Default for POST, PUT and PATCH: a few fields; for others none.
   */
  readonly body?: Readonly<Record<string, unknown>>
}

/** Gives a value to plant under a name that says where it was put. Each name has one value. */
export type Plant = (name: string) => string

/** The values handed out so far, by name. */
export interface Planting {
  readonly plant: Plant
  readonly planted: Readonly<Record<string, string>>
}

/** Sixteen letters and digits that occur nowhere else. */
export function createPlanting(): Planting {
  const planted: Record<string, string> = {}
  return {
    planted,
    plant: (name) => {
      planted[name] ??= `k${BigInt(`0x1${randomBytes(12).toString('hex')}`)
        .toString(36)
        .slice(-15)}`
      return planted[name]
    },
  }
}

/** What is really sent. */
export interface PlantedRequest {
  /** For people: `POST /patients/:id as a form`. */
  readonly title: string
  readonly path: string
  readonly init: RequestInit
}

/** The requests for one kind: one without a body, or one for each way to send it. */
export function plantRequest(request: NoLeakRequest, plant: Plant): PlantedRequest[] {
  const { method = 'GET', path, params = {} } = request
  const title = `${method} ${path}`
  const template = request.body ?? (/^(?:POST|PUT|PATCH)$/i.test(method) ? usualBody : undefined)
  const bodies =
    template === undefined ? [{ as: '', body: undefined, type: undefined }] : plantBodies(template, title, plant)
  return bodies.map(({ as, body, type }) => {
    const named = `${title}${as}`
    const headers = plantHeaders(named, plant, { ...(type && { 'content-type': type }), ...request.headers })
    return {
      title: named,
      path: plantPath(path, params, named, plant),
      init: { method, headers, redirect: 'manual', ...(body === undefined ? {} : { body }) },
    }
  })
}

const usualBody = { name: '', email: '', note: '', nested: { values: [''] } }

function plantPath(path: string, params: Readonly<Record<string, string>>, title: string, plant: Plant): string {
  const [before = '', query = ''] = path.split('?')
  const segments = before.split('/').map((segment) => {
    const name = /^:(\w{1,64})/.exec(segment)?.[1]
    if (name === undefined) return segment
    return encodeURIComponent(params[name] ?? plant(`${title} › path ${name}`))
  })
  const search = new URLSearchParams(query)
  for (const [name, value] of [...search]) if (value === '') search.set(name, plant(`${title} › query ${name}`))
  search.append('planted', plant(`${title} › query planted`))
  return `${segments.join('/')}?${search}`
}

/** Headers that applications, proxies and libraries read and like to log. */
function plantHeaders(title: string, plant: Plant, given: Readonly<Record<string, string>>): Headers {
  const value = (name: string) => plant(`${title} › header ${name}`)
  const headers = new Headers({
    authorization: `Bearer ${value('authorization')}`,
    cookie: `session=${value('cookie')}; ${value('cookie name')}=1`,
    'x-api-key': value('x-api-key'),
    'x-request-id': value('x-request-id'),
    'user-agent': `planted/1.0 (${value('user-agent')})`,
    referer: `https://planted.example/${value('referer')}?q=${value('referer query')}`,
    baggage: `user=${value('baggage')}`,
  })
  for (const [name, one] of Object.entries(given)) headers.set(name, one)
  return headers
}

interface Body {
  readonly as: string
  readonly body: string | FormData
  /** Absent where fetch has to write it, with its boundary. */
  readonly type?: string
}

function plantBodies(template: Readonly<Record<string, unknown>>, title: string, plant: Plant): Body[] {
  const planted = (as: string) => plantFields(template, `${title}${as} › body`, plant)
  const [json, broken, form, upload] = [' as JSON', ' as JSON that breaks off', ' as a form', ' as an upload']
  const data = new FormData()
  for (const [name, value] of texts(planted(upload))) data.append(name, value)
  data.append(
    'file',
    new Blob([plant(`${title}${upload} › file content`)]),
    `${plant(`${title}${upload} › file name`)}.txt`,
  )
  return [
    { as: json, body: JSON.stringify(planted(json)), type: 'application/json' },
    { as: broken, body: JSON.stringify(planted(broken)).slice(0, -1), type: 'application/json' },
    { as: form, body: new URLSearchParams(texts(planted(form))).toString(), type: 'application/x-www-form-urlencoded' },
    { as: upload, body: data },
  ]
}

const depthMax = 12

function plantFields(value: unknown, at: string, plant: Plant, depth = 0): unknown {
  if (typeof value === 'string') return plant(at)
  if (typeof value !== 'object' || value === null || depth > depthMax) return value
  if (Array.isArray(value)) return value.map((one, index) => plantFields(one, `${at}[${index}]`, plant, depth + 1))
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => {
      const where = `${at}.${name}`
      // A mailbox passes where a validator asks for one, so that what lies behind the validator is reached.
      if (typeof one === 'string' && /mail/i.test(name)) return [name, `${plant(where)}@planted.example`]
      return [name, plantFields(one, where, plant, depth + 1)]
    }),
  )
}

function texts(fields: unknown): [string, string][] {
  return Object.entries(Object(fields)).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : (JSON.stringify(value) ?? ''),
  ])
}
