import { execFile } from 'node:child_process'
import { format, inspect, isDeepStrictEqual, promisify } from 'node:util'
import { deserialize, serialize } from 'node:v8'
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads'
import fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { type Personal, personal, placeholderOf, Secret, secret, unwrapPersonal } from './secret.ts'

const planted = 'planted-7f3a'

afterEach(() => {
  vi.unstubAllEnvs()
  vi.resetModules()
})

/** Every way in which a value gets into text that we know of. */
const ways: Record<string, (value: Secret<string> | Personal<string>) => unknown> = {
  toString: (value: Secret<string> | Personal<string>) => value.toString(),
  toJSON: (value) => value.toJSON(),
  valueOf: (value: Secret<string> | Personal<string>) => value.valueOf(),
  toPrimitive: (value) => value[Symbol.toPrimitive](),
  'String()': (value) => String(value),
  'a template literal': (value) => `${value}`,
  'adding to a text': (value) => `the password: ${[value].join()}`,
  'unary plus': (value) => String(Number(value)),
  comparison: (value) => String(value < secret(planted)),
  'JSON.stringify': (value) => JSON.stringify(value),
  'JSON.stringify of a holder': (value) => JSON.stringify({ deep: [{ value }] }),
  'JSON.stringify with a replacer': (value) => JSON.stringify({ value }, (_key, one) => one),
  inspect: (value) => inspect(value),
  'inspect of everything': (value) =>
    inspect({ value }, { showHidden: true, showProxy: true, depth: 9, getters: true }),
  'inspect without custom functions': (value) => inspect(value, { customInspect: false, showHidden: true }),
  'format %s': (value) => format('%s', value),
  'format %o': (value) => format('%o', value),
  'format %O': (value) => format('%O', value),
  'format %j': (value) => format('%j', value),
  'format %d': (value) => format('%d', value),
  'format %i': (value) => format('%i', value),
  'format of more arguments': (value) => format('x', value, { value }),
  spread: (value) => JSON.stringify({ ...value }),
  'Object.entries': (value) => JSON.stringify(Object.entries(value)),
  'Object.assign': (value) => inspect(Object.assign({}, value), { showHidden: true }),
  'all own properties': (value) => inspect(Object.getOwnPropertyDescriptors(value), { showHidden: true, depth: 9 }),
  'for in': (value) => {
    let text = ''
    for (const key in value) text += key + String(Reflect.get(value, key))
    return text
  },
  structuredClone: (value) => inspect(structuredClone(value), { showHidden: true }),
  'v8.serialize': (value) => inspect(deserialize(serialize({ value })), { showHidden: true }),
  'the bytes of v8.serialize': (value) => serialize({ value }).toString('latin1'),
  postMessage: (value) => {
    const { port1, port2 } = new MessageChannel()
    port1.postMessage({ value })
    const got = inspect(receiveMessageOnPort(port2), { showHidden: true, depth: 9 })
    port1.close()
    return got
  },
  'the message of an error': (value) => inspect(new Error(String(value))),
  'the cause of an error': (value) => inspect(new Error('x', { cause: value }), { depth: 9, showHidden: true }),
  'a field of an error': (value) => inspect(Object.assign(new Error('x'), { value })),
  'a gathered error': (value) => inspect(new AggregateError([value], 'x'), { showHidden: true, depth: 9 }),
  'a Map': (value) => inspect(new Map([[value, value]])),
  'a Set': (value) => inspect(new Set([value])),
  'an array': (value) => `${[value]} ${inspect([value])}`,
  'a holder that is cloned': (value) => inspect(structuredClone(new Map([['k', { value }]])), { depth: 9 }),
  'URL parameters': (value) => new URLSearchParams({ value: String(value) }).toString(),
  'a Buffer': (value) => Buffer.from(String(value)).toString('latin1'),
}

describe.each([
  ['a Secret', () => secret(planted), '[secret]'],
  ['a Personal', () => personal(planted), '[personal]'],
] as const)('%s', (_name, make, placeholder) => {
  test.each(Object.entries(ways))('shows nothing through %s', (_way, write) => {
    expect(String(write(make()))).not.toContain(planted)
  })

  test('is its placeholder wherever something is written', () => {
    const value = make()
    expect(`${value}`).toBe(placeholder)
    expect(JSON.stringify({ value })).toBe(`{"value":"${placeholder}"}`)
    expect(format('%s %o %O %j', value, value, value, value)).toBe(
      `${placeholder} ${placeholder} ${placeholder} "${placeholder}"`,
    )
    expect(+value.valueOf()).toBeNaN()
    expect(placeholderOf(value)).toBe(placeholder)
  })

  test('is frozen, and so are its ways', () => {
    const value = make()
    expect(Object.isFrozen(value)).toBe(true)
    expect(Reflect.set(value, 'toString', () => planted)).toBe(false)
    for (let at = Object.getPrototypeOf(value); at !== Object.prototype; at = Object.getPrototypeOf(at)) {
      expect(Object.isFrozen(at)).toBe(true)
    }
    expect(Object.keys(value)).toEqual([])
  })

  test('opens for a reason and for nothing else', () => {
    const value = make()
    expect(value.expose('the test reads it')).toBe(planted)
    for (const none of ['', undefined, 7, {}]) {
      expect(() => Reflect.apply(value.expose, value, [none])).toThrow('expose() needs a reason')
    }
    expect(() => Reflect.apply(value.expose, new Proxy(value, {}), ['a proxy'])).toThrow(TypeError)
    expect(() => Reflect.apply(value.expose, Object.create(value), ['an heir'])).toThrow(TypeError)
  })

  test('changes into another of its kind, and keeps what the change throws', () => {
    const value = make()
    const length = value.map((text) => text.length)
    expect(placeholderOf(length)).toBe(placeholder)
    expect(length.expose('the test reads it')).toBe(planted.length)
    let thrown: unknown
    try {
      value.map((text) => JSON.parse(text))
    } catch (error) {
      thrown = error
    }
    expect(thrown).toMatchObject({ code: 'AUDIT_SECRET_UNREADABLE' })
    expect(inspect(thrown, { showHidden: true, depth: 9 })).not.toContain(planted)
  })
})

test('the console of a process shows the placeholder in every form', async () => {
  const module = new URL('./secret.ts', import.meta.url).href
  const program = `
    import { Secret, Personal } from ${JSON.stringify(module)}
    const planted = process.argv[1] // not in the program's own text, of which Node prints a line
    for (const value of [new Secret(planted), new Personal(planted)]) {
      console.log(value); console.error('%s %o %O %j %d', value, value, value, value, value)
      console.log({ value }, [value], new Map([['k', value]]), 'and ' + value)
      console.dir(value, { showHidden: true, depth: 9 }); console.table([{ value }]); console.trace(value)
      console.assert(false, value); process.emitWarning(String(value))
    }
    setImmediate(() => { throw Object.assign(new Error('x', { cause: new Secret(planted) }), { more: new Secret(planted) }) })
  `
  const flags = ['--conditions=@trailmark/source', '--input-type=module', '-e', program, '--', planted]
  const { code, stdout, stderr } = await promisify(execFile)(process.execPath, flags).then(
    () => ({ code: 0, stdout: '', stderr: '' }),
    (failed: { code: number; stdout: string; stderr: string }) => failed,
  )
  expect(code).toBe(1)
  expect(stdout).toContain('[secret]')
  expect(stdout).toContain('[personal]')
  expect(stderr).toContain('Error: x')
  expect(stdout + stderr).not.toContain(planted)
})

describe('placeholderOf', () => {
  test('knows what another installed copy of this package made, which cannot open it', async () => {
    vi.resetModules()
    const other = await import('./secret.ts')
    expect(other.Secret).not.toBe(Secret)
    const foreign = other.secret(planted)
    expect(placeholderOf(foreign)).toBe('[secret]')
    expect(placeholderOf(other.personal(planted))).toBe('[personal]')
    expect(unwrapPersonal(other.personal(planted))).not.toBe(planted)
    expect(inspect({ foreign }, { showHidden: true })).toBe('{ foreign: [secret] }')
  })

  test('runs no code of what it is asked about', () => {
    const trap = (): never => {
      throw new Error('ran')
    }
    const hostile: unknown[] = [
      new Proxy(secret(planted), { get: trap, has: trap, getPrototypeOf: trap, getOwnPropertyDescriptor: trap }),
      Object.defineProperty({}, Symbol.for('@trailmark/core/hidden/1'), { get: trap }),
      Object.defineProperty({}, 'x', { get: trap, enumerable: true }),
      Object.create(new Proxy({}, { get: trap, has: trap, getPrototypeOf: trap })),
    ]
    for (const value of hostile) {
      expect(placeholderOf(value)).toBeUndefined()
      expect(unwrapPersonal(value)).toBe(value)
    }
  })

  test('says nothing of any other value', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(placeholderOf(value)).toBeUndefined()
        expect(unwrapPersonal(value)).toBe(value)
      }),
    )
  })

  test('shows no value, whatever was wrapped', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(`${secret(value)} ${inspect(personal(value))}`).toBe('[secret] [personal]')
        expect(unwrapPersonal(personal(value))).toBe(value)
      }),
    )
  })
})

test('unwrapPersonal leaves a secret shut', () => {
  const shut = secret(planted)
  expect(unwrapPersonal(shut)).toBe(shut)
})

test('two of them are equal to what compares by content, which must not tell whether a guess was right', () => {
  expect(isDeepStrictEqual(secret('a'), secret('b'))).toBe(true)
})

describe('Secret.env', () => {
  test('is the variable', () => {
    vi.stubEnv('DB_PASSWORD', planted)
    expect(Secret.env('DB_PASSWORD').expose('the test reads it')).toBe(planted)
  })

  test('names the variable that is missing or empty', () => {
    vi.stubEnv('DB_PASSWORD', '')
    for (const name of ['DB_PASSWORD', 'NO_SUCH_VARIABLE_HERE']) {
      expect(() => Secret.env(name)).toThrow(
        expect.objectContaining({ code: 'AUDIT_SECRET_MISSING', message: expect.stringContaining(name) }),
      )
    }
  })
})
