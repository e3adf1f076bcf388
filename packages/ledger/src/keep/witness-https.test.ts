import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { formatCheckpoint } from '../checkpoint.ts'
import { formatNote, parseNote } from '../note.ts'
import { testSigner } from '../signer.fixture.ts'
import { hashToHex, leafOf } from '../tree.ts'
import { formatVkey, signatureTypes, verifierKey } from '../vkey.ts'
import { parseAddCheckpoint } from './add-checkpoint.ts'
import { cosign } from './cosignature.ts'
import { testCosigner } from './cosigner.fixture.ts'
import { missing } from './missing-program.fixture.ts'
import { witness } from './witness.ts'

const cosigner = testCosigner('witness.example/w1', 3)
const vkey = formatVkey(verifierKey(cosigner.name, signatureTypes.cosignature, cosigner.publicKey))
const origin = 'clinic/anchor.long/w-000000000001'

describe.skipIf(missing('openssl'))('a witness over https', () => {
  const servers: Server[] = []
  let dir = ''
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'trailmark-https-'))
  })
  afterAll(() => {
    for (const server of servers) server.close()
    rmSync(dir, { recursive: true, force: true })
  })

  /** A server whose certificate, made by nobody else, is for this address. */
  async function serve(name: string): Promise<{ url: string; ca: string }> {
    const [key, ca] = [join(dir, `${name}.key`), join(dir, `${name}.pem`)]
    const made = ['req', '-x509', '-newkey', 'ed25519', '-nodes', '-days', '2', '-subj', '/CN=witness']
    execFileSync('openssl', [...made, '-addext', `subjectAltName=${name}`, '-keyout', key, '-out', ca], {
      stdio: 'pipe',
    })
    const server = createServer({ key: readFileSync(key), cert: readFileSync(ca) }, async (request, response) => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(Buffer.from(chunk))
      const note = parseNote(parseAddCheckpoint(Buffer.concat(chunks))?.note ?? Buffer.alloc(0))
      response.end(cosign(note?.text ?? '', cosigner, 5))
    })
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : undefined
    return { url: `https://127.0.0.1:${port}/`, ca: readFileSync(ca, 'utf8') }
  }

  async function publish(options: { url: string; ca?: string }) {
    const text = formatCheckpoint({ origin, size: 5, root: leafOf('x') })
    const { publicKey, sign } = testSigner()
    const note = formatNote(text, { name: origin, publicKey }, await sign(Buffer.from(text)))
    const checkpoint = { origin, size: 5, root: hashToHex(leafOf('x')), note }
    const anchor = witness({ ...options, vkey })
    return anchor.publish(checkpoint, { consistency: async () => [] }, new AbortController().signal)
  }

  it('is believed with the authority it was given, and not without', async () => {
    const { url, ca } = await serve('IP:127.0.0.1')
    expect((await publish({ url, ca })).suffix).toBe('cosig')
    await expect(publish({ url })).rejects.toMatchObject({ code: 'LEDGER_ANCHOR_UNREACHABLE' })
  })

  it('is not believed with a certificate for somewhere else, or by another authority', async () => {
    const here = await serve('IP:127.0.0.1')
    const elsewhere = await serve('DNS:witness.example')
    await expect(publish(elsewhere)).rejects.toMatchObject({ code: 'LEDGER_ANCHOR_UNREACHABLE' })
    await expect(publish({ url: here.url, ca: elsewhere.ca })).rejects.toMatchObject({
      code: 'LEDGER_ANCHOR_UNREACHABLE',
    })
  })
})
