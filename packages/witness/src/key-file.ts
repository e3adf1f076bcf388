/**
 * The witness's key: `witness.key`, made once, with the name it signs under on its first line. Hands on a cosigner; the
 * private half never leaves its `KeyObject`.
 *
 * Name and key stand in one file, because an Ed25519 cosignature does not cover the name: one key under two names would be
 * two witnesses that vouch for each other.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { closeSync, constants, fstatSync, fsyncSync, openSync, readSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { type Cosigner, isKeyName } from '@trailmark/ledger/notes'
import { systemCode, WitnessError } from './errors.ts'

const keyFileBytesMax = 4_096

/**
 * The cosigner in the file, made when there is none and `name` is given. With a name, the file has to agree with it.
 * Throws WITNESS_NAME_NEEDED, WITNESS_KEY_INVALID, WITNESS_KEY_READABLE, WITNESS_DIR_UNUSABLE.
 */
export function openKeyFile(path: string, name?: string): Cosigner {
  const found = readKeyFile(path)
  if (found === undefined && name === undefined)
    throw new WitnessError('WITNESS_NAME_NEEDED', `${path} does not exist: name the witness to make its key`)
  const content = found ?? createKeyFile(path, name ?? '')
  const cosigner = parse(content)
  if (cosigner === undefined)
    throw new WitnessError('WITNESS_KEY_INVALID', `${path} is not a name and an unencrypted Ed25519 key in PEM`)
  if (name !== undefined && cosigner.name !== name)
    throw new WitnessError('WITNESS_KEY_INVALID', `${path} is the key of ${cosigner.name}, not of ${name}`)
  return cosigner
}

function readKeyFile(path: string): string | undefined {
  let fd: number
  try {
    // Not blocking, since opening a FIFO in a key's place would otherwise wait for a writer for ever.
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw unusable(path, error)
  }
  try {
    const stats = fstatSync(fd)
    if (!stats.isFile()) throw new WitnessError('WITNESS_KEY_INVALID', `${path} is not a file`)
    if (process.platform !== 'win32' && (stats.mode & 0o077) !== 0)
      throw new WitnessError('WITNESS_KEY_READABLE', `${path} is open to others; run: chmod 0600 '${path}'`)
    if (stats.size > keyFileBytesMax) throw new WitnessError('WITNESS_KEY_INVALID', `${path} is too long`)
    const bytes = Buffer.alloc(keyFileBytesMax)
    return bytes.toString('utf8', 0, readSync(fd, bytes, 0, bytes.length, 0))
  } catch (error) {
    throw error instanceof WitnessError ? error : unusable(path, error)
  } finally {
    closeSync(fd)
  }
}

/** Whole or not at all: a crash leaves a file of another name that no signature was ever made with. */
function createKeyFile(path: string, name: string): string {
  const { privateKey } = generateKeyPairSync('ed25519')
  const content = `${name}\n${privateKey.export({ type: 'pkcs8', format: 'pem' })}`
  const unfinished = `${path}.${process.pid}.tmp`
  try {
    writeFileSync(unfinished, content, { mode: 0o600, flush: true })
    renameSync(unfinished, path)
    if (process.platform !== 'win32') {
      const fd = openSync(dirname(path), constants.O_RDONLY)
      fsyncSync(fd)
      closeSync(fd)
    }
  } catch (error) {
    throw unusable(path, error)
  }
  return content
}

function parse(content: string): Cosigner | undefined {
  const end = content.indexOf('\n')
  const name = content.slice(0, end)
  if (end < 0 || !isKeyName(name)) return undefined
  let key: KeyObject
  try {
    key = createPrivateKey(content.slice(end + 1))
  } catch {
    return undefined
  }
  if (key.asymmetricKeyType !== 'ed25519') return undefined
  // The raw key is the last 32 bytes of its SubjectPublicKeyInfo (RFC 8410, section 4).
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' })
  return { name, publicKey: new Uint8Array(spki.subarray(-32)), sign: (message) => sign(null, message, key) }
}

function unusable(path: string, error: unknown): WitnessError {
  return new WitnessError('WITNESS_DIR_UNUSABLE', `${path}: ${systemCode(error) || 'unknown error'}`, { cause: error })
}
