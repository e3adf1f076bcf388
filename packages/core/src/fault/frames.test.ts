import { once } from 'node:events'
import { runInNewContext, runInThisContext } from 'node:vm'
import { Worker } from 'node:worker_threads'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { framesOf, frameText } from './frames.ts'

const here = process.cwd()
const shown = (error: { readonly message?: string; readonly stack?: string | undefined }) =>
  framesOf(error, error.message).map(frameText)
const framesIn = (lines: readonly string[]) => shown({ message: 'm', stack: ['Error: m', ...lines].join('\n') })
const make = (message: string) => new Error(message)
const own = /^make \(packages\/core\/src\/fault\/frames\.test\.ts:\d+:\d+\)$/

describe('frames', () => {
  test('are functions and places, relative to the project or to their package', () => {
    expect(
      framesIn([
        `    at show (${here}/src/patients.ts:10:5)`,
        `    at async Patients.load (file://${here}/src/load.ts:1:1)`,
        '    at new Pool (/srv/app/node_modules/.pnpm/pg@8/node_modules/pg/lib/pool.js:7:9)',
        '    at Object.handle [as onread] (node:internal/stream_base_commons:190:23)',
        `    at Object.<anonymous> (${here}/main.js:3:1)`,
        `    at ${here}/main.js:4:1`,
        `    at async ${here}/main.js:5:1`,
        `    at #read (${here}/app/(shop)/[id]/page.tsx:6:1)`,
        '    at f (/x/node_modules/@aws-sdk/client-sts/dist-cjs/index.js:1:2)',
      ]),
    ).toEqual([
      'show (src/patients.ts:10:5)',
      'async Patients.load (src/load.ts:1:1)',
      'new Pool (pg/lib/pool.js:7:9)',
      'Object.handle [as onread] (node:internal/stream_base_commons:190:23)',
      'Object.<anonymous> (main.js:3:1)',
      '<anonymous> (main.js:4:1)',
      '<anonymous> (main.js:5:1)',
      '#read (app/(shop)/[id]/page.tsx:6:1)',
      'f (@aws-sdk/client-sts/dist-cjs/index.js:1:2)',
    ])
  })

  test.each([
    '    at data:text/javascript,alice:1:1',
    '    at evalmachine.<anonymous>:1:1',
    '    at eval (eval at <anonymous> (file:///x.js:1:1), <anonymous>:1:1)',
    '    at wasm://wasm/alice-0001:wasm-function[1]:0x42',
    '    at f (wasm://wasm/0001:1:1)',
    '    at JSON.parse (<anonymous>)',
    '    at async Promise.all (index 0)',
    '    at f (native)',
    `    at f (${here}/${'x'.repeat(600)}.js:1:1)`,
    `    at f (${here}/a.js)`,
    `at f (${here}/a.js:1:1)`,
    '    at alice@clinic.example',
    `    at f (${here}/alice says "hi".js:1:1)`,
    `    at f (${here}/alice@clinic.example:1:1)`,
    `    at f (${here}/../../etc/alice.js:1:1)`,
    '    at f (/home/alice/elsewhere/main.js:1:1)',
    '    at f (https://alice.example/x.js:1:1)',
    `    at f (${here}/a.js:1:12345678)`,
    '    at f (node:alice@clinic:1:1)',
  ])('are not made of %s', (line) => {
    expect(framesIn([line])).toEqual([])
  })

  test.each([
    'alice@clinic.example',
    'x y z',
    '4111111111111111',
    'a'.repeat(80),
    'AKIAIOSFODNN7EXAMPLE',
    'f12345678',
    '"hi"',
    'ä',
  ])('never name a function %s', (name) => {
    expect(framesIn([`    at ${name} (${here}/a.js:1:1)`])).toEqual(['<anonymous> (a.js:1:1)'])
  })

  test('are at most thirty, read from a bounded part of any text', () => {
    expect(
      framesIn(Array.from({ length: 10_000 }, (_, i) => `    at f${i % 9} (${here}/package.json:1:1)`)),
    ).toHaveLength(30)
    expect(framesOf({ stack: 'a'.repeat(1_000_000) }, 'a'.repeat(500_000))).toEqual([])
    expect(framesOf({ stack: '\n' }, 'a')).toEqual([])
    expect(framesOf({ stack: '\n    at ' }, 'a')).toEqual([])
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 300 }),
        fc.string({ unit: 'binary', maxLength: 300 }),
        (stack, message) => {
          expect(framesOf({ stack }, message).length).toBeLessThanOrEqual(30)
          expect(framesOf({ stack: message + stack }, message).length).toBeLessThanOrEqual(30)
        },
      ),
    )
  })
})

describe('the message is cut off first', () => {
  test.each([
    '',
    'm',
    'Error',
    'E',
    ': ',
    'a: b',
    'two\nlines',
    '    at f (/tmp/f.js:1:1)',
    '\n',
    `m\n    at evil (${here}/package.json:1:1)`,
  ])('when it is %j', (message) => {
    expect(shown(make(message))[0]).toMatch(own)
  })

  test('when the class sets it afterwards, or puts something before or behind it', () => {
    const error = make('connection lost')
    void error.stack
    error.message = `while loading: ${error.message}`
    expect(shown(error)[0]).toMatch(own)
    error.message = 'connection lost (gave up)'
    expect(shown(error)[0]).toMatch(own)
    class Late extends Error {
      constructor(message: string) {
        super()
        void this.stack
        this.message = message
      }
    }
    expect(shown(new Late('m'))[0]).toMatch(/frames\.test\.ts/)
  })

  test('when it is of a class, captured elsewhere, or has a code in its head', () => {
    const captured: { name: string; message: string; stack?: string } = {
      name: 'Thing',
      message: 'm\n    at f (/a:1:1)',
    }
    Error.captureStackTrace(captured)
    expect(shown(captured)[0]).toMatch(/frames\.test\.ts/)
    expect(shown({ message: 'm', stack: `TypeError [ERR_X]: m\n    at f (${here}/a.js:1:1)` })).toEqual([
      'f (a.js:1:1)',
    ])
  })
})

describe('where the message cannot be found', () => {
  test('no function is named, and only files that exist are', () => {
    const error = make(
      `m\n    at hunter2 (${here}/package.json:1:1)\n    at evil (${here}/hunter2.js:1:1)\n    at x (/tmp/evil.js:1:1)`,
    )
    void error.stack
    error.message = 'something else'
    const frames = shown(error)
    expect(frames.join()).not.toMatch(/hunter2|evil/)
    expect(frames).toContainEqual(expect.stringMatching(/^<anonymous> \(packages\/core\/src\/fault\/frames\.test\.ts:/))
    expect(frames.every((one) => one.startsWith('<anonymous> ('))).toBe(true)
  })

  test('what stands after the real frames is not read', () => {
    expect(
      framesIn([`    at f (${here}/a.js:1:1)`, 'Caused by: x', `    at hunter2 (${here}/package.json:1:1)`]),
    ).toEqual(['f (a.js:1:1)'])
  })

  test('a stack that was overwritten shows nothing of its text', () => {
    expect(shown({ message: 'm', stack: 'hunter2' })).toEqual([])
    expect(shown({ message: 'm', stack: `hunter2\n    at hunter2 (/hunter2.js:1:1)` })).toEqual([])
    expect(shown(Object.assign(make('m'), { stack: 'x' }))).toEqual([])
  })

  test('more frames than the engine writes name functions only at the end', () => {
    const { stackTraceLimit } = Error
    Error.stackTraceLimit = 2
    try {
      const lines = [1, 2, 3].map((at) => `    at f${at} (${here}/package.json:${at}:1)`)
      expect(framesIn(lines)).toEqual([
        '<anonymous> (package.json:1:1)',
        'f2 (package.json:2:1)',
        'f3 (package.json:3:1)',
      ])
    } finally {
      Error.stackTraceLimit = stackTraceLimit
    }
  })
})

describe('errors from elsewhere have frames:', () => {
  test('of another realm, whose source is not shown', () => {
    const error = runInNewContext('function alice() { return new Error("m") } alice()')
    expect(shown(error).join()).toContain('frames.test.ts')
    expect(shown(error).join()).not.toMatch(/evalmachine|alice/)
    expect(shown(runInThisContext('new Error("m")', { filename: 'alice.js' })).join()).not.toContain('alice')
  })

  test('cloned', () => {
    expect(shown(structuredClone(make('m')))[0]).toMatch(own)
  })

  test('from async functions', async () => {
    const fail = async () => {
      await null
      throw make('m')
    }
    const outer = async () => await fail()
    const error = await outer().catch((reason: Error) => reason)
    const frames = error instanceof Error ? shown(error) : []
    expect(frames[0]).toMatch(own)
    expect(frames[1]).toMatch(/^fail \(/)
    expect(frames).toContainEqual(expect.stringMatching(/^(?:async )?outer \(/))
  })

  test('from a worker', async () => {
    const worker = new Worker(`require('node:fs').readFileSync('/nowhere/alice')`, { eval: true })
    const [error] = await once(worker, 'error')
    expect(shown(error).join()).toContain('node:fs')
    expect(shown(error).join()).not.toContain('alice')
  })
})
