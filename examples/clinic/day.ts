import { get } from 'node:http'
import { patients, people } from './people.ts'

/**
 * A day of traffic at the gateway: sign-ins and mistyped passwords, records read and changed, somebody probing for debug
 * pages, a booking that fails, a download given up half-way, a role granted, and the export that becomes the incident.
 */
export interface Day {
  readonly requests: number
  readonly seconds: number
  readonly incident: { readonly traceId: string; readonly requestId: string }
}

interface Answer {
  readonly status: number
  readonly requestId: string
  readonly traceId: string
  readonly body: unknown
}

const hours = Array.from({ length: 12 }, (_, index) => index + 7)
const probes = ['/.env', '/debug', '/actuator/env', '/.git/config', '/phpinfo.php', '/trace']

export async function liveDay(gateway: string, say: (line: string) => void): Promise<Day> {
  const started = performance.now()
  const random = seeded(20_260_101)
  const sessions = new Map<string, string>()
  let requests = 0
  let incident: Day['incident'] | undefined

  const call = async (
    method: string,
    path: string,
    options: { session?: string; body?: unknown } = {},
  ): Promise<Answer> => {
    requests += 1
    const response = await fetch(gateway + path, {
      method,
      headers: {
        'content-type': 'application/json',
        ...(options.session ? { authorization: `Bearer ${options.session}` } : {}),
      },
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    })
    const text = await response.text()
    return {
      status: response.status,
      requestId: response.headers.get('x-request-id') ?? '',
      traceId:
        /traceid;desc="?00-([0-9a-f]{32})|00-([0-9a-f]{32})-/
          .exec(response.headers.get('server-timing') ?? '')
          ?.slice(1)
          .find(Boolean) ?? '',
      body: text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : undefined,
    }
  }

  const signIn = async (name: string, password: string): Promise<void> => {
    const answer = await call('POST', '/sign-in', { body: { name, password } })
    const session = (answer.body as { session?: string } | undefined)?.session
    if (session) sessions.set(name, session)
  }

  const work = async (): Promise<void> => {
    const person = people[Math.floor(random() ** 2 * (people.length - 1))]
    const session = person && sessions.get(person.name)
    if (!session) return
    const patient = `pat_${String(1 + Math.floor(random() ** 2 * patients.size)).padStart(3, '0')}`
    if (random() < 0.75) await call('GET', `/patients/${patient}`, { session })
    else await call('PATCH', `/patients/${patient}`, { session, body: { diagnosis: 'migraine' } })
  }

  for (const hour of hours) {
    if (hour === 7) for (const person of people) await signIn(person.name, person.password)
    if (hour === 8) for (const guess of ['heron', 'lantern', 'heron-7']) await signIn('amara', guess)
    if (hour === 9) for (const path of probes) await call('GET', path)
    if (hour === 10) await call('GET', '/patients/pat_001', { session: 'not-a-session-of-ours' })
    if (hour === 11) {
      const session = sessions.get('emil') ?? ''
      await call('POST', '/appointments', {
        session,
        body: { patient: 'pat_007', note: 'swollen wrist', card: '4111 1111 1111 1111' },
      })
    }
    if (hour === 12) await call('GET', '/wards', { session: sessions.get('bela') ?? '' })
    if (hour === 13) await giveUpDownload(`${gateway}/scans/pat_003`, sessions.get('bela') ?? '')
    if (hour === 14) await call('GET', '/export/patients', { session: sessions.get('dana') ?? '' })
    if (hour === 16)
      await call('POST', '/admin/grants', {
        session: sessions.get('freya') ?? '',
        body: { user: 'usr_dana', role: 'admin' },
      })
    if (hour === 17) {
      const answer = await call('GET', '/export/patients', { session: sessions.get('freya') ?? '' })
      if (answer.status !== 200) throw new Error(`the export answered ${answer.status}`)
      incident = { traceId: answer.traceId, requestId: answer.requestId }
    }
    const lanes = Array.from({ length: 4 }, async () => {
      for (let turn = 0; turn < 6; turn++) await work()
    })
    await Promise.all(lanes)
    say(
      `   ${String(hour).padStart(2, '0')}:00  ${'▪'.repeat(hour - 6).padEnd(hours.length, '·')}  ${requests} requests\n`,
    )
  }
  if (!incident) throw new Error('the day ended without its incident')
  return { requests, seconds: (performance.now() - started) / 1000, incident }
}

/** Starts a download and hangs up after the first slice. */
function giveUpDownload(url: string, session: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const download = get(url, { headers: { authorization: `Bearer ${session}` } }, (answer) => {
      answer.once('data', () => {
        download.destroy()
        resolve()
      })
    })
    download.once('error', reject)
  })
}

/** The same day every time: a small linear congruential generator, not for secrets. */
function seeded(state: number): () => number {
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 4_294_967_296
  }
}
