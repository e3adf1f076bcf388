/**
 * A real timestamp authority: OpenSSL's `ts -reply` with keys and certificates it makes itself, behind HTTP on this machine.
 *
 * Everything lies in a directory of the test. What is wrong with an authority can be chosen.
 */
import { execFile, execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

export interface OpensslAuthority {
  readonly url: string
  /** PEM of the root. */
  readonly root: string
  readonly rootFile: string
  readonly signer: string
  /** Runs openssl; resolves with all it prints, rejects when it fails. */
  run(...args: readonly string[]): Promise<string>
}

/** What the signer's key and certificate are like. */
export interface AuthorityOptions {
  readonly key?: 'ec' | 'rsa'
  /** As `openssl ca` takes them, `YYYYMMDDHHMMSSZ`. */
  readonly validity?: { readonly from: string; readonly to: string }
  /** Put between the authority's answer and whoever asked. */
  readonly alter?: (answer: Buffer) => Buffer
}

const newKey = {
  ec: ['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'],
  rsa: ['genpkey', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'],
}

const configuration = `
[ca]
default_ca = ca_default
[ca_default]
dir = .
database = index.txt
new_certs_dir = .
serial = ca-serial
policy = any
default_md = sha256
email_in_dn = no
[any]
commonName = supplied
[req]
distinguished_name = dn
prompt = no
[dn]
CN = unused
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[signer]
basicConstraints = CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[tsa]
default_tsa = tsa_default
[tsa_default]
dir = .
serial = tsa-serial
crypto_device = builtin
signer_cert = signer.pem
certs = root.pem
signer_key = signer.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1, millisecs:500
clock_precision_digits = 3
ordering = no
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
`

/** Makes an authority in `dir`, which is empty, and has it answer until the test is over. */
export async function opensslAuthority(dir: string, options: AuthorityOptions = {}): Promise<OpensslAuthority> {
  const { key = 'ec', validity = { from: '20200101000000Z', to: '20400101000000Z' } } = options
  const openssl = (...args: readonly string[]): void => {
    execFileSync('openssl', args, { cwd: dir, stdio: ['ignore', 'pipe', 'pipe'], timeout: 20_000 })
  }
  writeFileSync(join(dir, 'openssl.cnf'), configuration)
  writeFileSync(join(dir, 'index.txt'), '')
  writeFileSync(join(dir, 'ca-serial'), '1000\n')
  writeFileSync(join(dir, 'tsa-serial'), '01\n')
  const config = ['-config', 'openssl.cnf']
  openssl(...newKey.ec, '-out', 'root.key')
  openssl(
    'req',
    '-new',
    '-x509',
    ...config,
    '-key',
    'root.key',
    '-subj',
    '/CN=Test root',
    '-extensions',
    'root',
    '-days',
    '3650',
    '-out',
    'root.pem',
  )
  openssl(...newKey[key], '-out', 'signer.key')
  openssl('req', '-new', ...config, '-key', 'signer.key', '-subj', '/CN=Test signer', '-out', 'signer.csr')
  const dates = ['-startdate', validity.from, '-enddate', validity.to]
  openssl(
    'ca',
    '-batch',
    '-notext',
    ...config,
    '-cert',
    'root.pem',
    '-keyfile',
    'root.key',
    ...dates,
    '-extensions',
    'signer',
    '-in',
    'signer.csr',
    '-out',
    'signer.pem',
  )
  const run = (...args: readonly string[]): Promise<string> =>
    new Promise((resolve, reject) => {
      execFile('openssl', args, { cwd: dir, timeout: 20_000 }, (error, stdout, stderr) => {
        if (error) reject(new Error(`${stdout}${stderr}`))
        else resolve(`${stdout}${stderr}`)
      })
    })
  let requests = 0
  const url = await serve(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const name = `request-${++requests}`
    writeFileSync(join(dir, `${name}.tsq`), Buffer.concat(chunks))
    await run('ts', '-reply', ...config, '-queryfile', `${name}.tsq`, '-out', `${name}.tsr`)
    const answer = readFileSync(join(dir, `${name}.tsr`))
    response.setHeader('content-type', 'application/timestamp-reply')
    response.end(options.alter ? options.alter(answer) : answer)
  })
  const read = (name: string): string => readFileSync(join(dir, name), 'utf8')
  return { url, root: read('root.pem'), rootFile: join(dir, 'root.pem'), signer: read('signer.pem'), run }
}

/** The address of a server that is gone after the test. A listener that rejects answers with status 500. */
export async function serve(listener: (...args: Parameters<RequestListener>) => void | Promise<void>): Promise<string> {
  const server = createServer((request, response) => {
    Promise.resolve(listener(request, response)).catch(() => {
      response.statusCode = 500
      response.end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    return new Promise<void>((resolve) => server.close(() => resolve()))
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return `http://127.0.0.1:${address.port}`
}
