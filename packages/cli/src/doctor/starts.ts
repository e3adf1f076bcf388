/** What services said of themselves when they last started, as far as it is weak: facts that only their process knows. */
import { QueryError, query } from '@trailmark/query'
import { cliService } from '../operator-audit.ts'
import { type Finding, note, ok, type Patient, weak } from './finding.ts'

const days = 30

interface Start {
  readonly environment: unknown
  readonly weak: ReadonlySet<string>
  readonly debugRoutes: Set<string>
}

/** What is looked at here from outside (keys, anchors, copies) is left out. */
const facts: readonly {
  readonly name: string
  readonly make: typeof weak
  readonly text: string
  readonly advice: string
}[] = [
  {
    name: 'environment_unset',
    make: weak,
    text: 'started without NODE_ENV',
    advice: 'Set it: unset counts as production, except for what a terminal is shown.',
  },
  {
    name: 'debug_paths_allowed',
    make: weak,
    text: 'lets debugging paths through in production (debugGuard.allow)',
    advice: 'Take them out of debugGuard.allow, or see that nobody from outside reaches them.',
  },
  {
    name: 'inspector_open',
    make: weak,
    text: 'started with a debugger that can be attached in production',
    advice: 'Start it without --inspect: whoever attaches reads everything in the process.',
  },
  {
    name: 'level_refused',
    make: weak,
    text: 'asked for a log level that production does not give (LOG_LEVEL or logLevel)',
    advice: 'Set INFO or higher: lines below it are never written in production.',
  },
  {
    name: 'no_proxies',
    make: note,
    text: 'trusts no proxy',
    advice: "Behind a load balancer every address is the balancer's: name it in the option proxies.",
  },
]

/** Services that told of a start in the last month, by their newest one. */
export async function checkStarts({ root, nowMs }: Patient, signal: AbortSignal): Promise<Finding[]> {
  const starts = new Map<string, Start>()
  const filter = { types: ['application_startup', 'debug_endpoint_blocked'], from: nowMs - days * 86_400_000 }
  try {
    for await (const { event_type, service, metadata = {}, reason } of query(root, filter, { signal })) {
      if (service.name === cliService) continue
      if (event_type === 'application_startup') {
        const flags = Object.keys(metadata).filter((name) => metadata[name] === true)
        starts.set(service.name, { environment: metadata['environment'], weak: new Set(flags), debugRoutes: new Set() })
      } else if (reason === 'registered_route') starts.get(service.name)?.debugRoutes.add(String(metadata['rule']))
    }
  } catch (error) {
    if (!(error instanceof QueryError)) throw error
  }
  return [...starts].flatMap(([service, start]) => judge(service, start))
}

function judge(service: string, { environment, weak: names, debugRoutes }: Start): Finding[] {
  // On a developer's machine a debugger and an unset proxy are nobody's weakness.
  if (environment === 'development' || environment === 'test') return [ok('start', `${service} runs for development`)]
  const found = facts
    .filter(({ name }) => names.has(name))
    .map(({ name, make, text, advice }) => make(name, `${service} ${text}`, advice))
  if (debugRoutes.size > 0) {
    const text = `${service} has debugging routes registered (${[...debugRoutes].join(', ')}); they are answered 404`
    found.push(weak('debug_routes_registered', text, 'Leave them out of what runs in production.'))
  }
  return found.length === 0 ? [ok('start', `${service} said nothing weak of its last start`)] : found
}
