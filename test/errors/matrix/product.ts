/**
 * The claims about errors thrown anywhere in a process, for a choice out of errors × places × frameworks × NODE_ENV.
 */
import { describe, expect, it } from 'vitest'
import { type Framework, frameworks } from './application.ts'
import { deadly, type Place, survived } from './places.ts'
import { representatives } from './representatives.ts'
import { type Answer, type Ending, type Running, run } from './run-program.ts'

/** What is tried: everything, or one error per deadly place. */
export interface Choice {
  /** Errors that are thrown where they kill the process, in the n-th arrangement of framework and NODE_ENV. */
  readonly deadlyErrors: (nth: number, place: Place) => readonly string[]
}

const environments = ['production', 'development'] as const
const keys = representatives.map((one) => one.key)

export function errorsEverywhere({ deadlyErrors }: Choice): void {
  const arrangements = frameworks.flatMap((framework) => environments.map((mode) => ({ framework, mode })))
  describe.concurrent.each(arrangements)('$framework, NODE_ENV=$mode', ({ framework, mode }) => {
    it('survives what a handler throws, and nothing of it is told to anybody', async () => {
      await using(framework, mode, keys, async (app) => {
        // Koa hands its application to nobody before a request: only then can anything be done about its own error handler.
        expect((await app.ask('alive'))?.status).toBe(200)
        const wrong: string[] = []
        for (const place of survived) {
          const asked = await Promise.all(keys.map(async (key) => ({ key, answer: await app.ask(place, key) })))
          wrong.push(
            ...asked.flatMap(({ key, answer }) => wrongWith(place, answer).map((what) => `${place}/${key}: ${what}`)),
          )
        }
        expect((await app.ask('alive'))?.status).toBe(200)
        expect(await app.end()).toEqual({ code: null, signal: 'SIGTERM' })
        expect({ wrong, leaks: await app.leaks() }).toEqual({ wrong: [], leaks: [] })
      })
    })

    const nth = arrangements.findIndex((one) => one.framework === framework && one.mode === mode)
    for (const place of deadly) {
      for (const key of deadlyErrors(nth, place)) {
        it(`dies of ${key} at ${place}, and nothing of it is told to anybody`, async () => {
          await using(framework, mode, [key], async (app) => {
            await app.ask(place, key)
            expect(await app.end()).toEqual(await endingWithoutUs(framework, mode, place, key))
            expect(await app.leaks()).toEqual([])
          })
        })
      }
    }
  })
}

describe.concurrent.each(environments)('warnings of the process, NODE_ENV=%s', (mode) => {
  it('say nothing of the error they are made of', async () => {
    await using('express-5', mode, keys, async (app) => {
      for (const key of keys) expect((await app.ask('warning', key))?.status).toBe(200)
      await app.end()
      expect(await app.leaks()).toEqual([])
    })
  })
})

async function using(
  framework: Framework,
  mode: string,
  errors: readonly string[],
  work: (app: Running) => Promise<void>,
): Promise<void> {
  const app = await run({ framework, audited: true, errors }, { NODE_ENV: mode })
  try {
    await work(app)
  } finally {
    await app.end()
    app.remove()
  }
}

const endings = new Map<string, Promise<Ending>>()

/** How the same process ends when nobody audits it. It depends on the place alone, so one error has to tell it. */
function endingWithoutUs(framework: Framework, mode: string, place: Place, key: string): Promise<Ending> {
  const ending = endings.get(place) ?? endWithoutUs(framework, mode, place, key)
  endings.set(place, ending)
  return ending
}

async function endWithoutUs(framework: Framework, mode: string, place: Place, key: string): Promise<Ending> {
  const app = await run({ framework, audited: false, errors: [key] }, { NODE_ENV: mode })
  try {
    await app.ask(place, key)
    return await app.end()
  } finally {
    app.remove()
  }
}

/** What an answer may hold: a status, the request id, and the words that belong to the status. */
function wrongWith(place: Place, answer: Answer | undefined): string[] {
  if (answer === undefined)
    return place === 'late' || place === 'late-stream' || place === 'early-stream' ? [] : ['no answer']
  if (place === 'warning' || place === 'logged') return answer.status === 200 ? [] : [`status ${answer.status}`]
  if (answer.status < 400) return place === 'late' || place === 'late-stream' ? [] : [`status ${answer.status}`]
  const id = answer.headers.get('x-request-id')
  const body: Readonly<Record<string, unknown>> = answer.body.startsWith('{') ? JSON.parse(answer.body) : {}
  return [
    ...(id === null ? ['no request id'] : []),
    ...(body['request_id'] === id ? [] : [`body without the request id: ${answer.body.slice(0, 80)}`]),
    ...Object.keys(body).filter((name) => !['type', 'title', 'status', 'instance', 'request_id'].includes(name)),
  ]
}
