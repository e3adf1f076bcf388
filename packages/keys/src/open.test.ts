import { execFile } from 'node:child_process'
import { createPublicKey, verify } from 'node:crypto'
import fs, {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { KeysError } from './errors.ts'
import { openKeys } from './open.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'trailmark-keys-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const dirOf = () => join(root, 'keys')
const fixed = (iso: string) => ({ now: () => Date.parse(iso) })

function thrown(work: () => unknown): KeysError {
  try {
    work()
  } catch (error) {
    return error as KeysError
  }
  throw new Error('did not throw')
}

describe('openKeys', () => {
  test('makes a directory and key files that only their owner can read, and keeps them out of repositories', () => {
    const keys = openKeys({ dir: dirOf(), clock: fixed('2026-01-15T00:00:00Z') })
    expect(keys.created).toBe(true)
    expect(statSync(dirOf()).mode & 0o777).toBe(0o700)
    const files = readdirSync(dirOf()).sort()
    expect(files).toEqual([
      '.gitignore',
      'kek-000001.key',
      'log.pem',
      'monthly-2026-01.key',
      'stable-000001.key',
      'subjects',
      'subjects.key',
    ])
    expect(statSync(join(dirOf(), 'subjects')).mode & 0o777).toBe(0o700)
    for (const file of files.filter((name) => name !== 'subjects'))
      expect(statSync(join(dirOf(), file)).mode & 0o777).toBe(0o600)
    expect(readFileSync(join(dirOf(), '.gitignore'), 'utf8')).toBe('*\n')
  })

  test.skipIf(process.platform === 'win32')('syncs the directory once, behind the last name in it', () => {
    const atSync: string[][] = []
    const fsync = fs.fsyncSync
    const spy = vi.spyOn(fs, 'fsyncSync').mockImplementation((fd) => {
      if (fs.fstatSync(fd).ino === statSync(dirOf()).ino) atSync.push(readdirSync(dirOf()))
      fsync(fd)
    })
    syncBuiltinESMExports()
    try {
      openKeys({ dir: dirOf() })
      expect(atSync).toEqual([readdirSync(dirOf())])
      // What another process made a moment ago is not used before it is durable.
      openKeys({ dir: dirOf() })
      expect(atSync).toHaveLength(2)
    } finally {
      spy.mockRestore()
      syncBuiltinESMExports()
    }
  })

  test('finds the same keys again', () => {
    const first = openKeys({ dir: dirOf() })
    const second = openKeys({ dir: dirOf() })
    expect(second.created).toBe(false)
    expect(second.log.publicKey).toEqual(first.log.publicKey)
    for (const scope of ['stable', 'monthly'] as const) {
      const [a, b] = [first.tokens.current(scope, Date.now()), second.tokens.current(scope, Date.now())]
      expect(b.kid).toBe(a.kid)
      expect(b.created).toBe(a.created)
      expect(b.key.equals(a.key)).toBe(true)
    }
  })

  test('signs what its public key verifies', () => {
    const { log } = openKeys({ dir: dirOf() })
    expect(log.publicKey).toHaveLength(32)
    const message = Buffer.from('clinic/audit.standard\n')
    const x = Buffer.from(log.publicKey).toString('base64url')
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
    expect(verify(null, message, key, log.sign(message))).toBe(true)
  })

  test('gives processes that start together the same keys', async () => {
    const script = `
      const { openKeys } = await import(${JSON.stringify(new URL('./index.ts', import.meta.url).href)})
      const keys = openKeys({ dir: ${JSON.stringify(dirOf())} })
      const kids = ['stable', 'monthly'].map((scope) => keys.tokens.current(scope, Date.now()).kid)
      console.log(JSON.stringify([Buffer.from(keys.log.publicKey).toString('hex'), ...kids]), keys.created)`
    const args = ['--conditions=@trailmark/source', '--input-type=module', '-e', script]
    const run = promisify(execFile)
    const outputs = await Promise.all(Array.from({ length: 5 }, () => run(process.execPath, args)))
    const lines = outputs.map(({ stdout }) => stdout.trim().split(' '))
    expect(new Set(lines.map(([seen]) => seen)).size).toBe(1)
    expect(lines.filter(([, created]) => created === 'true')).toHaveLength(1)
    expect(readdirSync(dirOf()).filter((name) => name.startsWith('.new-'))).toEqual([])
  })

  test('clears away what a crashed process left, once it is an hour old', () => {
    openKeys({ dir: dirOf() })
    const [old, young] = [join(dirOf(), '.new-1-old'), join(dirOf(), '.new-2-young')]
    writeFileSync(old, 'x', { mode: 0o600 })
    writeFileSync(young, 'x', { mode: 0o600 })
    const past = Date.now() / 1000 - 7200
    utimesSync(old, past, past)
    openKeys({ dir: dirOf() })
    expect([existsSync(old), existsSync(young)]).toEqual([false, true])
  })

  test('as a reader refuses a directory without keys, and writes nothing', () => {
    expect(thrown(() => openKeys({ dir: dirOf(), create: false })).code).toBe('KEYS_DIR_UNUSABLE')
    expect(existsSync(dirOf())).toBe(false)
    mkdirSync(dirOf(), { mode: 0o700 })
    expect(thrown(() => openKeys({ dir: dirOf(), create: false })).code).toBe('KEYS_DIR_UNUSABLE')
    expect(readdirSync(dirOf())).toEqual([])
  })

  test('as a reader makes do with the months that exist', () => {
    const written = openKeys({ dir: dirOf(), clock: fixed('2026-01-15T00:00:00Z') })
    const read = openKeys({ dir: dirOf(), create: false, clock: fixed('2026-03-01T00:00:00Z') })
    const now = Date.parse('2026-03-01T00:00:00Z')
    expect(read.tokens.current('monthly', now).kid).toBe(written.tokens.all('monthly')[0]?.kid)
    expect(readdirSync(dirOf())).not.toContain('monthly-2026-03.key')
  })
})

describe('openKeys refuses', () => {
  test.each([0o701, 0o710, 0o740, 0o755, 0o777])('a directory of mode %o, and says what to run', (mode) => {
    openKeys({ dir: dirOf() })
    chmodSync(dirOf(), mode)
    const error = thrown(() => openKeys({ dir: dirOf() }))
    expect(error.code).toBe('KEYS_READABLE_BY_OTHERS')
    expect(error.message).toContain(`chmod 0700 '${dirOf()}'`)
    chmodSync(dirOf(), 0o700)
  })

  test.each(['log.pem', 'stable-000001.key', 'monthly-2026-01.key'])('%s when its group can read it', (name) => {
    const clock = fixed('2026-01-15T00:00:00Z')
    openKeys({ dir: dirOf(), clock })
    chmodSync(join(dirOf(), name), 0o640)
    const error = thrown(() => openKeys({ dir: dirOf(), clock }))
    expect(error.code).toBe('KEYS_READABLE_BY_OTHERS')
    expect(error.message).toContain(join(dirOf(), name))
  })

  describe.each(['log.pem', 'stable-000001.key', 'monthly-2026-01.key'])('%s when it is', (name) => {
    const clock = fixed('2026-01-15T00:00:00Z')
    const path = () => join(dirOf(), name)
    const damage: Record<string, () => void> = {
      empty: () => truncateSync(path(), 0),
      truncated: () => truncateSync(path(), 60),
      'one byte short': () => truncateSync(path(), statSync(path()).size - 2),
      huge: () => writeFileSync(path(), Buffer.alloc(1_000_000, 'a'), { mode: 0o600 }),
      'the other kind of key': () =>
        writeFileSync(path(), readFileSync(join(dirOf(), name === 'log.pem' ? 'stable-000001.key' : 'log.pem'))),
      'a directory': () => {
        rmSync(path())
        mkdirSync(path(), { mode: 0o700 })
      },
    }
    test.each(Object.keys(damage))('%s', (kind) => {
      openKeys({ dir: dirOf(), clock })
      damage[kind]?.()
      const error = thrown(() => openKeys({ dir: dirOf(), clock }))
      expect(error.code).toBe('KEYS_FILE_INVALID')
      expect(error.message).toContain(path())
      // Never replaced: whatever stands there may be all that is left of the key.
      expect(thrown(() => openKeys({ dir: dirOf(), clock })).code).toBe('KEYS_FILE_INVALID')
    })
  })

  test('a path that is a file, or lies below one', () => {
    writeFileSync(join(root, 'file'), '')
    expect(thrown(() => openKeys({ dir: join(root, 'file') })).code).toBe('KEYS_DIR_UNUSABLE')
    expect(thrown(() => openKeys({ dir: join(root, 'file', 'keys') })).code).toBe('KEYS_DIR_UNUSABLE')
  })

  test('a file in place of a key that never ends', async () => {
    openKeys({ dir: dirOf() })
    rmSync(join(dirOf(), 'log.pem'))
    await promisify(execFile)('mkfifo', ['-m', '600', join(dirOf(), 'log.pem')])
    expect(thrown(() => openKeys({ dir: dirOf() })).code).toBe('KEYS_FILE_INVALID')
  })

  test('any content of a key file with nothing but a coded error, which never repeats the content', () => {
    openKeys({ dir: dirOf() })
    const path = join(dirOf(), 'stable-000001.key')
    fc.assert(
      fc.property(
        fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.uint8Array({ minLength: 138, maxLength: 138 })),
        (bytes) => {
          writeFileSync(path, bytes)
          const error = thrown(() => openKeys({ dir: dirOf() }))
          expect(error.code).toBe('KEYS_FILE_INVALID')
          if (bytes.length > 7) expect(error.message).not.toContain(Buffer.from(bytes).toString('latin1'))
        },
      ),
      { numRuns: 100 },
    )
  })
})
