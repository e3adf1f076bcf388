/** The examples of the integrations, started as they stand, in production and in a folder of their own. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { type Child, freePort, scratch, start } from '../process/child.ts'
import { fromSources, repository } from '../process/repository.ts'

let child: Child | undefined
const home = scratch('examples')

afterEach(async () => {
  child?.process.kill('SIGKILL')
  await child?.ended
})

afterAll(() => rmSync(home, { recursive: true, force: true }))

interface Run {
  readonly answer: Response
  readonly body: Record<string, unknown>
  readonly lines: () => Record<string, unknown>[]
  readonly printed: Child['printed']
  readonly stderr: () => string
}

async function run(example: string, path: string): Promise<Run> {
  const port = await freePort()
  const started = start(process.execPath, [fromSources, join(repository, 'examples', `${example}.ts`)], {
    cwd: repository,
    env: {
      NODE_ENV: 'production',
      PORT: String(port),
      TRAILMARK_DIR: join(home, 'trail'),
      TRAILMARK_KEYS_DIR: join(home, 'keys'),
      OTEL_TRACES_EXPORTER: 'none',
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
    },
  })
  child = started
  const answer = await askUntilUp(`http://127.0.0.1:${port}${path}?token=secret`, started)
  return {
    answer,
    body: Object.assign({}, await answer.json()),
    lines: () =>
      started
        .stdout()
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
    printed: started.printed,
    stderr: started.stderr,
  }
}

async function askUntilUp(url: string, { process: running }: Child): Promise<Response> {
  while (running.exitCode === null) {
    const answer = await fetch(url, { headers: { authorization: 'Bearer secret' } }).catch(() => undefined)
    if (answer !== undefined) return answer
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`ended with ${running.exitCode}`)
}

describe('the example', () => {
  it.each(['pino', 'pino-http'])('%s writes its line and the terminal line, with one id', async (example) => {
    const { answer, lines, printed } = await run(example, '/letters')
    await printed(/"event_type":"http_request"/)
    const id = answer.headers.get('x-request-id')
    const own = lines().filter((line) => line['message'] === 'letters sent')
    const terminal = lines().filter((line) => line['event_type'] === 'http_request')
    expect(own).toMatchObject([{ request_id: id, count: 3, service: { name: 'clinic' }, level: 'INFO' }])
    expect(terminal).toMatchObject([
      { request_id: id, http: { route: '/letters', status: 200 }, stream: 'operational' },
    ])
    expect(terminal[0]?.['trace_id']).toBe(own[0]?.['trace_id'])
    expect(JSON.stringify(lines())).not.toContain('secret')
  })

  it('opentelemetry answers and ends when told to', async () => {
    const { body, stderr } = await run('opentelemetry', '/hello')
    expect(body).toEqual({ hello: 'world' })
    child?.process.kill('SIGTERM')
    await child?.ended
    expect(stderr()).not.toMatch(/error/i)
  })

  it('cls-hooked answers with the request’s id and says what it costs', async () => {
    const { answer, body, stderr } = await run('cls-hooked', '/hello')
    expect(body['id']).toBe(answer.headers.get('x-request-id'))
    expect(stderr().match(/CLS_HOOKED_COST/g)).toHaveLength(1)
  })
})
