/**
 * Headers by allow-list, in whatever shape they come. Of the others the name stays.
 */
import { listOf } from './names-rules.ts'
import type { NameClass } from './scrubber.ts'

/** Headers whose values are shown, after the rules for texts. */
const shown = new Set(
  listOf(`accept accept-encoding accept-language accept-ranges access-control-allow-methods access-control-allow-headers
    access-control-max-age access-control-request-method access-control-expose-headers age allow cache-control connection
    content-encoding content-language content-length content-range content-type date dnt expect expires keep-alive
    last-modified if-modified-since max-forwards pragma range retry-after server strict-transport-security te trailer
    transfer-encoding upgrade upgrade-insecure-requests user-agent vary x-content-type-options x-frame-options x-powered-by
    x-response-time sec-fetch-mode sec-fetch-site sec-fetch-dest sec-fetch-user sec-ch-ua-mobile sec-ch-ua-platform
    x-ratelimit-limit x-ratelimit-remaining x-ratelimit-reset ratelimit-limit ratelimit-remaining ratelimit-reset x-cache
    x-runtime x-requested-with content-disposition priority :method :scheme :status grpc-status grpc-timeout grpc-encoding
    grpc-accept-encoding server-timing`),
)

const ids = new Set(
  listOf(`etag if-match if-none-match x-request-id x-correlation-id request-id correlation-id traceparent x-trace-id
    x-amzn-trace-id x-amzn-requestid x-amz-request-id x-amz-cf-id x-b3-traceid x-b3-spanid x-b3-sampled cf-ray
    x-github-request-id x-vercel-id fly-request-id x-cloud-trace-context x-transaction-id`),
)

const urls = new Set(['referer', 'referrer', 'location', 'content-location', 'origin', ':path', 'x-original-url'])
const hosts = new Set(['host', ':authority', 'x-forwarded-host'])
const addresses = new Set(
  listOf(
    'x-forwarded-for x-real-ip forwarded cf-connecting-ip true-client-ip x-client-ip x-cluster-client-ip fastly-client-ip',
  ),
)

/** What a header's value is: a class for texts, its placeholder, or `host`. */
export type HeaderRule = NameClass | 'host' | 'address' | 'dropped'

/** The rule for a header, its name in any capitals. */
export function headerRule(name: string): HeaderRule {
  if (name.length > 64) return 'dropped'
  const lower = name.toLowerCase()
  if (lower === 'cookie' || lower === 'set-cookie' || lower === 'cookie2') return 'cookies'
  if (shown.has(lower)) return 'free'
  if (ids.has(lower)) return 'id'
  if (urls.has(lower)) return 'url'
  if (hosts.has(lower)) return 'host'
  return addresses.has(lower) ? 'address' : 'dropped'
}
