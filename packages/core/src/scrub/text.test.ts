import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { classifyName } from './names.ts'
import type { NameClass, Opening } from './scrubber.ts'
import { scrubText } from './text.ts'

/** As the walk over values does it, without its bounds. */
function openingAt(depth: number): Opening {
  return {
    depth,
    classify: classifyName,
    hosts: new Set(['api.example.net']),
    queryNames: new Set(['page']),
    removed: () => undefined,
    value: (parsed, name) => walk(parsed, name, depth),
  }
}

function walk(value: unknown, name: string, depth: number): unknown {
  const as: NameClass = name === '' ? 'free' : classifyName(name)
  if (as === 'secret' || as === 'personal') return `[${as}]`
  if (typeof value === 'string') return scrubText(value, as, openingAt(depth + 1))
  if (depth > 12 || typeof value !== 'object' || value === null) return depth > 12 ? '[deep]' : value
  if (Array.isArray(value)) return value.map((one) => walk(one, name, depth + 1))
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, walk(one, key, depth + 1)]))
}

const opening = openingAt(0)
const shown = (text: string, as: NameClass = 'free') => scrubText(text, as, opening)
const base64 = (text: string) => Buffer.from(text).toString('base64')

describe('hides', () => {
  test.each([
    ['password=hunter2', 'password=[secret]'],
    ['login of bob with password: correct horse battery', 'login of bob with password: [secret]'],
    ['{"password":"hunt', '{"password":"[secret]"}'],
    ['{\\"password\\":\\"hunter2\\"}', '{\\"password\\":\\"[secret]\\"}'],
    ["{ password: 'hunter2', n: 1 }", '{"password":"[secret]","n":1}'],
    ["{ password: 'first ' +\n    'second', n: 1 }", '{"password":"[secret]","n":1}'],
    ["{name:'password', value:'x'}", "{name:'password', value:'[secret]'}"],
    ['name=password&value=hunter2', 'name=password&value=[secret]'],
    ['Authorization: Bearer abcdef123456', 'Authorization: [secret]'],
    ['sent Bearer abcdef123456', 'sent Bearer [secret]'],
    ['--password hunter2 --host x', '--password [secret] --host x'],
    ['token is abc123', 'token is [secret]'],
    ['password hunter2', 'password [secret]'],
    ['das Passwort ist hunter2', 'das Passwort ist [secret]'],
    [
      '\u043f\u0430\u0440\u043e\u043b\u044c: \u0441\u0435\u043a\u0440\u0435\u0442',
      '\u043f\u0430\u0440\u043e\u043b\u044c: [secret]',
    ],
    ['"apiKey" "x y"', '"apiKey" "[secret]"'],
    ['Server=db;Password=a b c;Trusted=true', 'Server=db;Password=[secret];Trusted=true'],
    ['password%3Dhunter2', 'password=[secret]'],
    ['password%253Dhunter2', 'password=[secret]'],
    ['\\u0070assword=hunter2', 'password=[secret]'],
    ['user[password]=hunter2&page=1', 'user[password]=[secret]&page=1'],
    ['password: |\n  abc\n  def\nport: 1', 'password: [secret]\\n[secret]\\nport: 1'],
    ['of alice@example.com', 'of [email]'],
    ['of alice%40example.com', 'of [email]'],
    ['of alice&#64;example.com', 'of [email]'],
    ['Alice Smith <alice@example.com>', '[email]'],
    ['"a b"@example.com', '[email]'],
    ['m\u00fcller@b\u00fccher.example', '[email]'],
    ['alice (at) example (dot) com', '[email]'],
    ['card 4111 1111 1111 1111 declined', 'card [card] declined'],
    ['card 4111-1111-1111-1111', 'card [card]'],
    ['card 3782 822463 10005.', 'card [card].'],
    [
      'card \uff14\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11',
      'card [card]',
    ],
    ['card 4111\u200b1111\u200b1111\u200b1111', 'card [card]'],
    ['iban DE89 3704 0044 0532 0130 00 ok', 'iban [iban] ok'],
    ['ssn 078-05-1120', 'ssn [ssn]'],
    ['ssn 078051120', 'ssn [ssn]'],
    ['(555) 123-4567', '[phone]'],
    ['tel 5551234567', 'tel [phone]'],
    ['cpf 529.982.247-25', 'cpf [id]'],
    ['DNI 12345678Z', 'DNI [id]'],
    ['from 203.0.113.77:80', 'from [ip]:80'],
    ['from 2001:db8::1', 'from [ip]'],
    ['from ::ffff:203.0.113.77', 'from [ip]'],
    ['mac aa:bb:cc:dd:ee:ff', 'mac [mac]'],
    ['at 52.52001, 13.40501', 'at [location]'],
    ['born 1980-01-02', 'born [birthday]'],
    ['postgres://bob:hunter2@db.example.com:5432/app', 'postgres://[host]:5432/app'],
    ['https://u:p/ss@host/api', 'https://[host]/api'],
    ['mongodb://a:b@h1:1,h2:2/db?x=y', 'mongodb://[host]:1,[host]:2/db?x='],
    ['redis://:pass@host:6379', 'redis://[host]:6379'],
    ['jdbc:postgresql://h/db?user=x&password=y', 'jdbc:postgresql://[host]/db?user=&password='],
    ['to https://api.example.net/users/james?page=2&q=bob#top', 'to https://api.example.net/users/:v?page=2&q='],
    ['GET /users?email=x', 'GET /users?email='],
    ['git@github.com:alice/repo.git', '[url]'],
    ['data:text/plain;base64,QUJD', 'data:text/plain,[withheld data 27 B]'],
    ["SELECT * FROM t WHERE email = 'a@b.c' AND n = 5", 'SELECT * FROM t WHERE email = ? AND n = ?'],
    ['insert into t (a) values ("bob", \'x\')', 'insert into t (a) values (?, ?)'],
    ['mutation { login(user: "bob", n: 5) { ok } }', 'mutation { login(user: ?, n: ?) { ok } }'],
    ['<a><password>x</password></a>', '<a><password>[secret]</password></a>'],
    ['<input name="password" value="x"/>', '<input name="password" value="[secret]"/>'],
    ['email,password\na,b\n', '[withheld csv 19 B]'],
    [`Unexpected token 'h', "hunter2" is not valid JSON`, 'Unexpected token [input] is not valid JSON'],
    ['"hunter2" is not valid JSON', '[input] is not valid JSON'],
    ['Key (a)=(bob ) x) already exists.', 'Key (a)=([input]) already exists.'],
    ["Duplicate entry 'bob' for key 'a'", "Duplicate entry [input] for key 'a'"],
    ['<Buffer 68 75 6e 74 65 72 32>', '[withheld bytes 29 B]'],
    [`[${[...Buffer.from('hunter2!')].join(',')}]`, '["[withheld bytes 29 B]"]'],
    [base64('my word is mellon ok'), '[withheld base64 27 B]'],
    [Buffer.from('Alice Smith').toString('hex'), '[withheld hex 22 B]'],
    ['-----BEGIN RSA PRIVATE KEY-----\nMIIabc', '[key]'],
    ['hash $2b$10$abcdefghijklmnopqrstuv', 'hash [hash]'],
  ])('%j', (text, written) => {
    expect(shown(text)).toBe(written)
  })

  test('headers, cookies and raw requests but for their names', () => {
    const raw =
      'POST /login?a=b HTTP/1.1\r\nHost: x.example\r\nCookie: sid=abc\r\nX-Api-Key: k\r\nAccept: */*\r\n\r\n{"password":"x"}'
    expect(shown(raw)).toBe(
      'POST /login?a= HTTP/1.1\\nHost: [host]\\nCookie: sid=[cookie]\\nX-Api-Key: [header]\\nAccept: */*\\n\\n{"password":"[secret]"}',
    )
    expect(shown('sid=abc; Path=/; HttpOnly', 'cookies')).toBe('sid=[cookie]; Path=/; HttpOnly')
  })

  test('what stands under a name for secrets, people and bodies', () => {
    expect([shown('x', 'secret'), shown('x', 'personal'), shown('x y', 'body')]).toEqual([
      '[secret]',
      '[personal]',
      '[withheld text 3 B]',
    ])
    expect(shown('{"a":', 'body')).toBe('{"a":"[withheld rest]"}')
    expect(shown('/users/james?q=x', 'url')).toBe('/users/:v?q=')
  })
})

describe('keeps', () => {
  test.each([
    'user created',
    'GET /users/:id 200 in 12.5 ms',
    'Error: connect ECONNREFUSED 127.0.0.1:5432',
    'at Object.foo (/app/src/x.ts:10:5)',
    'trace 4bf92f3577b34da6a3ce929d0e0e4736 span 00f067aa0ba902b7',
    'order 550e8400-e29b-41d4-a716-446655440000 total 19.99 EUR',
    'v1.2.3-beta.4+build.5',
    'version 1.2.3.4',
    'Chrome/120.0.0.0 Safari/537.36',
    'sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    '2024-06-01T12:00:00.123Z',
    '1717243200000',
    '1717243200000000',
    'ORD-2024-000123',
    'SQLSTATE 23505',
    'token expired',
    'password must be at least 8 characters',
    'Basic usage of tokens',
    "Cannot read properties of undefined (reading 'password')",
    'pkg@1.2.3 and @scope/name',
    'took 12:30:45',
    'std::vector',
    'traceparent 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    'getUserByEmailAddress failed in AuthenticationServiceImplementation',
    'node_modules/.pnpm/express@4.18.2/node_modules/express/lib/router/index.js:284:15',
    'git commit 0123abc',
    'invoice 2024-00017 amount 1,234,567.89',
    'etag W/"33a64df551425fcc55e4d42a148795d9f25f89d4"',
    '01ARZ3NDEKTSV4RRFFQ69G5FAV',
    'cart has 3 items, tokenCount: 5',
    '507f1f77bcf86cd799439011',
    'req-1234567890123',
    'arn:aws:s3:::bucket/key',
    'insert into "users" ("email") values ($1)',
    '[2024-06-01 12:00:00] INFO started in 3 s',
    '{"a":1,"b":"ok"}',
  ])('%j', (text) => {
    expect(shown(text)).toBe(text)
  })

  test('digits where the name says they are an id or a time', () => {
    expect(shown('4111111111111111', 'id')).toBe('4111111111111111')
    expect(shown('4111111111111111')).toBe('[card]')
  })
})

describe('for every text', () => {
  const pieces = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 24 }),
    fc.constantFrom(
      'password',
      'name',
      'email',
      '=',
      ':',
      ': ',
      '"',
      "'",
      '\\',
      '\\"',
      '{',
      '}',
      '[',
      ']',
      ',',
      ' ',
      '\n',
      '\r\n',
      '\\n',
      '%',
      '%40',
      '%25',
      '&',
      '?',
      '://',
      '//',
      '/',
      '@',
      'a@b.co',
      '4111111111111111',
      '555-123-4567',
      'Bearer ',
      'eyJ',
      '<',
      '>',
      '</a>',
      '<a>',
      'token is ',
      '--',
      '=?',
      '-----BEGIN ',
      'SELECT a FROM b ',
      '1.2.3.4',
      '::1',
      'GET / HTTP/1.1\n',
      'cookie: ',
      'key',
      '[secret]',
      '[withheld text 3 B]',
      ';',
      '|',
      '\u202e',
      '\u001b[31m',
      '\u2028',
    ),
  )
  const text = fc.array(pieces, { maxLength: 24 }).map((list) => list.join(''))
  const as = fc.constantFrom<NameClass>(
    'secret',
    'personal',
    'body',
    'url',
    'query',
    'headers',
    'cookies',
    'time',
    'id',
    'free',
  )

  test('scrubbing never throws, gives one line of bounded size, and scrubbing again changes nothing', () => {
    fc.assert(
      fc.property(text, as, (one, name) => {
        const written = shown(one, name)
        expect(written).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\u200b-\u200f]/)
        expect(written.length).toBeLessThanOrEqual(8_192)
        expect(shown(written, name)).toBe(written)
      }),
      { numRuns: 2_000 },
    )
  })

  test('a long one is cut between words', () => {
    const long = 'word '.repeat(4_000)
    expect(shown(long).length).toBeLessThanOrEqual(8_192)
    expect(shown(`${'x '.repeat(4_090)}${'y'.repeat(200)}`)).not.toContain('yyy')
  })
})
