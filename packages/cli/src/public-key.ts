/**
 * A public key that somebody kept outside the trail: 32 raw bytes in base64, a PEM file, or a verifier key of C2SP signed
 * notes (`<name>+<hash>+<base64 of 0x01 and the key>`); given as text or as the name of a file that holds one of them.
 */
import { createHash, createPublicKey } from 'node:crypto'
import { open } from 'node:fs/promises'
import { resolve } from 'node:path'
import { CliError, usageError } from './errors.ts'

const fileBytesMax = 4_096

/** The 32 bytes of the Ed25519 key. Throws CLI_USAGE when it is none, CLI_NOT_FOUND when it names a file that cannot be read. */
export async function readPublicKey(text: string, cwd: string): Promise<Uint8Array> {
  const given = parsePublicKey(text)
  if (given !== undefined) return given
  const path = resolve(cwd, text)
  const content = await readStart(path)
  const found = parsePublicKey(content)
  if (found !== undefined) return found
  throw usageError(`--key: ${path} holds no Ed25519 public key (base64 of 32 bytes, PEM, or a note verifier key)`)
}

/** The key in the text, if it is one in any of the three forms. Never throws. */
export function parsePublicKey(text: string): Uint8Array | undefined {
  if (text.length > fileBytesMax) return undefined
  const bare = text.trim()
  if (bare.startsWith('-----BEGIN PUBLIC KEY-----')) return fromPem(bare)
  const plus = /^([^\s+]{1,255})\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})$/.exec(bare)
  if (plus) return fromVerifierKey(plus[1] ?? '', plus[2] ?? '', plus[3] ?? '')
  return /^[A-Za-z0-9+/]{43}=?$/.test(bare) ? keyBytes(Buffer.from(bare, 'base64')) : undefined
}

function fromPem(pem: string): Uint8Array | undefined {
  try {
    const key = createPublicKey(pem)
    if (key.asymmetricKeyType !== 'ed25519') return undefined
    return keyBytes(key.export({ format: 'der', type: 'spki' }).subarray(-32))
  } catch {
    return undefined
  }
}

/** The hash in the middle is what tells a mistyped key from a right one: SHA-256(name, LF, type and key), four bytes. */
function fromVerifierKey(name: string, hash: string, base64: string): Uint8Array | undefined {
  const typed = Buffer.from(base64, 'base64')
  const expected = createHash('sha256').update(`${name}\n`).update(typed).digest('hex').slice(0, 8)
  return typed[0] === 1 && hash === expected ? keyBytes(typed.subarray(1)) : undefined
}

function keyBytes(bytes: Buffer): Uint8Array | undefined {
  return bytes.length === 32 ? new Uint8Array(bytes) : undefined
}

async function readStart(path: string): Promise<string> {
  try {
    const file = await open(path, 'r')
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(fileBytesMax), 0, fileBytesMax, 0)
      return buffer.toString('utf8', 0, bytesRead)
    } finally {
      await file.close()
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown failure'
    throw new CliError('CLI_NOT_FOUND', `--key is neither a key nor a readable file: ${reason}`, { cause: error })
  }
}
