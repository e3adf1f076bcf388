/**
 * A request as a record says it. Method and route come first and are few, so their text is kept; status, completion and
 * whole microseconds are looked up.
 */
import type { HttpMember } from '../draft.ts'
import { flatText } from '../flat-text.ts'
import { BoundedCache } from '../scrub/bounded-cache.ts'
import { durationText } from './duration-text.ts'
import { number, text } from './serialise-text.ts'

const routes = new BoundedCache<Map<string, string>>(500)
/** A client chooses the method. */
const methodsMax = 32

/** The member `http`, with its comma. */
export function renderHttp(http: HttpMember): string {
  const { status, duration_ms, req_bytes, res_bytes, completion } = http
  let rendered = openingOf(http.method, http.route)
  if (status !== undefined) rendered += number(',"status":', status)
  if (duration_ms !== undefined && Number.isFinite(duration_ms))
    rendered += `,"duration_ms":${durationText(duration_ms)}`
  if (req_bytes !== undefined) rendered += number(',"req_bytes":', req_bytes)
  if (res_bytes !== undefined) rendered += number(',"res_bytes":', res_bytes)
  return completion === undefined ? `${rendered}}` : `${rendered},"completion":"${completion}"}`
}

/** The object up to method and route. */
function openingOf(method: string, route: string | undefined): string {
  if (route === undefined) return text(',"http":{"method":"', method)
  let methods = routes.get(route)
  if (methods === undefined) {
    methods = new Map()
    routes.set(route, methods)
  }
  const known = methods.get(method)
  if (known !== undefined) return known
  const opening = flatText(text(',"http":{"method":"', method) + text(',"route":"', route))
  if (methods.size < methodsMax) methods.set(method, opening)
  return opening
}
