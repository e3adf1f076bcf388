/** The OCSF objects that many classes share: who acted, from where, and the request it came by. */
import {
  addressOf,
  booleanOf,
  type JsonObject,
  numberOf,
  objectOf,
  objectsOf,
  present,
  textOf,
  textsOf,
} from './record-view.ts'

const userTypes: Readonly<Record<string, { readonly type_id: number; readonly type: string }>> = {
  user: { type_id: 1, type: 'User' },
  system: { type_id: 3, type: 'System' },
  service: { type_id: 4, type: 'Service' },
}

/** The actor; OCSF wants one even where a system event has none, so the kind of actor then stands for its name. */
export function actorOf(record: JsonObject): JsonObject {
  const actor = objectOf(record.actor)
  return { user: actingUserOf(record), ...present({ session: sessionOf(actor) }) }
}

export function actingUserOf(record: JsonObject): JsonObject {
  const actor = objectOf(record.actor)
  const kind = textOf(actor.type) ?? 'unknown'
  const type = Object.hasOwn(userTypes, kind) ? userTypes[kind] : undefined
  const roles = textsOf(actor.roles)
  return {
    ...(textOf(record.user_id) === undefined ? { name: kind } : { uid: textOf(record.user_id) }),
    ...(type ?? (kind === 'anonymous' ? { type_id: 0, type: 'Unknown' } : { type_id: 99, type: kind })),
    ...(roles.length > 0 && { groups: roles.map((name) => ({ name })) }),
  }
}

/** Whose account it was about: the first subject, else the first target, else who acted. */
export function affectedUserOf(record: JsonObject): JsonObject {
  const uid = textsOf(record.subjects)[0] ?? textOf(objectsOf(record.targets)[0]?.id)
  return uid === undefined ? actingUserOf(record) : { uid, type_id: 1, type: 'User' }
}

export function sessionOf(actor: JsonObject): JsonObject | undefined {
  return present({ uid: textOf(actor.session_ref), is_mfa: booleanOf(actor.mfa) })
}

/** Where it came from: the client's masked address, or the service's own host for system events. */
export function endpointOf(record: JsonObject): JsonObject {
  const ip = addressOf(record.ip_address)
  if (ip === undefined) return serviceEndpointOf(record)
  const country = textOf(objectOf(record.source).geo_country)
  return { ip, ...(country !== undefined && { location: { country } }) }
}

export function serviceEndpointOf(record: JsonObject): JsonObject {
  const service = objectOf(record.service)
  const name = textOf(service.name) ?? 'unknown'
  return { name: textOf(service.instance) ?? name, svc_name: name }
}

export function serviceOf(record: JsonObject): JsonObject {
  const service = objectOf(record.service)
  return present({ name: textOf(service.name) ?? 'unknown', version: textOf(service.version) }) ?? {}
}

/** The request, with the route's template as its path: the raw URL is never recorded. */
export function httpRequestOf(record: JsonObject): JsonObject | undefined {
  const http = objectOf(record.http)
  const method = textOf(http.method)
  const route = textOf(http.route)
  if (method === undefined && route === undefined) return undefined
  return present({
    uid: textOf(record.request_id),
    http_method: method,
    url: route === undefined ? undefined : { path: route },
    length: numberOf(http.req_bytes),
    user_agent: textOf(objectOf(record.source).ua_family),
  })
}

export function httpResponseOf(record: JsonObject): JsonObject | undefined {
  const http = objectOf(record.http)
  const code = numberOf(http.status)
  return code === undefined ? undefined : present({ code, length: numberOf(http.res_bytes) })
}
