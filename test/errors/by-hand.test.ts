/**
 * Errors logged by hand: their message beside them, their fields copied, their text instead of them. What was planted stays out
 * where the error is at hand, and where what is left of it says that it was an error.
 */
import { inspect } from 'node:util'
import { scrub } from '@trailmark/core'
import { auditedPino } from '@trailmark/integrations/pino'
import { beforeAll, describe, expect, it } from 'vitest'
import { corpus } from './corpus.ts'
import { findPlanted } from './find-planted.ts'

const libraries = [
  'ajv',
  'axios',
  'express',
  'fastify',
  'got',
  'ioredis',
  'jose',
  'jsonwebtoken',
  'mongoose',
  'multer',
  'nodemailer',
  'node',
  'stripe',
  'undici',
  'valibot',
  'zod',
]
const chosen = corpus.filter((one) => one.needs === undefined && libraries.includes(one.library))
const raised = new Map<string, Error>()
const lines: string[] = []
const logger = auditedPino({ service: 'shop', destination: { write: (line: string) => lines.push(line) } })
/** Logs what the compiler would not take either. */
const say = (...values: readonly unknown[]): void => Reflect.apply(logger.error, logger, values)

const ways: Readonly<Record<string, (error: Error) => void>> = {
  'its message as the message beside it': (error) => say(error, error.message),
  'its message within the message beside it': (error) => say({ err: error }, `save failed: ${error.message}`),
  'its message in a field beside it': (error) => say({ err: error, reason: error.message }, 'save failed'),
  'its message as a value beside it': (error) => say('save failed: %s', error.message, error),
  'name, message and stack': ({ name, message, stack }) => say({ err: { name, message, stack } }),
  'type, message and stack': ({ name, message, stack }) => say({ failure: { type: name, message, stack } }),
  'its fields at the top, with a stack': (error) =>
    say({ ...error, name: error.name, message: error.message, stack: error.stack }),
  'all of it as JSON': ({ name, message, stack }) => say({ err: JSON.stringify({ name, message, stack }) }),
  'its stack': ({ stack }) => say(stack),
  'its stack behind words': ({ stack }) => say(`crash: ${stack}`),
  'its stack under a name': ({ stack }) => say({ err: stack }),
}

beforeAll(async () => {
  for (const one of chosen) {
    const error = await one.provoke()
    if (error instanceof Error && /\n {4}at /.test(String(error.stack))) raised.set(one.id, error)
  }
}, 120_000)

it('the errors come from at least 15 libraries', () => {
  const seen = new Set(chosen.filter((one) => raised.has(one.id)).map((one) => one.library))
  expect([...seen].sort()).toEqual([...libraries].sort())
})

describe.each(Object.entries(ways))('%s', (_way, log) => {
  it('shows nothing that was planted, on one line', () => {
    const leaks = chosen.flatMap(({ id, planted }) => {
      const error = raised.get(id)
      if (error === undefined) return []
      lines.length = 0
      log(error)
      expect(lines.map((line) => line.indexOf('\n') === line.length - 1)).toEqual([true])
      return findPlanted(lines.join(''), planted).map((leak) => `${id}: ${leak}`)
    })
    expect(leaks).toEqual([])
  })
})

it('what is left of an inspected error or a stack is the same after a second look', () => {
  for (const error of raised.values()) {
    for (const text of [String(error.stack), inspect(error), `${error}`]) {
      const written = scrub(text)
      expect(scrub(written)).toEqual(written)
    }
  }
})

it('the skeleton of its name, message and stack has the type and the frames of the error', () => {
  const lost = [...raised].filter(([, error]) => {
    const { name, message, stack } = error
    const shaped = scrub({ name, message, stack })
    const real = scrub(error)
    return Reflect.get(Object(real), 'frames') !== undefined && Reflect.get(Object(shaped), 'frames') === undefined
  })
  expect(lost.map(([id]) => id)).toEqual([])
})
