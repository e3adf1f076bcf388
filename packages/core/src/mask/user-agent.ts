/**
 * The family of a client and of its system, from short closed lists. The user agent itself is never kept: it is personal
 * data in many browsers and free text in the hands of an attacker.
 */
import { BoundedCache } from '../scrub/bounded-cache.ts'

export interface AgentFamily {
  readonly ua_family: string
  readonly os_family: string
}

/** Longer user agents are judged by their beginning. */
const charsMax = 512

/** First match wins, so whoever pretends to be another stands before it: Edge says Chrome, Chrome says Safari. */
const agents: readonly (readonly [mark: string, family: string])[] = [
  ['bot', 'bot'],
  ['crawler', 'bot'],
  ['spider', 'bot'],
  ['curl/', 'curl'],
  ['wget/', 'Wget'],
  ['postmanruntime/', 'Postman'],
  ['insomnia/', 'Insomnia'],
  ['okhttp/', 'OkHttp'],
  ['python-requests/', 'Python'],
  ['python-urllib/', 'Python'],
  ['aiohttp/', 'Python'],
  ['go-http-client/', 'Go'],
  ['apache-httpclient/', 'Java'],
  ['java/', 'Java'],
  ['axios/', 'Node.js'],
  ['undici', 'Node.js'],
  ['node-fetch', 'Node.js'],
  ['node', 'Node.js'],
  ['k6/', 'k6'],
  ['edg', 'Edge'],
  ['opr/', 'Opera'],
  ['samsungbrowser/', 'Samsung Internet'],
  ['firefox/', 'Firefox'],
  ['fxios/', 'Firefox'],
  ['crios/', 'Chrome'],
  ['chrome/', 'Chrome'],
  ['safari/', 'Safari'],
  ['msie ', 'Internet Explorer'],
  ['trident/', 'Internet Explorer'],
]
const systems: readonly (readonly [mark: string, family: string])[] = [
  ['windows', 'Windows'],
  ['iphone', 'iOS'],
  ['ipad', 'iOS'],
  ['android', 'Android'],
  ['mac os x', 'macOS'],
  ['macintosh', 'macOS'],
  ['cros ', 'ChromeOS'],
  ['linux', 'Linux'],
]

const known = new BoundedCache<AgentFamily>(500)
/** One object for each pair of families; the lists above bound how many there are. */
const families = new Map<string, AgentFamily>()

/** Both families, `other` where no list has them; undefined without a user agent. */
export function agentFamily(userAgent: unknown): AgentFamily | undefined {
  if (typeof userAgent !== 'string' || userAgent === '') return undefined
  const text = userAgent.length > charsMax ? userAgent.slice(0, charsMax) : userAgent
  const before = known.get(text)
  if (before !== undefined) return before
  const lower = text.toLowerCase()
  const family = familyOf(familyIn(agents, lower), familyIn(systems, lower))
  known.set(text, family)
  return family
}

function familyOf(ua_family: string, os_family: string): AgentFamily {
  const key = `${ua_family}/${os_family}`
  const before = families.get(key)
  if (before !== undefined) return before
  const made = Object.freeze({ ua_family, os_family })
  families.set(key, made)
  return made
}

function familyIn(families: typeof agents, lower: string): string {
  return families.find(([mark]) => lower.includes(mark))?.[1] ?? 'other'
}
