import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { LedgerError } from '../errors.ts'
import { temporaryDirectory } from '../ledger.fixture.ts'
import { growingLog } from './growing-log.fixture.ts'
import { missing } from './missing-program.fixture.ts'
import { type AuthorityOptions, type OpensslAuthority, opensslAuthority, serve } from './openssl-authority.fixture.ts'
import { timestampAnchor } from './timestamp-anchor.ts'
import { checkTimestamp } from './timestamp-check.ts'
import {
  authorityExtensions,
  makeCertificate,
  makeResponse,
  makeToken,
  pem,
  signerExtensions,
} from './timestamp-maker.fixture.ts'

const { signal } = new AbortController()
const log = growingLog()

function codeOf(error: unknown): string {
  return error instanceof LedgerError
    ? `${error.code} ${error.cause instanceof LedgerError ? error.cause.code : ''}`.trim()
    : String(error)
}

async function outcome(url: string, certificate?: string): Promise<string> {
  const anchor = timestampAnchor({ url, timeoutMs: 25_000, ...(certificate !== undefined && { certificate }) })
  return anchor.publish(log.at(7), log.tree, signal).then(({ detail = '' }) => detail, codeOf)
}

describe.skipIf(missing('openssl'))('with OpenSSL as the authority', () => {
  async function setUp(options: AuthorityOptions = {}) {
    const dir = temporaryDirectory()
    return { dir, authority: await opensslAuthority(dir, options) }
  }

  async function stamped(authority: OpensslAuthority, dir: string) {
    const anchor = timestampAnchor({ url: authority.url, certificate: authority.root })
    const evidence = await anchor.publish(log.at(7), log.tree, signal)
    writeFileSync(join(dir, 'note'), log.at(7).note)
    writeFileSync(join(dir, 'evidence.tsr'), evidence.bytes ?? '')
    return evidence
  }

  const verifying = (file: string, ...rest: string[]) => [
    'ts',
    '-verify',
    '-data',
    file,
    '-in',
    'evidence.tsr',
    ...rest,
  ]

  it.each(['ec', 'rsa'] as const)(
    'what is kept is accepted by openssl ts -verify and by the checker (%s)',
    async (key) => {
      const { dir, authority } = await setUp({ key })
      const { suffix, bytes = Buffer.of(), detail } = await stamped(authority, dir)
      expect(suffix).toBe('tsr')
      expect(detail).toMatch(/^20\d\d-.*Z by CN=Test signer$/)
      expect(await authority.run(...verifying('note', '-CAfile', 'root.pem'))).toContain('Verification: OK')
      const checked = checkTimestamp(log.at(7).note, bytes, { certificates: [authority.root] })
      expect(checked).toMatchObject({ ok: true, accuracyMs: 1500, policy: '1.2.3.4.1', serial: '02' })
      // The bare token, as OpenSSL takes it out of the response, as well.
      await authority.run(
        'ts',
        '-reply',
        '-config',
        'openssl.cnf',
        '-in',
        'evidence.tsr',
        '-token_out',
        '-out',
        'token',
      )
      const token = readFileSync(join(dir, 'token'))
      expect(checkTimestamp(log.at(7).note, token, { certificates: [authority.root] })).toEqual(checked)
    },
  )

  it('another note and another authority are refused by both', async () => {
    const { dir, authority } = await setUp()
    const { bytes = Buffer.of() } = await stamped(authority, dir)
    const other = await setUp()
    writeFileSync(join(dir, 'other'), log.at(8).note)
    writeFileSync(join(dir, 'other.pem'), other.authority.root)
    await expect(authority.run(...verifying('other', '-CAfile', 'root.pem'))).rejects.toThrow(
      'message imprint mismatch',
    )
    await expect(authority.run(...verifying('note', '-CAfile', 'other.pem'))).rejects.toThrow(
      'certificate verify error',
    )
    const check = (note: string, root: string) => checkTimestamp(note, bytes, { certificates: [root] })
    expect(check(log.at(8).note, authority.root)).toMatchObject({ code: 'LEDGER_TIMESTAMP_OTHER' })
    expect(check(log.at(7).note, other.authority.root)).toMatchObject({ code: 'LEDGER_TIMESTAMP_UNTRUSTED' })
    expect(await outcome(authority.url, other.authority.root)).toBe('LEDGER_ANCHOR_REFUSED LEDGER_TIMESTAMP_UNTRUSTED')
  })

  it('a signer whose certificate has expired is refused', async () => {
    const { authority } = await setUp({ validity: { from: '20200101000000Z', to: '20210101000000Z' } })
    expect(await outcome(authority.url, authority.root)).toBe('LEDGER_ANCHOR_REFUSED LEDGER_TIMESTAMP_UNTRUSTED')
  })

  it('without a pinned certificate it says that anybody may have signed', async () => {
    const { authority } = await setUp()
    expect(await outcome(authority.url)).toContain('no certificate is pinned')
  })

  it('an answer altered on the way is refused, wherever it was altered', async () => {
    const alterations: Record<string, (answer: Buffer) => Buffer> = {
      imprint: (answer) => flip(answer, answer.indexOf(Buffer.of(0x04, 0x20)) + 2),
      nonce: (answer) => flip(answer, answer.indexOf(Buffer.of(0x02, 0x08)) + 9),
      time: (answer) => flip(answer, answer.toString('latin1').search(/\x18[\x0f-\x13]20\d{12}/) + 15),
      certificate: (answer) => flip(answer, answer.indexOf('Test signer', answer.indexOf('Test root') + 1) + 3),
      signature: (answer) => flip(answer, answer.length - 1),
      status: (answer) => flip(answer, answer.indexOf(Buffer.of(0x02, 0x01, 0x00)) + 2, 2),
      end: (answer) => answer.subarray(0, -1),
      empty: () => Buffer.of(),
    }
    let alter = (answer: Buffer): Buffer => answer
    const { authority } = await setUp({ alter: (answer) => alter(answer) })
    expect(await outcome(authority.url, authority.root)).toContain('by CN=Test signer')
    for (const [name, one] of Object.entries(alterations)) {
      alter = one
      expect(await outcome(authority.url, authority.root), name).toMatch(/^LEDGER_ANCHOR_REFUSED/)
    }
  })

  it('an answer to another request for the same note is refused', async () => {
    let first: Buffer | undefined
    const { authority } = await setUp({ alter: (answer) => (first ??= answer) })
    expect(await outcome(authority.url, authority.root)).toContain('by CN=Test signer')
    expect(await outcome(authority.url, authority.root)).toBe('LEDGER_ANCHOR_REFUSED LEDGER_TIMESTAMP_OTHER')
  })
})

describe('a timestamp anchor', () => {
  it('is unreachable when nobody answers, in time or at all', async () => {
    expect(await outcome('http://127.0.0.1:1/')).toBe('LEDGER_ANCHOR_UNREACHABLE')
    const url = await serve(() => {})
    const slow = timestampAnchor({ url, timeoutMs: 50 })
    await expect(slow.publish(log.at(7), log.tree, signal)).rejects.toMatchObject({ code: 'LEDGER_ANCHOR_UNREACHABLE' })
    expect(
      await outcome(
        await serve((_, response) => {
          response.writeHead(503).end()
        }),
      ),
    ).toBe('LEDGER_ANCHOR_UNREACHABLE')
    expect(
      await outcome(
        await serve((request) => {
          request.socket.destroy()
        }),
      ),
    ).toBe('LEDGER_ANCHOR_UNREACHABLE')
  })

  it('reads no more than 65,536 bytes of an answer', async () => {
    const url = await serve((request, response) => {
      response.setHeader('content-type', 'application/timestamp-reply')
      const more = (): void => {
        // Some versions of Node take whatever is written to an answer whose socket is gone.
        while (!request.socket.destroyed && response.write(Buffer.alloc(16_384)));
      }
      response.on('drain', more)
      more()
    })
    expect(await outcome(url)).toBe('LEDGER_ANCHOR_UNREACHABLE')
  })

  it('refuses pages, redirects and words of refusal, which it repeats without control characters', async () => {
    const type = 'application/timestamp-reply'
    expect(
      await outcome(
        await serve((_, response) => {
          response.setHeader('content-type', 'text/html').end('<h1>hello')
        }),
      ),
    ).toBe('LEDGER_ANCHOR_REFUSED')
    let followed = false
    const target = await serve((_, response) => {
      followed = true
      response.end()
    })
    expect(
      await outcome(
        await serve((_, response) => {
          response.writeHead(307, { location: target }).end()
        }),
      ),
    ).toBe('LEDGER_ANCHOR_REFUSED')
    expect(followed).toBe(false)
    const url = await serve((_, response) => {
      response.setHeader('content-type', type).end(makeResponse(undefined, 2, 'not\u001b[2J today'))
    })
    await expect(timestampAnchor({ url }).publish(log.at(7), log.tree, signal)).rejects.toMatchObject({
      code: 'LEDGER_ANCHOR_REFUSED',
      message: 'timestamp: the authority declines: status 2, not [2J today, bad request',
    })
  })

  it('tells how far the clocks are apart', async () => {
    const root = makeCertificate({ name: 'Root', extensions: authorityExtensions() })
    const signer = makeCertificate({ name: 'Signer', issuer: root, extensions: signerExtensions })
    const { note } = log.at(7)
    const url = await serve(async (request, response) => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk)
      const asked = Buffer.concat(chunks)
      const nonce = asked.subarray(asked.length - 11, asked.length - 3)
      response.setHeader('content-type', 'application/timestamp-reply; charset=binary')
      response.end(makeResponse(makeToken({ note, signer, issuer: 'Root', nonce, time: '20210101000000Z' })))
    })
    expect(await outcome(url, pem(root))).toMatch(/its clock is \d{8,} s behind this machine's$/)
  })

  it('refuses options that cannot be, by name', () => {
    const invalid = (option: string) =>
      expect.objectContaining({ code: 'LEDGER_OPTION_INVALID', message: expect.stringContaining(`${option}:`) })
    expect(() => timestampAnchor({ url: 'ftp://tsa.example' })).toThrow(invalid('url'))
    expect(() => timestampAnchor({ url: 'https://user:secret@tsa.example' })).toThrow(invalid('url'))
    expect(() => timestampAnchor({ url: 'https://tsa.example', certificate: 'x' })).toThrow(invalid('certificate'))
    expect(() => timestampAnchor({ url: 'https://tsa.example', name: 'A' })).toThrow(invalid('name'))
  })
})

function flip(bytes: Buffer, at: number, bit = 1): Buffer {
  const altered = Buffer.from(bytes)
  altered[at] = (altered[at] ?? 0) ^ bit
  return altered
}
