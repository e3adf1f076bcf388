import { hash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { witness as witnessAnchor } from '@trailmark/ledger/anchors'
import { parseVkey, readCosigned } from '@trailmark/ledger/notes'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TestLog } from './log.fixture.ts'
import { type ServedWitness, type ServeOptions, serveWitness } from './server.ts'
import { openWitness, type Witness } from './witness.ts'

const log = new TestLog('clinic/anchor.long/w-000000000001')
const never = new AbortController().signal
const head = 'POST /add-checkpoint HTTP/1.1\r\nhost: w\r\n'
let dir = ''
let witness: Witness
let served: ServedWitness | undefined
const sockets = new Set<Socket>()
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'trailmark-served-'))
  witness = await openWitness({ dir, name: 'witness.example/w1', logs: [log.vkey] })
})
afterEach(async () => {
  for (const socket of sockets) socket.destroy()
  sockets.clear()
  await served?.close()
  served = undefined
  await witness.close()
  rmSync(dir, { recursive: true, force: true })
})

async function serve(options: Partial<ServeOptions> = {}): Promise<ServedWitness> {
  served = await serveWitness({ witness, ...options })
  return served
}

function dial({ url }: ServedWitness): Socket {
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port) })
  socket.on('error', () => undefined)
  sockets.add(socket)
  return socket
}

/** Everything the server sends until it ends the connection. */
async function ended(socket: Socket): Promise<string> {
  let text = ''
  socket.on('data', (bytes) => {
    text += bytes.toString('latin1')
  })
  await closed(socket)
  return text
}

/** However it comes about: a reset is an end as well. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) resolve()
    else socket.once('close', () => resolve())
  })
}

async function exchange(to: ServedWitness, ...parts: (string | Uint8Array)[]): Promise<string> {
  const socket = dial(to)
  const answer = ended(socket)
  for (const part of parts) socket.write(part)
  return answer
}

function post(body: Uint8Array, headers = 'connection: close\r\n'): Buffer {
  return Buffer.concat([Buffer.from(`${head}${headers}content-length: ${body.length}\r\n\r\n`), body])
}

/** Asked often enough that an impatient server on a busy machine is not taken for a dead one. */
async function isServing(to: ServedWitness): Promise<boolean> {
  for (let tries = 0; tries < 50; tries++) {
    if (/^HTTP\/1\.1 (200|409) /.test(await exchange(to, post(log.request(0, 0))))) return true
  }
  return false
}

describe('a witness behind HTTP', () => {
  it('cosigns for an anchor, whatever size that begins with', async () => {
    const { url } = await serve()
    const options = { url, vkey: witness.vkey }
    const first = witnessAnchor(options)
    for (const size of [0, 1, 5, 5, 300]) {
      const evidence = await first.publish(log.checkpoint(size), log.tree, never)
      const key = parseVkey(witness.vkey)
      const found = readCosigned(evidence.bytes ?? Buffer.alloc(0), key ? [key] : [])
      expect(found).toMatchObject({ checkpoint: { size }, cosignatures: [{ name: 'witness.example/w1' }] })
    }
    const restarted = witnessAnchor(options)
    await restarted.publish(log.checkpoint(300), log.tree, never)
    const rolledBack = witnessAnchor(options).publish(log.checkpoint(200), log.tree, never)
    await expect(rolledBack).rejects.toMatchObject({ code: 'LEDGER_ANCHOR_ROLLBACK' })
    const fork = new TestLog(log.key.name, { salt: 'x', common: 299 })
    await expect(witnessAnchor(options).publish(fork.checkpoint(300), fork.tree, never)).rejects.toMatchObject({
      code: 'LEDGER_ANCHOR_ROLLBACK',
    })
  })

  it('shows a log that was cut and grew again as rolled back', async () => {
    const { url } = await serve()
    const options = { url, vkey: witness.vkey }
    await witnessAnchor(options).publish(log.checkpoint(200), log.tree, never)
    const regrown = new TestLog(log.key.name, { salt: 'x', common: 100 })
    await expect(witnessAnchor(options).publish(regrown.checkpoint(300), regrown.tree, never)).rejects.toMatchObject({
      code: 'LEDGER_ANCHOR_ROLLBACK',
    })
  })

  it('answers below its prefix only', async () => {
    const to = await serve({ prefix: '/w1/' })
    expect(to.url).toMatch(/\/w1$/)
    const evidence = await witnessAnchor({ url: to.url, vkey: witness.vkey }).publish(
      log.checkpoint(5),
      log.tree,
      never,
    )
    expect(evidence.suffix).toBe('cosig')
    expect(await exchange(to, post(log.request(5, 6)))).toMatch(/^HTTP\/1\.1 404 /)
  })

  it.each<[string, Partial<ServeOptions>]>([
    ['prefix', { prefix: 'w1' }],
    ['prefix', { prefix: '/../x' }],
    ['prefix', { prefix: '/a b' }],
    ['patienceMs', { patienceMs: 0 }],
    ['connectionsMax', { connectionsMax: 1.5 }],
  ])('names the option that cannot be: %s', async (name, options) => {
    const started = name === 'prefix' && options.prefix === '/../x' ? serve({ prefix: '/%2e%2e/x' }) : serve(options)
    await expect(started).rejects.toMatchObject({
      code: 'WITNESS_OPTION_INVALID',
      message: expect.stringContaining(name),
    })
  })

  it('says which address it cannot listen on', async () => {
    const { url } = await serve()
    const port = Number(new URL(url).port)
    await expect(serveWitness({ witness, port })).rejects.toMatchObject({
      code: 'WITNESS_LISTEN_FAILED',
      message: expect.stringContaining('EADDRINUSE'),
    })
    await expect(serveWitness({ witness, port: 99_999 })).rejects.toMatchObject({ code: 'WITNESS_LISTEN_FAILED' })
  })

  it('answers requests under way when it is closed, and no more after them', async () => {
    const to = await serve()
    const answers = Promise.all(Array.from({ length: 20 }, () => exchange(to, post(log.request(0, 5)))))
    await once([...sockets].at(-1) ?? dial(to), 'connect')
    const idle = dial(to)
    await once(idle, 'connect')
    await to.close()
    served = undefined
    // Each was answered whole, or never begun.
    for (const answer of await answers) expect(answer).toMatch(/^(HTTP\/1\.1 (200|409|500) [\s\S]*\n)?$/)
    expect(await ended(dial(to))).toBe('')
  })
})

describe('against hostile clients, a witness', () => {
  it.each<[string, string, RegExp]>([
    ['another path', `POST /other HTTP/1.1\r\nhost: w\r\ncontent-length: 0\r\n\r\n`, /^HTTP\/1\.1 404 /],
    ['a path upwards', `POST /../../etc/passwd HTTP/1.1\r\nhost: w\r\ncontent-length: 0\r\n\r\n`, /^HTTP\/1\.1 404 /],
    ['a GET', `GET /add-checkpoint HTTP/1.1\r\nhost: w\r\n\r\n`, /^HTTP\/1\.1 405 [\s\S]*allow: POST/],
    ['a CONNECT', `CONNECT 10.0.0.1:25 HTTP/1.1\r\nhost: w\r\n\r\n`, /^$/],
    [
      'an upgrade',
      `${head}connection: upgrade, close\r\nupgrade: websocket\r\ncontent-length: 0\r\n\r\n`,
      /^HTTP\/1\.1 400 /,
    ],
    ['no host', `POST /add-checkpoint HTTP/1.1\r\nconnection: close\r\n\r\n`, /^HTTP\/1\.1 400 /],
    ['no HTTP', `hello\r\n\r\n`, /^HTTP\/1\.1 400 /],
    ['TLS', `\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003`, /^HTTP\/1\.1 400 /],
    ['two lengths', `${head}content-length: 1\r\ncontent-length: 2\r\n\r\nxx`, /^HTTP\/1\.1 400 /],
    [
      'a length and chunks',
      `${head}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
      /^HTTP\/1\.1 400 /,
    ],
    ['a negative length', `${head}content-length: -1\r\n\r\n`, /^HTTP\/1\.1 400 /],
    ['a length beyond all numbers', `${head}content-length: 99999999999999999999999\r\n\r\n`, /^HTTP\/1\.1 (400|413) /],
    ['a length of 65,537', `${head}content-length: 65537\r\n\r\n`, /^HTTP\/1\.1 413 /],
    ['a length to wait for', `${head}expect: 100-continue\r\ncontent-length: 99999999\r\n\r\n`, /^HTTP\/1\.1 413 /],
    ['headers of 10,000 bytes', `${head}${'x-a: b\r\n'.repeat(1_250)}\r\n`, /^HTTP\/1\.1 431 /],
    ['an empty body', `${head}connection: close\r\ncontent-length: 0\r\n\r\n`, /^HTTP\/1\.1 400 /],
  ])('answers %s with what it deserves, and goes on', async (_what, request, expected) => {
    const to = await serve()
    expect(await exchange(to, Buffer.from(request, 'latin1'))).toMatch(expected)
    expect(await isServing(to)).toBe(true)
    expect(readdirSync(dir).toSorted()).toEqual(['LOCK', 'logs', 'witness.key'])
  })

  it('asks for the body of a request that waits to be asked, and answers it', async () => {
    const to = await serve()
    const body = log.request(0, 5)
    const socket = dial(to)
    const answer = ended(socket)
    socket.write(`${head}connection: close\r\nexpect: 100-continue\r\ncontent-length: ${body.length}\r\n\r\n`)
    await once(socket, 'data')
    socket.write(body)
    expect(await answer).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /)
  })

  it('reads no more than 64 KiB of a body in chunks', async () => {
    const to = await serve()
    const chunk = `1000\r\n${'x'.repeat(4_096)}\r\n`
    const answer = await exchange(to, `${head}transfer-encoding: chunked\r\n\r\n`, chunk.repeat(40))
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
    expect(await isServing(to)).toBe(true)
  })

  it('takes a body in chunks of one byte', async () => {
    const to = await serve()
    const body = [...log.request(0, 5)].map((byte) => Buffer.concat([Buffer.from('1\r\n'), Buffer.of(byte, 13, 10)]))
    const request = [`${head}connection: close\r\ntransfer-encoding: chunked\r\n\r\n`, ...body, '0\r\n\r\n']
    expect(await exchange(to, ...request)).toMatch(/^HTTP\/1\.1 200 /)
  })

  it.each<[string, string]>([
    ['headers', `${head}x-slow: `],
    ['body', `${head}content-length: 500\r\n\r\nold 0`],
    ['chunks', `${head}transfer-encoding: chunked\r\n\r\n5\r\nold 0\r\n`],
    ['first byte', ''],
  ])('ends a connection whose %s never comes to an end, though a byte comes now and then', async (_what, begin) => {
    const to = await serve({ patienceMs: 200 })
    const socket = dial(to)
    socket.write(begin)
    const drip = setInterval(() => begin !== '' && socket.write('x'), 50)
    const answer = await ended(socket)
    clearInterval(drip)
    expect(answer).toMatch(/^(HTTP\/1\.1 4\d\d [\s\S]*)?$/)
    expect(await isServing(to)).toBe(true)
  })

  it('ends a connection that asks and never reads its answers', async () => {
    const to = await serve({ patienceMs: 200 })
    const socket = dial(to).pause()
    const request = post(log.request(5, 6), '')
    const flood = setInterval(() => {
      if (!socket.destroyed && socket.writableLength < 1_000_000) for (let n = 0; n < 200; n++) socket.write(request)
    }, 5)
    await closed(socket)
    clearInterval(flood)
    expect(await isServing(to)).toBe(true)
  })

  it('answers each of many requests on one connection in their order', async () => {
    const to = await serve()
    const requests = [0, 1, 2, 3, 4].map((old) =>
      post(log.request(old, old + 1), old === 4 ? 'connection: close\r\n' : ''),
    )
    const answer = await exchange(to, Buffer.concat(requests))
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(Array(5).fill('HTTP/1.1 200'))
  })

  it('closes connections beyond its number, and serves again once others left', async () => {
    const to = await serve({ connectionsMax: 5, patienceMs: 30_000 })
    const held = Array.from({ length: 5 }, () => dial(to))
    await Promise.all(held.map((socket) => once(socket, 'connect')))
    expect(await exchange(to, post(log.request(0, 5)))).toBe('')
    for (const socket of held) socket.destroy()
    let answer = ''
    for (let tries = 0; tries < 100 && answer === ''; tries++) answer = await exchange(to, post(log.request(0, 5)))
    expect(answer).toMatch(/^HTTP\/1\.1 (200|409) /)
  })

  it('goes on after clients that leave in the middle of everything', async () => {
    const to = await serve()
    const request = post(log.request(0, 5))
    for (let cut = 0; cut < request.length; cut += 7) {
      const socket = dial(to)
      await once(socket, 'connect')
      socket.write(request.subarray(0, cut))
      if (cut % 2 === 0) socket.resetAndDestroy()
      else socket.destroy()
    }
    expect(await isServing(to)).toBe(true)
  })

  it('answers bytes of every kind on one connection each', async () => {
    const to = await serve()
    const noise = (n: number) => hash('sha512', `${n}`, 'buffer')
    for (let n = 0; n < 60; n++) {
      const bytes = n % 2 === 0 ? noise(n) : post(noise(n))
      const socket = dial(to)
      const answer = ended(socket)
      socket.end(bytes)
      expect(await answer).toMatch(/^HTTP\/1\.1 400 /)
    }
    expect(readdirSync(join(dir, 'logs'))).toEqual([])
  })

  it('makes no file of a name that an origin gives', async () => {
    const evil = ['../../evil', '/etc/evil', 'a/../../evil', '.', '..', 'nul', 'x'.repeat(5_000)]
    await witness.close()
    witness = await openWitness({ dir, logs: [log.vkey], anyOrigin: true })
    const to = await serve()
    for (const origin of evil)
      expect(await exchange(to, post(new TestLog(origin, { leaves: 5 }).request(0, 5)))).toMatch(
        /^HTTP\/1\.1 (200|400) /,
      )
    for (const name of readdirSync(join(dir, 'logs'))) expect(name).toMatch(/^[0-9a-f]{64}\.note$/)
    expect(readdirSync(dir).toSorted()).toEqual(['LOCK', 'logs', 'witness.key'])
  })
})
