import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { LedgerError } from '../errors.ts'
import { temporaryDirectory } from '../ledger.fixture.ts'
import { growingLog } from './growing-log.fixture.ts'
import { missing } from './missing-program.fixture.ts'
import { serve } from './openssl-authority.fixture.ts'
import { type WebhookAnchorOptions, webhookAnchor } from './webhook-anchor.ts'
import { checkWebhook, signWebhook } from './webhook-signature.ts'

const { signal } = new AbortController()
const log = growingLog()
const secret = 'a secret of thirty-two characters'

function outcome(url: string, rest: Partial<WebhookAnchorOptions> = {}): Promise<string> {
  const anchor = webhookAnchor({ url, secret, ...rest })
  return anchor.publish(log.at(7), log.tree, signal).then(
    ({ detail = '' }) => detail,
    (error: unknown) => (error instanceof LedgerError ? error.code : String(error)),
  )
}

interface Received {
  readonly signature: string | undefined
  readonly type: string | undefined
  readonly body: Buffer
}

/** A receiver that answers with one status after the other, then always with the last. */
async function receiver(...statuses: number[]) {
  const received: Received[] = []
  const url = await serve(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const signature = request.headers['trailmark-signature']
    received.push({
      signature: signature?.toString(),
      type: request.headers['content-type'],
      body: Buffer.concat(chunks),
    })
    response.writeHead(statuses[Math.min(received.length, statuses.length) - 1] ?? 204).end()
  })
  return { url, received }
}

describe('a webhook anchor', () => {
  it('posts the exact note, signed so that the receiver can tell', async () => {
    const { url, received } = await receiver(204)
    expect(await outcome(url)).toMatch(/^127\.0\.0\.1:\d+ answers with status 204$/)
    const [{ signature, type, body } = { signature: '', type: '', body: Buffer.of() }] = received
    const { note, origin, size, root } = log.at(7)
    expect(JSON.parse(body.toString())).toEqual({ checkpoint: note, origin, size, root })
    expect(type).toBe('application/json')
    expect(checkWebhook({ secret, signature, body })).toBe(true)
    expect(checkWebhook({ secret: 'another secret of many characters', signature, body })).toBe(false)
  })

  it('tries again what may pass, no more often than told, and nothing else', async () => {
    const after = async (statuses: number[], rest: Partial<WebhookAnchorOptions> = {}) => {
      const { url, received } = await receiver(...statuses)
      const end = (await outcome(url, rest)).replace(/^.* answers with status /, '')
      return `${end} after ${received.length}`
    }
    expect(await after([503, 429, 200])).toBe('200 after 3')
    expect(await after([500])).toBe('LEDGER_ANCHOR_UNREACHABLE after 3')
    expect(await after([408, 200], { attempts: 1 })).toBe('LEDGER_ANCHOR_UNREACHABLE after 1')
    expect(await after([409, 200])).toBe('LEDGER_ANCHOR_ROLLBACK after 1')
    expect(await after([401, 200])).toBe('LEDGER_ANCHOR_REFUSED after 1')
    expect(await after([404, 200])).toBe('LEDGER_ANCHOR_REFUSED after 1')
  })

  it('follows no redirect', async () => {
    const target = await receiver(200)
    for (const status of [301, 302, 307, 308]) {
      const url = await serve((_, response) => {
        response.writeHead(status, { location: target.url }).end()
      })
      expect(await outcome(url)).toBe('LEDGER_ANCHOR_REFUSED')
    }
    expect(target.received).toEqual([])
  })

  it('is unreachable when nobody answers, in time or at all, and does not read without end', async () => {
    expect(await outcome('http://127.0.0.1:1/')).toBe('LEDGER_ANCHOR_UNREACHABLE')
    expect(await outcome(await serve(() => {}), { timeoutMs: 50 })).toBe('LEDGER_ANCHOR_UNREACHABLE')
    const url = await serve((request, response) => {
      const more = (): void => {
        // Some versions of Node take whatever is written to an answer whose socket is gone.
        while (!request.socket.destroyed && response.write(Buffer.alloc(16_384)));
      }
      response.on('drain', more)
      more()
    })
    expect(await outcome(url, { attempts: 1 })).toBe('LEDGER_ANCHOR_UNREACHABLE')
  })

  it.skipIf(missing('openssl'))('speaks https only to whom the certificates vouch for', async () => {
    const dir = temporaryDirectory()
    const made = [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-keyout',
      'key.pem',
    ]
    const names = ['-out', 'cert.pem', '-days', '2', '-subj', '/CN=receiver', '-addext', 'subjectAltName=IP:127.0.0.1']
    execFileSync('openssl', [...made, ...names], { cwd: dir, stdio: 'pipe' })
    const [key, cert] = ['key.pem', 'cert.pem'].map((name) => readFileSync(join(dir, name), 'utf8'))
    const server = createServer({ key, cert }, (_, response) => {
      response.writeHead(204).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => {
      server.closeAllConnections()
      server.close()
    })
    const address = server.address()
    const url = `https://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
    expect(await outcome(url, { attempts: 1 })).toBe('LEDGER_ANCHOR_UNREACHABLE')
    expect(await outcome(url, { attempts: 1, ca: cert ?? '' })).toContain('status 204')
  })

  it('shows neither its secret nor what stands behind the host in any message', async () => {
    const { url } = await receiver(404)
    const anchor = webhookAnchor({ url: `${url}/token-4711?key=4712`, secret })
    const error: unknown = await anchor.publish(log.at(7), log.tree, signal).catch((one: unknown) => one)
    expect(String(error)).toContain('127.0.0.1')
    expect(String(error)).not.toMatch(/4711|4712|secret/)
  })

  it('refuses options that cannot be, by name', () => {
    const invalid = (option: string) =>
      expect.objectContaining({ code: 'LEDGER_OPTION_INVALID', message: expect.stringContaining(`${option}:`) })
    const make = (rest: Partial<WebhookAnchorOptions>) => () =>
      webhookAnchor({ url: 'https://x.example', secret, ...rest })
    for (const url of ['http://x.example', 'http://127.0.0.1.x.example', 'file:///x', '', 'https://a:b@x.example']) {
      expect(make({ url }), url).toThrow(invalid('url'))
    }
    expect(make({ secret: 'short' })).toThrow(invalid('secret'))
    expect(make({ attempts: 0 })).toThrow(invalid('attempts'))
    expect(make({ ca: 'x' })).toThrow(invalid('ca'))
  })
})

describe('the signature of a webhook', () => {
  const body = Buffer.from('{"size":7}')
  const timeMs = 1_768_471_200_000

  it('is the HMAC that openssl, or anybody, computes over time, dot and body', () => {
    expect(signWebhook(secret, body, timeMs)).toBe(
      't=1768471200,v1=eda980bebc9eab90a390a094f74c5b8d05511ecb37fbaba002b1fc5cc6fa9564',
    )
  })

  it('holds for five minutes in both directions', () => {
    const signature = signWebhook(secret, body, timeMs)
    const at = (nowMs: number) => checkWebhook({ secret, signature, body, nowMs })
    expect([timeMs - 300_001, timeMs - 300_000, timeMs + 300_000, timeMs + 300_001].map(at)).toEqual([
      false,
      true,
      true,
      false,
    ])
  })

  it('holds for no other body, time or signature', () => {
    const signature = signWebhook(secret, body, timeMs)
    const check = (rest: object) => checkWebhook({ secret, signature, body, nowMs: timeMs, ...rest })
    expect(check({})).toBe(true)
    fc.assert(
      fc.property(fc.nat(body.length - 1), fc.integer({ min: 1, max: 255 }), (at, bits) => {
        const altered = Buffer.from(body)
        altered[at] = (altered[at] ?? 0) ^ bits
        expect(check({ body: altered })).toBe(false)
      }),
    )
    expect(check({ signature: signature.replace('t=1768471200', 't=1768471201') })).toBe(false)
    expect(check({ signature: undefined })).toBe(false)
    fc.assert(fc.property(fc.string(), (text) => check({ signature: text }) === false))
    fc.assert(fc.property(fc.nat(signature.length - 1), (at) => check({ signature: signature.slice(0, at) }) === false))
  })
})
