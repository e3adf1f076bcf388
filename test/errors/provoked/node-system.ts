import { createDecipheriv, createPrivateKey, createSecretKey, timingSafeEqual } from 'node:crypto'
import { lookup, Resolver } from 'node:dns/promises'
import { once } from 'node:events'
import { mkdirSync, readFile, readFileSync } from 'node:fs'
import { readFile as read, rename } from 'node:fs/promises'
import { connect } from 'node:net'
import { createSecureContext } from 'node:tls'
import { promisify } from 'node:util'
import { inflateSync } from 'node:zlib'
import { closedPort } from './loopback.ts'
import { body, bodyPlanted, file, person, secret } from './plants.ts'
import { type Provoked, provoked } from './provoked.ts'

const filePlanted = [file, 'quirina-zandvoort', 'qz-archive']

export const nodeSystem: readonly Provoked[] = [
  provoked('node', 'fs: a file that is not there', {
    planted: filePlanted,
    expect: { type: 'Error', code: 'ENOENT', template: /no such file or directory/ },
    work: () => readFileSync(file),
  }),
  provoked('node', 'fs: a file that is not there, by callback', {
    planted: filePlanted,
    expect: { type: 'Error', code: 'ENOENT', template: /no such file or directory/, frames: false },
    work: () => promisify(readFile)(file),
  }),
  provoked('node', 'fs: a file that is not there, by promise', {
    planted: filePlanted,
    expect: { type: 'Error', code: 'ENOENT', template: /no such file or directory/ },
    work: () => read(file),
  }),
  provoked('node', 'fs: rename from one planted name to another', {
    planted: [...filePlanted, person.user],
    expect: { type: 'Error', code: 'ENOENT', template: /no such file or directory/ },
    work: () => rename(file, `/srv/${person.user}/x`),
  }),
  provoked('node', 'fs: a directory in a directory that is not there', {
    planted: filePlanted,
    expect: { type: 'Error', code: 'ENOENT', template: /no such file or directory/ },
    work: () => mkdirSync(file),
  }),
  provoked('node', 'fs: a path with a null byte', {
    planted: filePlanted,
    expect: { type: 'TypeError', code: 'ERR_INVALID_ARG_VALUE', template: /argument .* must|Received|null bytes/ },
    work: () => readFileSync(`${file}\0`),
  }),
  provoked('node', 'an argument of the wrong type', {
    planted: bodyPlanted,
    expect: { type: 'TypeError', code: 'ERR_INVALID_ARG_TYPE', template: /must be/ },
    work: () => Reflect.apply(Buffer.byteLength, Buffer, [body]),
  }),
  provoked('node', 'an argument out of range', {
    planted: ['4556737586899855', '4_556_737_586_899_855'],
    expect: { type: 'RangeError', code: 'ERR_OUT_OF_RANGE', template: /out of range/ },
    work: () => Buffer.alloc(4).writeUInt32BE(Number(person.card)),
  }),
  provoked('node', 'dns: a host that is not there', {
    planted: ['quirina-db.invalid', person.user],
    expect: { type: 'Error', code: /^(ENOTFOUND|EAI_AGAIN)$/, template: /getaddrinfo/ },
    work: () => lookup(`${person.user}.quirina-db.invalid`),
  }),
  provoked('node', 'dns: a resolver that refuses', {
    planted: ['quirina-db.invalid'],
    expect: { type: 'Error', code: 'ECONNREFUSED', template: /query/ },
    work: async () => {
      const resolver = new Resolver({ timeout: 200, tries: 1 })
      resolver.setServers([`127.0.0.1:${await closedPort()}`])
      await resolver.resolve4('quirina-db.invalid')
    },
  }),
  provoked('node', 'net: nobody listens', {
    planted: [secret.password],
    expect: { type: 'Error', code: 'ECONNREFUSED', template: /connect/ },
    work: async () => {
      const socket = connect({ port: await closedPort(), host: '127.0.0.1' })
      socket.write(secret.password)
      await once(socket, 'connect')
    },
  }),
  provoked('node', 'net: a socket that is not there', {
    planted: [...filePlanted],
    expect: { type: 'Error', code: 'ENOENT', template: /connect/ },
    work: () => once(connect(file), 'connect'),
  }),
  provoked('node', 'tls: a key that is none', {
    planted: [secret.hmac],
    expect: { type: 'Error', code: /^ERR_OSSL_/, template: /DECODER|PEM|unsupported/i },
    work: () =>
      createSecureContext({ key: `-----BEGIN PRIVATE KEY-----\n${secret.hmac}\n-----END PRIVATE KEY-----\n` }),
  }),
  provoked('node', 'crypto: a private key that is none', {
    planted: [secret.hmac],
    expect: { type: 'Error', code: /^ERR_OSSL_/, template: /DECODER|PEM|unsupported/i },
    work: () => createPrivateKey(secret.hmac),
  }),
  provoked('node', 'crypto: a text that was not encrypted with this key', {
    planted: [secret.hmac, Buffer.from(secret.hmac).toString('hex').slice(0, 32)],
    expect: { type: 'Error', code: /^ERR_OSSL_/, template: /bad decrypt|wrong final block length/ },
    work: () => {
      const key = createSecretKey(Buffer.alloc(32, secret.hmac))
      const decipher = createDecipheriv('aes-256-cbc', key, Buffer.alloc(16, 1))
      decipher.update(Buffer.alloc(32, secret.password))
      decipher.final()
    },
  }),
  provoked('node', 'crypto: digests of different lengths', {
    planted: [secret.password],
    expect: { type: 'RangeError', code: 'ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH', template: /same byte length/ },
    work: () => timingSafeEqual(Buffer.from(secret.password), Buffer.from('x')),
  }),
  provoked('node', 'zlib: bytes that are not compressed', {
    planted: [secret.password],
    expect: { type: 'Error', code: 'Z_DATA_ERROR', template: /incorrect header check/ },
    work: () => inflateSync(Buffer.from(secret.password)),
  }),
]
