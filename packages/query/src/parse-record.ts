/**
 * One stored line in, one typed record or one sentence of complaint out.
 *
 * A ledger may be a copy that somebody damaged on purpose, so nothing about a line is believed: every documented member is
 * checked for its kind. What must be there makes the line malformed when it is not; what may be there is left out and named
 * in `odd`. The size is bounded by the format: a line has at most 65,535 bytes.
 */
import type {
  Position,
  RecordMembers,
  StoredActor,
  StoredChange,
  StoredDecision,
  StoredHttp,
  StoredPrivacy,
  StoredRecord,
  StoredRedaction,
  StoredRemote,
  StoredSealed,
  StoredService,
  StoredSource,
  StoredTarget,
} from './record.ts'

/** The longest line the ledger's format can hold. */
export const lineBytesMax = 65_535

/** The record in `line`, or what is wrong with it. Never throws; linear in the length of the line. */
export function parseRecord(line: string, position: Position): StoredRecord | string {
  if (line.length > lineBytesMax) return `longer than ${lineBytesMax} bytes`
  let parsed: unknown
  try {
    parsed = JSON.parse(line)
  } catch {
    return 'not JSON'
  }
  if (!isObject(parsed)) return 'not a JSON object'
  const odd: string[] = []
  const members = readMembers(parsed, recordKinds, requiredMembers, odd)
  if (typeof members === 'string') return `${members} is missing or not of its kind`
  const timeMs = Date.parse(members.timestamp)
  if (Number.isNaN(timeMs)) return 'timestamp is not a time'
  return { ...members, position, timeMs, line, ...(odd.length > 0 ? { odd } : {}) }
}

/** The value if it is of the kind, else undefined. */
type Kind<T> = (value: unknown) => T | undefined
type Kinds<T> = { readonly [K in keyof T]-?: Kind<NonNullable<T[K]>> }

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const text: Kind<string> = (value) => (typeof value === 'string' ? value : undefined)
const count: Kind<number> = (value) => (Number.isSafeInteger(value) && Number(value) >= 0 ? Number(value) : undefined)
const number: Kind<number> = (value) => (typeof value === 'number' ? value : undefined)
const boolean: Kind<boolean> = (value) => (typeof value === 'boolean' ? value : undefined)
const time: Kind<string> = (value) =>
  typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/.test(value) ? value : undefined

function oneOf<const T extends string>(...values: readonly T[]): Kind<T> {
  return (value) => values.find((candidate) => candidate === value)
}

function listOf<T>(kind: Kind<T>): Kind<readonly T[]> {
  return (value) => {
    if (!Array.isArray(value)) return undefined
    const items: T[] = []
    for (const item of value) {
      const read = kind(item)
      if (read === undefined) return undefined
      items.push(read)
    }
    return items
  }
}

function objectOf<T extends object>(kinds: Kinds<T>, required: readonly (keyof T & string)[] = []): Kind<T> {
  return (value) => {
    if (!isObject(value)) return undefined
    const odd: string[] = []
    const read = readMembers(value, kinds, required, odd)
    return typeof read === 'string' || odd.length > 0 ? undefined : read
  }
}

const metadata: Kind<Record<string, string | number | boolean>> = (value) => {
  if (!isObject(value)) return undefined
  const read: Record<string, string | number | boolean> = Object.create(null)
  for (const [key, entry] of Object.entries(value)) {
    if (typeof entry !== 'string' && typeof entry !== 'number' && typeof entry !== 'boolean') return undefined
    read[key] = entry
  }
  return read
}

/** Reads the members that `kinds` knows; the name of the first required one that is not there, if any. */
function readMembers<T extends object>(
  from: Record<string, unknown>,
  kinds: Kinds<T>,
  required: readonly (keyof T & string)[],
  odd: string[],
): T | string {
  const read: Partial<T> = {}
  for (const name in kinds) {
    const value = Object.hasOwn(from, name) ? from[name] : undefined
    const member = value === undefined ? undefined : kinds[name](value)
    if (member !== undefined) read[name] = member
    else if (required.includes(name)) return name
    else if (value !== undefined) odd.push(name)
  }
  return read as T // every required member was found above; the others are optional in T
}

const requiredMembers = ['schema', 'timestamp', 'id', 'seq', 'event_type', 'service'] as const
const outcome = oneOf('success', 'failure', 'denied', 'unknown')

const recordKinds: Kinds<RecordMembers> = {
  schema: oneOf('audit/1'),
  timestamp: time,
  id: text,
  seq: count,
  event_type: text,
  service: objectOf<StoredService>({ name: text, version: text, env: text, instance: text, writer: text }, ['name']),
  tenant: text,
  stream: oneOf('operational', 'application', 'audit', 'activity', 'keys'),
  level: oneOf('DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'),
  severity: count,
  event_code: text,
  category: oneOf(
    'authn',
    'account',
    'authz',
    'data',
    'keys',
    'config',
    'governance',
    'security',
    'system',
    'application',
    'integration',
    'code',
    'audit_meta',
    'alert',
    'evidence',
  ),
  action: oneOf(
    'create',
    'read',
    'update',
    'delete',
    'list',
    'search',
    'export',
    'import',
    'share',
    'login',
    'logout',
    'grant',
    'revoke',
    'enable',
    'disable',
    'start',
    'stop',
    'approve',
    'reject',
    'other',
  ),
  outcome,
  reason: text,
  phase: oneOf('attempt', 'result'),
  operation_id: text,
  actor: objectOf<StoredActor>(
    {
      type: oneOf('user', 'service', 'api_key', 'system', 'agent', 'anonymous'),
      session_ref: text,
      auth_method: text,
      mfa: boolean,
      roles: listOf(text),
      on_behalf_of: text,
    },
    ['type'],
  ),
  user_id: text,
  targets: listOf(objectOf<StoredTarget>({ type: text, id: text, owner: text, class: text }, ['type'])),
  resource_type: text,
  resource_id: text,
  subjects: listOf(text),
  decision: objectOf<StoredDecision>(
    {
      effect: oneOf('allow', 'deny'),
      policy_id: text,
      policy_version: text,
      permission: text,
      roles_evaluated: listOf(text),
    },
    ['effect'],
  ),
  ip_address: text,
  ip_token: text,
  source: objectOf<StoredSource>({
    peer_ip_masked: text,
    trusted_hops: count,
    ua_family: text,
    os_family: text,
    device_ref: text,
    geo_country: text,
  }),
  http: objectOf<StoredHttp>({
    method: text,
    route: text,
    status: count,
    duration_ms: number,
    req_bytes: count,
    res_bytes: count,
    completion: text,
  }),
  request_id: text,
  trace_id: text,
  span_id: text,
  trace_flags: (value) => text(value) ?? count(value),
  correlation_id: text,
  causation_id: text,
  remote: objectOf<StoredRemote>({ request_id_token: text, trace_id: text, reason: text }),
  changes: listOf(objectOf<StoredChange>({ field: text, op: text, before_token: text, after_token: text }, ['field'])),
  volume: objectOf<{ readonly records?: number; readonly bytes?: number }>({ records: count, bytes: count }),
  purpose: text,
  legal_basis: text,
  ticket_ref: text,
  case_ref: text,
  metadata,
  sealed: listOf(objectOf<StoredSealed>({ p: text, k: text, e: text }, ['p', 'k', 'e'])),
  privacy: objectOf<StoredPrivacy>({
    scrubber: text,
    redactions: listOf(objectOf<StoredRedaction>({ path: text, rule: text, n: count }, ['path', 'rule', 'n'])),
    truncated: boolean,
    untruncated_size: count,
  }),
  policy: text,
  aggregate: objectOf<{ readonly count?: number; readonly start?: string; readonly end?: string }>({
    count,
    start: text,
    end: text,
  }),
}
