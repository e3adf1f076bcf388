import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTcp } from 'node:net'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { formatCheckpoint } from '../checkpoint.ts'
import { formatNote, isKeyName, parseNote } from '../note.ts'
import { testSigner } from '../signer.fixture.ts'
import { hashToHex, leafOf } from '../tree.ts'
import { formatVkey, signatureTypes, verifierKey } from '../vkey.ts'
import { parseAddCheckpoint } from './add-checkpoint.ts'
import type { AnchorTree, PublishedCheckpoint } from './anchor.ts'
import { cosign, findCosignature } from './cosignature.ts'
import { testCosigner } from './cosigner.fixture.ts'
import { type WitnessOptions, witness } from './witness.ts'

const origin = 'clinic/anchor.long/w-000000000001'
const signer = testSigner()
const cosigner = testCosigner('Witness.example/w1', 3)
const key = verifierKey(cosigner.name, signatureTypes.cosignature, cosigner.publicKey)
const vkey = formatVkey(key)
const never = new AbortController().signal
const tree: AnchorTree = { consistency: async () => [leafOf('proof')] }

async function checkpoint(size: number, leaf = 'x'): Promise<PublishedCheckpoint> {
  const root = leafOf(leaf)
  const text = formatCheckpoint({ origin, size, root })
  const note = formatNote(text, { name: origin, publicKey: signer.publicKey }, await signer.sign(Buffer.from(text)))
  return { origin, size, root: hashToHex(root), note }
}

const servers: { close(): void }[] = []
afterEach(() => {
  for (const one of servers.splice(0)) one.close()
})

async function listening(server: Server | ReturnType<typeof createTcp>): Promise<string> {
  servers.push({
    close() {
      server.close()
      if ('closeAllConnections' in server) server.closeAllConnections()
    },
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return `http://127.0.0.1:${address.port}`
}

type Reply = readonly [status: number, body: string | Buffer, type?: string]

/** A witness that gives these answers, and the old sizes it was asked with. */
async function scripted(...replies: readonly (Reply | ((text: string) => Reply))[]) {
  const asked: number[] = []
  const listener: RequestListener = async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(Buffer.from(chunk))
    const body = parseAddCheckpoint(Buffer.concat(chunks))
    asked.push(body?.old ?? -1)
    const next = replies[Math.min(asked.length, replies.length) - 1]
    const text = (body && parseNote(body.note)?.text) ?? ''
    const [status, answer, type = 'text/plain'] = typeof next === 'function' ? next(text) : (next ?? [500, ''])
    response.writeHead(status, { 'content-type': type, location: 'http://127.0.0.1:9/' }).end(answer)
  }
  return { url: await listening(createServer(listener)), asked }
}

const signs = (text: string): Reply => [200, cosign(text, cosigner, 1_768_471_200)]
const holds = (size: number): Reply => [409, `${size}\n`, 'text/x.tlog.size']

describe('a witness as an anchor', () => {
  it('answers with the checkpoint it was shown and its cosignature', async () => {
    const { url, asked } = await scripted(signs)
    const shown = await checkpoint(3)
    const evidence = await witness({ url, vkey }).publish(shown, tree, never)
    expect(evidence).toMatchObject({ suffix: 'cosig', detail: expect.stringContaining('2026-01-15T10:00:00.000Z') })
    const note = parseNote(evidence.bytes ?? Buffer.alloc(0))
    expect(note && findCosignature(note, key)?.timeS).toBe(1_768_471_200)
    expect(Buffer.from(evidence.bytes ?? []).toString()).toMatch(shown.note)
    expect(asked).toEqual([0])
  })

  it('is asked with the size it names, and with the last one it took', async () => {
    const { url, asked } = await scripted(holds(2), signs, signs)
    const anchor = witness({ url, vkey })
    await anchor.publish(await checkpoint(5), tree, never)
    await anchor.publish(await checkpoint(9), tree, never)
    expect(asked).toEqual([0, 2, 5])
  })

  it('is asked again with the same size, without a proof, where nothing was added', async () => {
    const { url, asked } = await scripted(holds(5), signs, signs)
    const anchor = witness({ url, vkey })
    await anchor.publish(await checkpoint(5), tree, never)
    await anchor.publish(await checkpoint(5), tree, never)
    expect(asked).toEqual([0, 5, 5])
  })

  it.each<[string, readonly Reply[]]>([
    ['a larger tree', [holds(6)]],
    ['another tree of this size', [holds(5), holds(5)]],
    ['a tree that this log does not continue', [holds(3), [422, 'no']]],
    ['a larger tree, after it named a smaller one', [holds(3), holds(7)]],
  ])('that holds %s means a rollback', async (_what, replies) => {
    const { url } = await scripted(...replies)
    const published = witness({ url, vkey }).publish(await checkpoint(5), tree, never)
    await expect(published).rejects.toMatchObject({
      code: 'LEDGER_ANCHOR_ROLLBACK',
      message: expect.stringContaining(origin),
    })
  })

  it('that took more than it is now shown means a rollback, as soon as it says so', async () => {
    const { url, asked } = await scripted(signs, holds(9))
    const anchor = witness({ url, vkey })
    await anchor.publish(await checkpoint(9), tree, never)
    await expect(anchor.publish(await checkpoint(5), tree, never)).rejects.toMatchObject({
      code: 'LEDGER_ANCHOR_ROLLBACK',
    })
    expect(asked).toEqual([0, 0])
  })

  it('that lost its memory is told of once, and then used again', async () => {
    const { url, asked } = await scripted(signs, holds(2), signs)
    const anchor = witness({ url, vkey })
    await anchor.publish(await checkpoint(5), tree, never)
    await expect(anchor.publish(await checkpoint(9), tree, never)).rejects.toMatchObject({
      code: 'LEDGER_ANCHOR_REFUSED',
      message: expect.stringContaining('lost its memory'),
    })
    await anchor.publish(await checkpoint(9), tree, never)
    expect(asked).toEqual([0, 5, 2])
  })

  it.each<[string, Reply | ((text: string) => Reply)]>([
    ['no signature', [200, '']],
    ['a signature by another key', (text) => [200, cosign(text, testCosigner(cosigner.name, 4), 5)]],
    ['a signature over another text', (text) => [200, cosign(text.replace('\n5\n', '\n6\n'), cosigner, 5)]],
    ['a signature beside a wrong one', (text) => [200, cosign(text, cosigner, 5) + cosign('a\n1\n', cosigner, 5)]],
    ['bytes that are no note', [200, Buffer.from([0xff, 0xfe, 10])]],
    ['a text before its signature', (text) => [200, `\n\n${cosign(text, cosigner, 5)}`]],
    ['100 signatures', (text) => [200, cosign(text, cosigner, 5).repeat(100)]],
    ['an unknown log', [404, 'unknown']],
    ['an untrusted key', [403, '']],
    ['a malformed request', [400, 'bad\u001b[31m']],
    ['an error', [500, '']],
    ['a redirect', [307, '']],
    ['another good status', [201, '']],
    ['a size of another kind', [409, '3\n']],
    ['a size with a leading zero', [409, '03\n', 'text/x.tlog.size']],
    ['a size without line feed', [409, '3', 'text/x.tlog.size']],
    ['a negative size', [409, '-3\n', 'text/x.tlog.size']],
    ['a size above 2^53', [409, '9007199254740993\n', 'text/x.tlog.size']],
    ['a size and more', [409, `3\n${' '.repeat(99)}`, 'text/x.tlog.size']],
    ['the size it was asked with', holds(0)],
  ])('that answers with %s has refused', async (_what, reply) => {
    const { url } = await scripted(reply)
    const published = witness({ url, vkey }).publish(await checkpoint(5), tree, never)
    await expect(published).rejects.toMatchObject({
      code: 'LEDGER_ANCHOR_REFUSED',
      message: expect.not.stringContaining('\u001b'),
    })
  })

  it('that names another size every time is asked four times', async () => {
    const { url, asked } = await scripted(holds(1), holds(2), holds(3), holds(4), holds(1))
    await expect(witness({ url, vkey }).publish(await checkpoint(5), tree, never)).rejects.toMatchObject({
      code: 'LEDGER_ANCHOR_REFUSED',
    })
    expect(asked).toEqual([0, 1, 2, 3])
  })

  it('is not followed elsewhere', async () => {
    const elsewhere = await scripted(signs)
    const server = createServer((_request, response) => response.writeHead(307, { location: elsewhere.url }).end())
    const url = await listening(server)
    await expect(witness({ url, vkey }).publish(await checkpoint(5), tree, never)).rejects.toMatchObject({
      code: 'LEDGER_ANCHOR_REFUSED',
    })
    expect(elsewhere.asked).toEqual([])
  })

  it.each<[string, RequestListener]>([
    ['never answers', () => undefined],
    ['never ends its answer', (_request, response) => void response.writeHead(200).write('— ')],
    ['hangs up', (request) => request.socket.destroy()],
    [
      'hangs up in its answer',
      (request, response) => {
        response.writeHead(200, { 'content-length': 50 }).write('x', () => request.socket.destroy())
      },
    ],
    [
      'answers without end',
      (request, response) => {
        response.on('error', () => undefined)
        const more = (): void => {
          if (!request.socket.destroyed) response.write('x'.repeat(65_536), more)
        }
        more()
      },
    ],
  ])('that %s is unreachable', async (_what, listener) => {
    const url = await listening(createServer(listener))
    const anchor = witness({ url, vkey, timeoutMs: 300 })
    await expect(anchor.publish(await checkpoint(5), tree, never)).rejects.toMatchObject({
      code: 'LEDGER_ANCHOR_UNREACHABLE',
    })
  })

  it.each<[string, string | Buffer]>([
    ['no HTTP', 'hello\r\n\r\n'],
    ['headers without end', `HTTP/1.1 200 OK\r\n${'x-a: b\r\n'.repeat(10_000)}`],
    ['another protocol', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nxx'],
    ['a bad chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n'],
    ['noise', Buffer.from(Array.from({ length: 999 }, (_, n) => (n * 89) % 256))],
  ])('that speaks %s is unreachable', async (_what, bytes) => {
    const url = await listening(
      createTcp((socket) => {
        socket.on('error', () => undefined)
        socket.once('data', () => socket.write(bytes))
      }),
    )
    const anchor = witness({ url, vkey, timeoutMs: 500 })
    await expect(anchor.publish(await checkpoint(5), tree, never)).rejects.toMatchObject({
      code: 'LEDGER_ANCHOR_UNREACHABLE',
    })
  })

  it('that nobody listens for is unreachable, and so is one whose caller gives up', async () => {
    const { url } = await scripted(signs)
    const gone = witness({ url: 'http://127.0.0.1:1', vkey })
    await expect(gone.publish(await checkpoint(5), tree, never)).rejects.toMatchObject({
      code: 'LEDGER_ANCHOR_UNREACHABLE',
    })
    await expect(witness({ url, vkey }).publish(await checkpoint(5), tree, AbortSignal.abort())).rejects.toMatchObject({
      code: 'LEDGER_ANCHOR_UNREACHABLE',
    })
  })

  it('is shown nothing but a signed checkpoint that is what it is said to be', async () => {
    const { url, asked } = await scripted(signs)
    const anchor = witness({ url, vkey })
    const sound = await checkpoint(5)
    for (const wrong of [
      { ...sound, size: 6 },
      { ...sound, root: hashToHex(leafOf('y')) },
      { ...sound, origin: 'x' },
      { ...sound, note: 'x' },
    ])
      await expect(anchor.publish(wrong, tree, never)).rejects.toMatchObject({ code: 'LEDGER_ANCHOR_REFUSED' })
    expect(asked).toEqual([])
  })

  it('is not blamed for a proof that cannot be made', async () => {
    const { url } = await scripted(holds(2), signs)
    const unreadable: AnchorTree = { consistency: () => Promise.reject(new Error('EIO')) }
    await expect(witness({ url, vkey }).publish(await checkpoint(5), unreadable, never)).rejects.toMatchObject({
      code: 'LEDGER_ANCHOR_REFUSED',
      message: expect.stringContaining('EIO'),
    })
  })

  it('ends every publication with evidence or a code, whatever it answers', async () => {
    const answer = fc.record({
      status: fc.oneof(fc.constantFrom(200, 409, 422), fc.integer({ min: 200, max: 599 })),
      body: fc.oneof(
        fc.uint8Array({ maxLength: 120 }),
        fc.nat(9).map((size) => Buffer.from(`${size}\n`)),
      ),
      type: fc.constantFrom('text/x.tlog.size', 'TEXT/X.TLOG.SIZE; a=b', 'text/plain', ''),
    })
    let current: { status: number; body: Uint8Array; type: string } = { status: 500, body: Buffer.alloc(0), type: '' }
    const url = await listening(
      createServer((request, response) => {
        request.resume().on('end', () => {
          response.writeHead(current.status, { 'content-type': current.type }).end(current.body)
        })
      }),
    )
    const anchor = witness({ url, vkey })
    const shown = await checkpoint(5)
    await fc.assert(
      fc.asyncProperty(answer, async (one) => {
        current = one
        await expect(anchor.publish(shown, tree, never)).rejects.toMatchObject({
          code: expect.stringMatching(/^LEDGER_ANCHOR_(ROLLBACK|REFUSED|UNREACHABLE)$/),
        })
      }),
      { numRuns: 60 },
    )
  })
})

describe('the options of a witness', () => {
  const url = 'https://witness.example/'

  it.each<[string, Partial<WitnessOptions>]>([
    ['url', { url: 'witness.example' }],
    ['url', { url: 'http://witness.example/' }],
    ['url', { url: 'http://127.0.0.1.example.com/' }],
    ['url', { url: 'ftp://127.0.0.1/' }],
    ['url', { url: 'https://user:secret@witness.example/' }],
    ['url', { url: 'https://witness.example/?a=b' }],
    ['vkey', { vkey: 'nonsense' }],
    ['vkey', { vkey: formatVkey(verifierKey('w', signatureTypes.note, cosigner.publicKey)) }],
    ['name', { name: 'Über' }],
    ['name', { name: '../x' }],
    ['timeoutMs', { timeoutMs: 0 }],
    ['timeoutMs', { timeoutMs: 1.5 }],
    ['timeoutMs', { timeoutMs: 1e9 }],
    ['ca', { ca: 'nonsense' }],
  ])('are refused at once where %s cannot be', (name, options) => {
    expect(() => witness({ url, vkey, ...options })).toThrow(
      expect.objectContaining({ code: 'LEDGER_OPTION_INVALID', message: expect.stringContaining(name) }),
    )
  })

  it('never put a secret of the address into a message', () => {
    expect(() => witness({ url: 'https://user:secret@witness.example/', vkey })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('secret') }),
    )
  })

  it('name evidence by the witness and its key, in letters that a file may have', () => {
    const named = (name: string) =>
      witness({ url, vkey: formatVkey(verifierKey(name, signatureTypes.cosignature, cosigner.publicKey)) }).name
    const unit = fc.constantFrom(...'aZ09-./_~', 'ü', '—', '漢', '\u{1f600}', '%', '\\')
    expect(witness({ url, vkey }).name).toMatch(/^witness-example-w1-[0-9a-f]{8}$/)
    expect(witness({ url, vkey, name: 'first' }).name).toBe('first')
    fc.assert(
      fc.property(fc.string({ unit, minLength: 1, maxLength: 60 }).filter(isKeyName), (name) => {
        expect(named(name)).toMatch(/^[a-z0-9-]{1,40}$/)
      }),
    )
  })
})
