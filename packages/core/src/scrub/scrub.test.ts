import { createSecretKey, generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AuditError } from '../errors.ts'
import { Personal, Secret } from '../secret.ts'
import { createScrubber, scrub, scrubber, scrubFailures } from './scrub.ts'

const planted = 'pLaNtEd7Q'

describe('what is hidden by name', () => {
  test.each<[string, unknown, unknown]>([
    ['at the top', { password: planted }, { password: '[secret]' }],
    ['deep down', { a: [{ b: { 'x-api-key': planted } }] }, { a: [{ b: { 'x-api-key': '[secret]' } }] }],
    ['with all that is under it', { credentials: { a: 1, b: [planted] } }, { credentials: '[secret]' }],
    ['when it is a number', { pin: 1234, cvv: 123 }, { pin: '[secret]', cvv: '[secret]' }],
    ['as what it is', { email: planted, ip: planted, ssn: 1 }, { email: '[email]', ip: '[ip]', ssn: '[ssn]' }],
    [
      'but not true, false, null and counts',
      { hasPassword: true, secret: null, tokenCount: 3, tokens: 512, emailVerified: true },
      { hasPassword: true, secret: null, tokenCount: 3, tokens: 512, emailVerified: true },
    ],
    ['of a pair', { name: 'password', value: planted }, { name: 'password', value: '[secret]' }],
    [
      'of a pair with two values',
      { field: 'email', before: planted, after: planted },
      { field: 'email', before: '[email]', after: '[email]' },
    ],
    ['of a path', { path: ['user', 'password'], input: planted }, { path: ['user', 'password'], input: '[secret]' }],
    ['of a list of two', ['password', planted], ['password', '[secret]']],
    ['of a list of pairs', [['token', 5]], [['token', '[secret]']]],
    ['of an option', ['--token', planted, '-v'], ['--token', '[secret]', '-v']],
    ['of an assignment', ['--token=x y', 'TOKEN=x'], ['--token=[secret]', 'TOKEN=[secret]']],
    ['in a Map', new Map([['password', planted]]), { password: '[secret]' }],
    ['in a Set', new Set([{ password: planted }]), [{ password: '[secret]' }]],
    ['in fields of a form', formOf('password', planted), { password: '[secret]' }],
    ['in parameters', new URLSearchParams({ token: planted, page: '2' }), { token: '[secret]', page: '2' }],
    ['of a person', { user: { name: 'Ann', id: 'usr_1234' } }, { user: { name: '[personal]', id: 'usr_1234' } }],
    ['beside an address', { name: 'ann', email: planted }, { name: '[personal]', email: '[email]' }],
    [
      'of a statement',
      { sql: 'DELETE FROM t WHERE a = $1', params: [planted] },
      { sql: 'DELETE FROM t WHERE a = $1', params: '[withheld]' },
    ],
  ])('%s', (_what, value, written) => {
    expect(scrub(value)).toEqual(written)
  })

  test('names of things are no names of people', () => {
    const value = { name: 'api', service: { name: 'clinic', version: '1.2.3' }, job: { name: 'import' } }
    expect(scrub(value)).toEqual(value)
  })
})

function formOf(name: string, value: string): FormData {
  const form = new FormData()
  form.append(name, value)
  return form
}

describe('headers and cookies', () => {
  const shown = {
    accept: '*/*',
    authorization: '[secret]',
    'x-own': '[header]',
    cookie: 'sid=[cookie]',
    'x-forwarded-for': '[ip]',
  }
  const raw = {
    accept: '*/*',
    authorization: planted,
    'x-own': planted,
    cookie: `sid=${planted}`,
    'x-forwarded-for': planted,
  }
  test.each<[string, unknown, unknown]>([
    ['an object', raw, shown],
    ['a Map', new Map(Object.entries(raw)), shown],
    ['pairs', Object.entries(raw), Object.entries(shown)],
    ['a flat list', Object.entries(raw).flat(), Object.entries(shown).flat()],
    [
      'named objects',
      Object.entries(raw).map(([name, value]) => ({ name, value })),
      Object.entries(shown).map(([name, value]) => ({ name, value })),
    ],
    ['lists of values', { accept: ['*/*'], 'x-own': [planted] }, { accept: ['*/*'], 'x-own': ['[header]'] }],
  ])('are allow-listed in %s', (_what, headers, written) => {
    expect(scrub({ headers })).toEqual({ headers: written })
  })

  test('are allow-listed in Headers', () => {
    expect(scrub(new Headers(raw))).toEqual(shown)
  })

  test('cookies keep their names alone', () => {
    expect(scrub({ cookies: { sid: planted }, cookieJar: [{ key: 'sid', value: planted }] })).toEqual({
      cookies: { sid: '[cookie]' },
      cookieJar: [{ key: 'sid', value: '[cookie]' }],
    })
  })
})

describe('what is no plain value', () => {
  test.each<[string, unknown, unknown]>([
    ['a symbol', Symbol(planted), '[symbol]'],
    ['a function', () => planted, '[function]'],
    ['a bigint', 10n, '10'],
    ['no number', Number.NaN, 'NaN'],
    ['a card as a number', 4_111_111_111_111_111, '[card]'],
    ['a time', { at: 1_767_225_600_000 }, { at: 1_767_225_600_000 }],
    ['a Date', new Date(0), '1970-01-01T00:00:00.000Z'],
    ['an invalid Date', new Date(Number.NaN), '[invalid date]'],
    ['a RegExp', /x/, '[regexp]'],
    ['a boxed text', new String('abc'), 'abc'],
    ['a Buffer', Buffer.from('alice'), '[withheld bytes 5 B]'],
    ['a view', new DataView(new ArrayBuffer(8)), '[withheld bytes 8 B]'],
    ['an ArrayBuffer', new ArrayBuffer(8), '[withheld bytes 8 B]'],
    ['a Buffer as JSON', Buffer.from(planted).toJSON(), '[withheld bytes 9 B]'],
    ['bytes as numbers', [...Buffer.from(planted)], '[withheld bytes 9 B]'],
    ['bytes as members', { ...Buffer.from(planted) }, '[withheld bytes 9 B]'],
    ['a text spread out', { ...planted.split('') }, '[withheld characters 9]'],
    ['a Blob', new Blob([planted]), '[withheld blob 9 B]'],
    ['a URL', new URL(`https://u:${planted}@api.example/letters`), 'https://[host]/letters'],
    ['a Promise', Promise.resolve(planted), '[promise]'],
    ['a WeakMap', new WeakMap(), '[weak]'],
    ['a proxy', new Proxy({}, {}), '[proxy]'],
    ['a Secret', new Secret(planted), '[secret]'],
    ['a Personal', new Personal(planted), '[personal]'],
    ['a generator', (function* () {})(), '[generator]'],
    ['an abort signal', new AbortController().signal, '[abort signal]'],
    ['an instance', new (class Ann { visits = 3 })(), { visits: 3 }], // biome-ignore format: one line
    [
      'a fetch request',
      new Request('http://localhost/letters', { headers: { a: planted } }),
      { method: 'GET', url: 'http://localhost/letters' },
    ],
    ['a fetch response', new Response(planted, { status: 201 }), { status: 201 }],
    ['keys that are data', { 'ann@clinic.example': 1, 'bob@clinic.example': 2 }, { '[email]': 1, '[email 2]': 2 }],
  ])('%s is written as a word about it', (_what, value, written) => {
    expect(scrub(value)).toEqual(written)
  })

  test('an error is its skeleton', () => {
    const error = Object.assign(new TypeError(planted), { code: 'ENOENT', input: planted })
    expect(scrub({ error })).toMatchObject({ error: { type: 'TypeError', code: 'ENOENT' } })
    expect(JSON.stringify(scrub(error))).not.toContain(planted)
  })

  test('members with names that objects inherit are members', () => {
    const value: unknown = JSON.parse('{"__proto__":{"a":1},"constructor":1,"toJSON":2}')
    const written = scrub(value)
    expect(JSON.stringify(written)).toBe('{"__proto__":{"a":1},"constructor":1,"toJSON":2}')
    expect(Object.getPrototypeOf(written)).toBe(Object.prototype)
  })
})

describe('bounds', () => {
  test('circles end, and what stands twice is shown twice', () => {
    const circle: Record<string, unknown> = { n: 1 }
    circle['self'] = circle
    expect(scrub(circle)).toEqual({ n: 1, self: '[circular]' })
    const shared = { n: 1 }
    expect(scrub([shared, shared])).toEqual([shared, shared])
  })

  test('depth, width and length end', () => {
    let deep: unknown = 1
    for (let i = 0; i < 50_000; i++) deep = [deep]
    expect(JSON.stringify(scrub(deep))).toContain('too deep')
    const wide = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`k${i}`, 'word and word']))
    const lists = [new Array(1_000_000_000), Array(1_000_000).fill(planted), wide, new Map(Object.entries(wide))]
    for (const one of [...lists, new Set(Object.keys(wide)), new Uint8Array(100_000_000)])
      expect(JSON.stringify(scrub(one)).length).toBeLessThan(100_000)
    expect(JSON.stringify(scrub(Array.from({ length: 100 }, () => 'word '.repeat(1_000)))).length).toBeLessThan(100_000)
  })
})

test('keys of any make are secrets', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const web = await crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, true, ['sign'])
  for (const key of [privateKey, publicKey, createSecretKey(Buffer.from(planted)), web])
    expect(scrub({ of: key })).toEqual({ of: '[secret]' })
})

test('no code of a value runs', () => {
  let ran = 0
  const run = (): never => {
    ran += 1
    throw new Error(planted)
  }
  const names = [
    'toJSON',
    'toString',
    'valueOf',
    'then',
    Symbol.toPrimitive,
    Symbol.iterator,
    Symbol.toStringTag,
    'inspect',
    'entries',
    'forEach',
    'length2',
  ]
  const trap = Object.fromEntries(names.map((name) => [name, { get: run, enumerable: true }]))
  const custom = { [Symbol.for('nodejs.util.inspect.custom')]: run, toJSON: run }
  class Rows extends Array<unknown> {
    override [Symbol.iterator] = run
  }
  class Table extends Map<unknown, unknown> {
    override entries = run
    override forEach = run
    override [Symbol.iterator] = run
  }
  const values: object[] = [
    Object.defineProperties({}, { ...trap, secret: { get: run, enumerable: true } }),
    Object.create(Object.defineProperties({}, trap)),
    Object.defineProperties(new Map([['a', 1]]), trap),
    Object.defineProperties(new Date(0), trap),
    Object.defineProperties([1, 2], { 0: { get: run, enumerable: true } }),
    Object.defineProperties(new Error(planted), { message: { get: run }, stack: { get: run }, cause: { get: run } }),
    Object.create(new Proxy({}, { get: run, getPrototypeOf: run, ownKeys: run })),
    new Proxy({}, { get: run, getPrototypeOf: run, ownKeys: run, getOwnPropertyDescriptor: run }),
    new Proxy(() => 1, { get: run, apply: run }),
    Object.setPrototypeOf(new Map(), null),
    Object.setPrototypeOf(new Uint8Array(10), Object.prototype),
    Object.defineProperty(new Uint8Array(10), 'byteLength', { get: run }),
    Object.assign(Object.create(URL.prototype), { a: 1 }),
    Object.assign(Object.create(Map.prototype), { a: 1 }),
    Object.create(Headers.prototype),
    new Rows(1, 2, 3),
    new Table([['password', planted]]),
    custom,
  ]
  for (const value of [...values, values]) JSON.stringify(scrub(value))
  expect(ran).toBe(0)
  expect(scrub(Object.defineProperty({}, 'secret', { get: run, enumerable: true }))).toEqual({ secret: '[secret]' })
  expect(scrub(Object.defineProperty({}, 'visits', { get: run, enumerable: true }))).toEqual({ visits: '[getter]' })
})

describe('options', () => {
  test('add names, hosts, parameters and patterns of an application', () => {
    const own = createScrubber({
      secretNames: ['licenceBlob'],
      personalNames: ['memberCode'],
      shownNames: ['accountNumber'],
      hosts: ['api.example'],
      queryNames: ['page'],
      detectors: [{ name: 'ward', pattern: /WARD-\d{4}/, prefix: 'WARD' }],
    })
    expect(
      own.scrub({
        LICENCE_BLOB: planted,
        'member-code': planted,
        accountNumber: 'A-1',
        url: 'https://api.example/letters?page=2&q=x',
        note: 'moved to WARD-1234',
      }),
    ).toEqual({
      LICENCE_BLOB: '[secret]',
      'member-code': '[personal]',
      accountNumber: 'A-1',
      url: 'https://api.example/letters?page=2&q=',
      note: 'moved to [ward]',
    })
    expect(own.id).toMatch(/^scrub\/1\/[0-9a-f]{8}$/)
    expect(createScrubber({ secretNames: ['licence_blob'] }).id).toBe(
      createScrubber({ secretNames: ['licenceBlob'] }).id,
    )
    expect(createScrubber({ hosts: [] }).id).toBe(scrubber.id)
  })

  test.each<[string, object, RegExp]>([
    ['an unknown one', { names: [] }, /^scrub\.names: /],
    ['no list', { hosts: 'api.example' }, /^scrub\.hosts: /],
    ['no name', { secretNames: ['ok', 5] }, /^scrub\.secretNames\[1\]: /],
    ['an empty name', { personalNames: ['--'] }, /^scrub\.personalNames\[0\]: /],
    ['a name on both sides', { secretNames: ['aKey'], shownNames: ['a_key'] }, /^scrub\.shownNames\[0\]: /],
    ['a host with a path', { hosts: ['api.example/x'] }, /^scrub\.hosts\[0\]: /],
    ['a pattern that repeats without bound', { detectors: [{ name: 'a', pattern: /a+b/ }] }, /pattern: repeats/],
    ['a pattern with too many ways', { detectors: [{ name: 'a', pattern: /a{0,50}a{0,50}b/ }] }, /pattern: can be/],
    ['a pattern for nothing', { detectors: [{ name: 'a', pattern: /a?/ }] }, /pattern: matches the empty/],
    ['a pattern for its own word', { detectors: [{ name: 'ward', pattern: /ward/ }] }, /pattern: matches what/],
    ['a flag that remembers', { detectors: [{ name: 'a', pattern: /ab/y }] }, /pattern: has the flag y/],
    ['a text for a pattern', { detectors: [{ name: 'a', pattern: 'ab' }] }, /pattern: must be/],
    ['a name with data', { detectors: [{ name: 'A b', pattern: /ab/ }] }, /name: must be/],
    ['a detector with more', { detectors: [{ name: 'a', pattern: /ab/, global: true }] }, /\.global: is not/],
  ])('%s is refused at the start', (_what, options, message) => {
    const start = () => createScrubber(options)
    expect(start).toThrow(AuditError)
    expect(start).toThrow(message)
  })
})

test('the account says where and by which rule, and never what', () => {
  const { value, redactions } = scrubber.account({
    user: { password: planted, email: `${planted}@clinic.example` },
    list: [{ token: planted }, { token: planted }],
    [`${planted}@clinic.example`]: { secret: planted },
  })
  expect(JSON.stringify([value, redactions])).not.toContain(planted)
  expect(redactions).toEqual(
    expect.arrayContaining([
      { path: 'user.password', rule: 'name:secret', n: 1 },
      { path: 'user.email', rule: 'name:email', n: 1 },
      { path: 'list[].token', rule: 'name:secret', n: 2 },
      { path: '*.secret', rule: 'name:secret', n: 1 },
    ]),
  )
  const many = scrubber.account(
    Array.from({ length: 300 }, (_, i) => ({
      [`a${'bcdefghij'.repeat(2)}${i % 10}x${Math.floor(i / 10)}`]: { password: 1 },
    })),
  )
  expect(many.redactions.length).toBeLessThanOrEqual(101)
  expect(many.redactions.reduce((sum, { n }) => sum + n, 0)).toBeGreaterThanOrEqual(300)
})

test('what cannot be scrubbed is withheld whole, and counted', () => {
  const { keys } = Object
  const before = scrubFailures()
  let written: unknown
  try {
    Object.keys = () => {
      throw new Error(planted)
    }
    written = scrub({ password: planted })
  } finally {
    Object.keys = keys
  }
  expect(written).toStrictEqual({ scrub_failed: true, type: 'object' })
  expect(scrubFailures()).toBe(before + 1)
})

test('a text alone is scrubbed as a value is', () => {
  expect(scrubber.text('asked by ann@clinic.example')).toBe('asked by [email]')
})

describe('whatever the value', () => {
  const anything = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withTypedArray: true,
    withNullPrototype: true,
    withObjectString: true,
    withSparseArray: true,
    withBoxedValues: true,
  })
  const name = fc.constantFrom(
    'name',
    'password',
    'email',
    'headers',
    'cookies',
    'query',
    'body',
    'url',
    'value',
    'key',
    'path',
    'params',
    'sql',
    'args',
    'user',
    'tokens',
    'at',
    'stack',
    '[email]',
    'ann@clinic.example',
    '__proto__',
    'x',
  )
  const text = fc.oneof(
    fc.string({ maxLength: 30 }),
    name,
    fc.constantFrom(
      '--token',
      'a=b',
      '[secret]',
      '[email 2]',
      '{"password":"x"}',
      'https://a:b@c.d/e?f=g#h',
      'Ann Example',
      '4111 1111 1111 1111',
    ),
  )
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      fc.oneof(
        text,
        fc.integer(),
        fc.boolean(),
        fc.constantFrom(null, undefined, 5e-324, Number.NaN, 10n, Symbol('s')),
        fc.date(),
      ),
      fc.array(tie('tree'), { maxLength: 6 }),
      fc.dictionary(fc.oneof(name, fc.string({ maxLength: 12 })), tie('tree'), { maxKeys: 6 }),
      fc.array(fc.tuple(name, tie('tree')), { maxLength: 4 }).map((entries) => new Map(entries)),
      tie('tree').map((inner) => new Proxy({ inner }, {})),
      tie('tree').map((inner) => Object.defineProperty({}, 'visits', { get: () => inner, enumerable: true })),
      tie('tree').map((inner) => Object.assign(new Error('m'), { inner })),
    ),
  }))

  test('it never throws, and the value stays as it was', () => {
    fc.assert(
      fc.property(fc.oneof(anything, tree), (value) => {
        const before = fc.stringify(value)
        const written = scrub(value)
        expect(fc.stringify(value)).toBe(before)
        expect(JSON.parse(JSON.stringify(written) ?? 'null')).toEqual(written ?? null)
      }),
      { numRuns: 500 },
    )
  })

  test('names that are paths write nothing into what stands beside them', () => {
    const bytes = Int16Array.from([0])
    const user = { id: 'u1', '0': { '0': bytes } }
    const value = { user, 'user.role': 'nurse', 'user.0.0.0': 7, list: { '0': 'a', '1': 'b' }, 'a.b': 1 }
    const before = fc.stringify(value)
    scrub(value)
    expect(fc.stringify(value)).toBe(before)
    expect([user[0][0] === bytes, Object.keys(user)]).toEqual([true, ['0', 'id']])
  })

  test('scrubbing the result again changes nothing', () => {
    fc.assert(
      fc.property(fc.oneof(anything, tree), (value) => {
        const once = scrub(value)
        expect(scrub(once)).toEqual(once)
      }),
      { numRuns: 500 },
    )
  })

  const secretName = fc.constantFrom(
    'password',
    'user_password',
    'x-api-key',
    'accessToken',
    'clientSecret',
    'contraseña',
    'пароль',
    'PGPASSWORD',
    'Authorization',
    'ssn',
    'creditCard',
    'diagnosis',
  )
  const wraps = fc.array(
    fc.constantFrom<(inner: unknown) => unknown>(
      (inner) => ({ a: inner }),
      (inner) => [1, inner],
      (inner) => new Map([['k', inner]]),
      (inner) => new Set([inner]),
      (inner) => Object.assign(Object.create(null), { inner }),
      (inner) => new (class Box { held = inner })(), // biome-ignore format: one line
      (inner) => [['a', inner]],
      (inner) => ({ headers: inner }),
      (inner) => ({ body: inner }),
    ),
    { maxLength: 14 },
  )
  const holders = fc.constantFrom<(name: string, value: string) => unknown>(
    (key, value) => ({ [key]: value }),
    (key, value) => ({ [key]: { deep: [value] } }),
    (key, value) => ({ [key]: Buffer.from(value) }),
    (key, value) => ({ [key]: [...Buffer.from(value)] }),
    (key, value) => ({ name: key, value }),
    (key, value) => ({ field: key, before: value, after: [value] }),
    (key, value) => ({ path: ['a', key], input: value }),
    (key, value) => [key, value],
    (key, value) => new Map([[key, value]]),
    (key, value) => [`--${key}`, value],
    (key, value) => ({ text: JSON.stringify({ [key]: value }) }),
    (key, value) => ({ [key]: new String(value) }),
  )

  test('what stands under a secret name is nowhere in the result', () => {
    fc.assert(
      fc.property(secretName, fc.stringMatching(/^[A-Za-z0-9]{6,20}$/), wraps, holders, (key, text, wrapping, hold) => {
        const value = `7qZ${text}`
        const wrapped = wrapping.reduce((inner, wrap) => wrap(inner), hold(key, value))
        const written = JSON.stringify(scrub(wrapped)) ?? ''
        for (const spelling of [
          value,
          Buffer.from(value).toString('base64').replace(/=+$/, ''),
          Buffer.from(value).toString('hex'),
          [...Buffer.from(value)].join(','),
        ])
          expect(written).not.toContain(spelling)
      }),
      { numRuns: 500 },
    )
  })
})
