/**
 * Vectors of timestamps, made by OpenSSL alone: node --conditions=@trailmark/source test/vectors/ledger/timestamps/make.ts
 *
 * `ts` makes what an authority makes; `cms` signs the same statement in the ways `ts` does not: RSA-PSS, a signer named by key id,
 * and signers that must not be believed. Each file is one token with a note, the certificates to trust, and the time or the code to
 * be found. Keys are made anew in each run and thrown away.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const note = readFileSync(new URL('../note.json', import.meta.url), 'utf8')
const { note: text }: { note: string } = JSON.parse(note)
const dir = mkdtempSync(join(tmpdir(), 'trailmark-vectors-'))
const path = (name: string): string => join(dir, name)
const bytesOf = (name: string): Buffer => readFileSync(path(name))
const openssl = (...args: string[]): string =>
  execFileSync('openssl', args, { cwd: dir, stdio: ['ignore', 'pipe', 'pipe'] }).toString()

const signing = 'extendedKeyUsage = critical,timeStamping\nkeyUsage = critical,digitalSignature\n'
const root = 'basicConstraints = critical,CA:TRUE\nkeyUsage = critical,keyCertSign\nsubjectKeyIdentifier = hash\n'
const always = ['-startdate', '20200101000000Z', '-enddate', '20500101000000Z']
const algorithms = {
  ec: ['EC', '-pkeyopt', 'ec_paramgen_curve:P-256'],
  rsa: ['RSA', '-pkeyopt', 'rsa_keygen_bits:2048'],
}

writeFileSync(
  path('cnf'),
  `[ca]\ndefault_ca = c\n[c]\ndatabase = index\nnew_certs_dir = .\nrand_serial = yes\npolicy = p\ndefault_md = sha256\nunique_subject = no\n
[p]\ncommonName = supplied\n[req]\ndistinguished_name = d\n[d]\n
[tsa]\ndefault_tsa = t\n[t]\nserial = serial\ncrypto_device = builtin\ncerts = root.pem\ndefault_policy = 1.2.3.4.1\ndigests = sha256
signer_digest = sha256\nclock_precision_digits = 3\naccuracy = secs:1\ness_cert_id_alg = sha256\nordering = no\ntsa_name = yes\ness_cert_id_chain = no\n`,
)
writeFileSync(path('index'), '')
writeFileSync(path('serial'), '01\n')

function authority(name: string): void {
  writeFileSync(path('ext'), root)
  openssl('genpkey', '-algorithm', ...algorithms.ec, '-out', `${name}.key`)
  openssl('req', '-new', '-config', 'cnf', '-key', `${name}.key`, '-subj', `/CN=${name}`, '-out', 'csr')
  const self = ['-selfsign', '-keyfile', `${name}.key`, '-in', 'csr', '-extfile', 'ext', '-out', `${name}.pem`]
  openssl('ca', '-batch', '-notext', '-config', 'cnf', ...always, ...self)
}

function signer(name: string, key: keyof typeof algorithms, extensions = signing, dates = always): void {
  writeFileSync(path('ext'), `${extensions}subjectKeyIdentifier = hash\n`)
  openssl('genpkey', '-algorithm', ...algorithms[key], '-out', `${name}.key`)
  openssl('req', '-new', '-config', 'cnf', '-key', `${name}.key`, '-subj', `/CN=${name}`, '-out', 'csr')
  const issuer = ['-cert', 'root.pem', '-keyfile', 'root.key', '-in', 'csr', '-extfile', 'ext', '-out', `${name}.pem`]
  openssl('ca', '-batch', '-notext', '-config', 'cnf', ...dates, ...issuer)
}

/** A response of `openssl ts`, which has to verify with `openssl ts` as well. */
function reply(name: string): Buffer {
  openssl('ts', '-query', '-data', 'note', '-sha256', '-cert', '-out', 'tsq')
  openssl('ts', '-reply', '-config', 'cnf', '-queryfile', 'tsq', '-signer', `${name}.pem`, '-inkey', `${name}.key`, '-out', `${name}.tsr`)
  if (!openssl('ts', '-verify', '-data', 'note', '-in', `${name}.tsr`, '-CAfile', 'root.pem').includes('OK')) throw new Error(name)
  return bytesOf(`${name}.tsr`)
}

/** The statement in a response, signed by somebody else. */
function sign(name: string, ...options: string[]): Buffer {
  const how = ['-binary', '-nodetach', '-cades', '-nosmimecap', '-econtent_type', 'id-smime-ct-TSTInfo']
  const who = ['-signer', `${name}.pem`, '-inkey', `${name}.key`, '-certfile', 'root.pem']
  openssl('cms', '-sign', ...how, ...who, '-in', 'statement', '-outform', 'DER', '-out', 'token', ...options)
  return bytesOf('token')
}

function write(name: string, token: Buffer, expected: object, trusted = 'root.pem', of = text): void {
  const vector = { note: of, certificates: [readFileSync(path(trusted), 'utf8')], token: token.toString('base64'), ...expected }
  writeFileSync(new URL(`${name}.json`, import.meta.url), `${JSON.stringify(vector, undefined, 2)}\n`)
}

function flip(token: Buffer, at: number): Buffer {
  const altered = Buffer.from(token)
  altered[at] = (altered[at] ?? 0) ^ 1
  return altered
}

writeFileSync(path('note'), text)
for (const name of ['root', 'other']) authority(name)
signer('rsa', 'rsa')
signer('ec', 'ec')
signer('expired', 'ec', signing, ['-startdate', '20200101000000Z', '-enddate', '20210101000000Z'])
signer('tls', 'ec', 'extendedKeyUsage = critical,serverAuth\n')
signer('both', 'ec', 'extendedKeyUsage = critical,timeStamping,serverAuth\n')
signer('not-critical', 'ec', 'extendedKeyUsage = timeStamping\n')
signer('anything', 'ec', 'keyUsage = critical,digitalSignature\n')

const rsa = reply('rsa')
openssl('ts', '-reply', '-in', 'rsa.tsr', '-token_out', '-out', 'rsa.token')
openssl('cms', '-verify', '-noverify', '-in', 'rsa.token', '-inform', 'DER', '-out', 'statement')
const [stamp = ''] = /20\d{12}(\.\d+)?Z/.exec(bytesOf('statement').toString('latin1')) ?? []
const time = new Date(
  stamp.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)/, '$1-$2-$3T$4:$5:$6'),
).toISOString()

write('valid-rsa', rsa, { time })
write('valid-token-alone', bytesOf('rsa.token'), { time })
write('valid-ecdsa', sign('ec'), { time })
write('valid-rsa-pss', sign('rsa', '-md', 'sha384', '-keyopt', 'rsa_padding_mode:pss'), { time })
write('valid-signer-by-key-id', sign('rsa', '-md', 'sha512', '-keyid'), { time })
write('valid-signer-trusted-itself', rsa, { time }, 'rsa.pem')

const untrusted = { code: 'LEDGER_TIMESTAMP_UNTRUSTED' }
write('other-authority', rsa, untrusted, 'other.pem')
write('signer-expired', sign('expired'), untrusted)
write('signer-for-tls', sign('tls'), untrusted)
write('signer-for-two-purposes', sign('both'), untrusted)
write('signer-purpose-not-critical', sign('not-critical'), untrusted)
write('signer-without-purpose', sign('anything'), untrusted)

const signature = { code: 'LEDGER_TIMESTAMP_SIGNATURE' }
write('other-note', rsa, { code: 'LEDGER_TIMESTAMP_OTHER' }, 'root.pem', text.replace('\n7\n', '\n8\n'))
write('imprint-altered', flip(rsa, rsa.indexOf(Buffer.of(4, 32)) + 2), { code: 'LEDGER_TIMESTAMP_OTHER' })
write('time-altered', flip(rsa, rsa.indexOf(stamp) + 13), signature)
write('serial-altered', flip(rsa, rsa.indexOf(Buffer.of(0x18, stamp.length)) - 1), signature)
write('signature-altered', flip(rsa, rsa.length - 1), signature)
write('signature-weak-digest', sign('rsa', '-md', 'sha1'), signature)
write('signed-by-another', sign('ec', '-signer', 'rsa.pem', '-inkey', 'rsa.key'), { code: 'LEDGER_TIMESTAMP_MALFORMED' })
write('cut-off', rsa.subarray(0, -1), { code: 'LEDGER_TIMESTAMP_MALFORMED' })
rmSync(dir, { recursive: true })
