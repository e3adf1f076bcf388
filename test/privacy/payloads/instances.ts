/** Values with behaviour: getters, toJSON, proxies, symbols, collections, boxed values, cycles. No code of theirs may run. */
import { EventEmitter } from 'node:events'
import { Readable } from 'node:stream'
import { inspect } from 'node:util'
import { payloads } from '../payload.ts'
import { planted as p } from '../planted.ts'

class Account {
  readonly id = 'acc_77'
  readonly password = p.password.value
  readonly #token = p.access.value
  get apiToken(): string {
    return this.#token
  }
  toJSON(): object {
    return { id: this.id, apiToken: this.#token }
  }
  toString(): string {
    return this.#token
  }
  [inspect.custom](): string {
    return this.#token
  }
}

class Wrapped {
  readonly value: string
  constructor(value: string) {
    this.value = value
  }
  valueOf(): string {
    return this.value
  }
}

function cyclic(): object {
  const node: Record<string, unknown> = { name: 'root', password: p.password.value, depth: 1 }
  node['self'] = node
  node['children'] = [node, { parent: node, token: p.access.value }]
  return node
}

function getter(): object {
  return Object.defineProperty({ count: 5 }, 'detail', { enumerable: true, get: () => p.stripe.value })
}

function emitter(): EventEmitter {
  return Object.assign(new EventEmitter(), { password: p.password.value, options: { apiKey: p.hexKey.value } })
}

const symbol = Symbol('session')

export const instances = payloads('structures', [
  ['class with secrets', () => ({ account: new Account() }), [p.password, p.access]],
  ['instance itself', () => new Account(), [p.password, p.access]],
  ['list of instances', () => [new Account(), new Account()], [p.password, p.access]],
  ['getter', getter, [p.stripe], [5]],
  [
    'toJSON that answers with more',
    () => ({ cart: { items: 3, toJSON: () => ({ card: p.card.value }) } }),
    [p.card],
    [3],
  ],
  ['valueOf', () => ({ secret: new Wrapped(p.hexKey.value) }), [p.hexKey]],
  ['boxed string', () => ({ password: Object(p.password.value), n: Object(4) }), [p.password]],
  ['boxed string under a neutral name', () => ({ field: Object(p.stripe.value) }), [p.stripe]],
  ['proxy', () => ({ box: new Proxy({ password: p.password.value }, {}), n: 3 }), [p.password], [3]],
  [
    'revoked proxy',
    () => {
      const { proxy, revoke } = Proxy.revocable({ token: p.access.value }, {})
      revoke()
      return { proxy, n: 4 }
    },
    [],
    [4],
  ],
  [
    'symbol keys',
    () => ({ [symbol]: p.access.value, [Symbol.for('token')]: p.csrf.value, count: 6 }),
    [p.access, p.csrf],
    [6],
  ],
  ['symbol with a secret as description', () => ({ s: Symbol(p.stripe.value), t: symbol }), [p.stripe]],
  [
    'hidden member',
    () => Object.defineProperty({ shown: 1 }, 'password', { value: p.password.value, enumerable: false }),
    [p.password],
    [1],
  ],
  ['inherited member', () => Object.create({ password: p.password.value }), [p.password]],
  [
    'prototype names as keys',
    () =>
      JSON.parse(
        `{"__proto__":{"password":"${p.shortPassword.value}"},"constructor":{"token":"${p.csrf.value}"},"n":2}`,
      ),
    [p.shortPassword, p.csrf],
    [2],
  ],
  [
    'Map with secret names',
    () =>
      new Map<unknown, unknown>([
        ['password', p.password.value],
        ['count', 41],
      ]),
    [p.password],
    [41],
  ],
  ['Map of Maps', () => ({ sessions: new Map([['a', new Map([['token', p.access.value]])]]) }), [p.access]],
  ['Map with objects as keys', () => new Map([[{ email: p.email.value }, 1]]), [p.email]],
  ['Set of tokens', () => ({ tokens: new Set([p.access.value, p.csrf.value]) }), [p.access, p.csrf]],
  ['WeakMap and WeakRef', () => ({ ref: new WeakRef({ password: p.password.value }), n: 9 }), [], [9]],
  ['Buffer under a neutral name', () => ({ bytes: Buffer.from(p.stripe.value), n: 9 }), [p.stripe], [9]],
  ['Buffer itself', () => Buffer.from(`password=${p.password.value}`), [p.password]],
  [
    'typed arrays',
    () => ({
      u8: Uint8Array.from(Buffer.from(p.password.value)),
      u16: Uint16Array.from(Buffer.from(p.password.value)),
    }),
    [p.password],
  ],
  ['list of character codes', () => ({ chars: [...p.stripe.value].map((char) => char.charCodeAt(0)) }), [p.stripe]],
  ['list of characters', () => ({ chars: [...p.stripe.value] }), [p.stripe]],
  ['BigInt under a secret name', () => ({ pin: BigInt(p.pin.value), total: 12n }), [p.pin]],
  ['BigInt card', () => ({ reference: BigInt(p.card.value) }), [p.card]],
  [
    'Date under a personal name',
    () => ({ birthDate: new Date('1973-08-29T00:00:00.000Z'), createdAt: new Date('2026-01-15T12:00:00.000Z') }),
    [p.birthday],
    ['2026-01-15T12:00:00.000Z'],
  ],
  [
    'function with a secret in its source',
    () => ({ handler: new Function(`return "${p.stripe.value}"`), n: 1 }),
    [p.stripe],
    [1],
  ],
  [
    'bound function and its name',
    () => ({ f: Object.defineProperty(() => 1, 'name', { value: p.stripe.value }) }),
    [p.stripe],
  ],
  ['cycle', cyclic, [p.password, p.access], [1]],
  [
    'shared reference',
    () => {
      const shared = { token: p.access.value, n: 8 }
      return { a: shared, b: [shared, shared] }
    },
    [p.access],
    [8],
  ],
  ['event emitter', emitter, [p.password, p.hexKey]],
  ['stream', () => ({ stream: Readable.from([p.password.value]), n: 2 }), [], [2]],
  ['promise', () => ({ pending: Promise.resolve(p.password.value), n: 2 }), [p.password], [2]],
  ['regular expression', () => ({ pattern: new RegExp(`^${p.email.value.replaceAll('.', '\\.')}$`) }), [p.email]],
  ['error with toJSON', () => Object.assign(new Error('x'), { toJSON: () => ({ token: p.access.value }) }), [p.access]],
  ['sparse and extended list', () => Object.assign(new Array(3), { password: p.password.value }), [p.password]],
  [
    'arguments by position',
    () => ({ 0: 'login', 1: p.email.value, 2: { password: p.password.value } }),
    [p.email, p.password],
  ],
  ['generator and iterator', () => ({ values: new Set([p.stripe.value]).values(), n: 5 }), [p.stripe], [5]],
  [
    'deep nesting',
    () => {
      let value: unknown = { password: p.password.value }
      for (let at = 0; at < 40; at++) value = { a: value }
      return value
    },
    [p.password],
  ],
  ['long list', () => ({ rows: Array.from({ length: 500 }, (_, at) => ({ at, email: p.email.value })) }), [p.email]],
  [
    'long text, secret at the cut',
    () => ({ text: `${'word '.repeat(1636)}${p.stripe.value}${' word'.repeat(100)}` }),
    [p.stripe],
  ],
  [
    'key that is the secret',
    () => ({ [p.stripe.value]: true, [`token:${p.github.value}`]: 1, n: 8 }),
    [p.stripe, p.github],
    [8],
  ],
  [
    'key that is a URL',
    () => ({ cache: { [`https://a.example/u?token=${p.resetToken.value}`]: 'HIT' } }),
    [p.resetToken],
  ],
])
