/**
 * What a request's line begins with after its time: level, event, outcome, method, route, status and completion. An application
 * has few combinations of them, so each is rendered once.
 */
import type { Completion, HttpFacts } from '../draft.ts'
import type { Level, Outcome } from '../event.ts'
import { flatText } from '../flat-text.ts'
import { BoundedCache } from '../scrub/bounded-cache.ts'
import { numberMember, quote, textMember } from './serialise-text.ts'

const routesMax = 500
/** A client chooses the method and has a say in the status: what it makes of them takes turns. */
const headsMax = 16

const routes = new BoundedCache<RouteHeads>(routesMax)

/** What lines of one kind have in common behind the time, up to what differs from request to request. */
export interface LineHead {
  /** The object `http` stays open. */
  readonly text: string
  /** The same with the name of the duration, which nearly every line goes on with. */
  readonly measured: string
}

export function lineHead(http: HttpFacts, level: Level, opening: boolean): LineHead {
  const key = http.route ?? ''
  let heads = routes.get(key)
  if (heads === undefined) {
    heads = new RouteHeads()
    routes.set(key, heads)
  }
  return heads.find(http, level, opening) ?? heads.add(http, level, opening)
}

/** The same of a line without a request's own words. */
export function bareHead(level: Level, opening: boolean): string {
  return kindText(level, opening, 'unknown')
}

interface Head extends LineHead {
  readonly level: Level
  readonly opening: boolean
  readonly method: string
  readonly route: string | undefined
  readonly status: number | undefined
  readonly completion: Completion | undefined
}

class RouteHeads {
  readonly #heads: Head[] = []
  #next = 0

  find(http: HttpFacts, level: Level, opening: boolean): LineHead | undefined {
    const { method, route, status, completion } = http
    for (const head of this.#heads) {
      if (
        head.status === status &&
        head.method === method &&
        head.completion === completion &&
        head.level === level &&
        head.route === route &&
        head.opening === opening
      )
        return head
    }
    return undefined
  }

  add(http: HttpFacts, level: Level, opening: boolean): LineHead {
    const { method, route, status, completion } = http
    const text =
      kindText(level, opening, outcomeOf(http)) +
      `,"http":{"method":${quote(method)}` +
      textMember('route', route) +
      numberMember('status', status) +
      textMember('completion', completion)
    const measured = flatText(`${text},"duration_ms":`)
    const head = { level, opening, method, route, status, completion, text: flatText(text), measured }
    this.#heads[this.#next] = head
    this.#next = (this.#next + 1) % headsMax
    return head
  }
}

function kindText(level: Level, opening: boolean, outcome: Outcome): string {
  const event = opening ? 'http_request_open' : 'http_request'
  return `,"level":"${level}","stream":"operational","event_type":"${event}","outcome":"${opening ? 'unknown' : outcome}"`
}

function outcomeOf({ status, completion }: HttpFacts): Outcome {
  if (status === 401 || status === 403) return 'denied'
  if (completion === 'error' || completion === 'timeout' || (status !== undefined && status >= 400)) return 'failure'
  return completion === 'completed' || completion === 'upgraded' ? 'success' : 'unknown'
}
