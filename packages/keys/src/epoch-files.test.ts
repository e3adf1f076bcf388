import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { epochFiles, listEpochKeys } from './epoch-files.ts'
import { generateEpochKey, parseEpochKey } from './epoch-key.ts'
import { KeysError } from './errors.ts'
import { memoryEpochs } from './memory-epochs.ts'
import { openKeys } from './open.ts'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'trailmark-epochs-'))
  chmodSync(dir, 0o700)
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const writer = { origin: 'clinic/audit.standard/w-00000000000a', stream: 'audit', writer: 'w-00000000000a' }
const name = 'epoch-audit-w-00000000000a'
const files = () => readdirSync(dir).sort()

describe.each([
  ['files', () => epochFiles(dir)],
  ['memory', () => memoryEpochs()],
])('epoch keys in %s', (_, make) => {
  it('are made, kept, and found again; the one before is gone', () => {
    const keys = make()
    const first = keys.next(writer)
    expect(keys.keep(writer, first.publicKey)?.publicKey).toEqual(first.publicKey)
    const second = keys.next(writer)
    expect(keys.keep(writer, second.publicKey)?.publicKey).toEqual(second.publicKey)
    expect(keys.keep(writer, first.publicKey)).toBeUndefined()
    expect(keys.keep(writer, second.publicKey)?.publicKey).toEqual(second.publicKey)
  })

  it('that nobody kept leave the one in use alone', () => {
    const keys = make()
    const first = keys.next(writer)
    keys.keep(writer, first.publicKey)
    keys.next(writer)
    expect(keys.keep(writer, first.publicKey)?.publicKey).toEqual(first.publicKey)
  })

  it('are destroyed by nobody who asks for another one', () => {
    const keys = make()
    const first = keys.next(writer)
    keys.keep(writer, first.publicKey)
    expect(keys.keep(writer, new Uint8Array(32))).toBeUndefined()
    expect(keys.keep(writer, first.publicKey)?.publicKey).toEqual(first.publicKey)
  })

  it('of two writers do not know each other', () => {
    const keys = make()
    const other = { ...writer, origin: 'clinic/audit.standard/w-00000000000b', writer: 'w-00000000000b' }
    const [a, b] = [keys.next(writer), keys.next(other)]
    expect(keys.keep(other, a.publicKey)).toBeUndefined()
    expect(keys.keep(other, b.publicKey)?.publicKey).toEqual(b.publicKey)
    expect(keys.keep(writer, a.publicKey)?.publicKey).toEqual(a.publicKey)
  })
})

describe('a file of an epoch key', () => {
  it('is for its owner alone, and found by another process', () => {
    const { publicKey } = epochFiles(dir).next(writer)
    epochFiles(dir).keep(writer, publicKey)
    expect(files()).toEqual([`${name}.key`])
    expect(statSync(join(dir, `${name}.key`)).mode & 0o777).toBe(0o600)
    expect(epochFiles(dir).keep(writer, publicKey)?.publicKey).toEqual(publicKey)
    expect(listEpochKeys(dir)).toMatchObject([
      { stream: 'audit', writer: writer.writer, publicKey: Buffer.from(publicKey).toString('base64') },
    ])
  })

  it('survives a crash after each step of a turn', () => {
    const keys = epochFiles(dir)
    const first = keys.next(writer)
    keys.keep(writer, first.publicKey)
    const old = readFileSync(join(dir, `${name}.key`))
    const second = keys.next(writer)
    const next = readFileSync(join(dir, `${name}.next`))
    const states: Record<string, Buffer>[] = [
      { key: old, next },
      { gone: old, next },
      { gone: Buffer.alloc(old.length), next },
      { next },
      { gone: Buffer.alloc(3), key: next },
    ]
    for (const [i, state] of states.entries()) {
      for (const file of files()) rmSync(join(dir, file))
      for (const [kind, content] of Object.entries(state))
        writeFileSync(join(dir, `${name}.${kind}`), content, { mode: 0o600 })
      expect(epochFiles(dir).keep(writer, second.publicKey)?.publicKey, `state ${i}`).toEqual(second.publicKey)
      expect(files(), `state ${i}`).toEqual([`${name}.key`])
    }
  })

  it('that is lost while the process runs is written again before the old one goes', () => {
    const keys = epochFiles(dir)
    keys.keep(writer, keys.next(writer).publicKey)
    const second = keys.next(writer)
    rmSync(join(dir, `${name}.next`))
    expect(keys.keep(writer, second.publicKey)?.publicKey).toEqual(second.publicKey)
    expect(epochFiles(dir).keep(writer, second.publicKey)?.publicKey).toEqual(second.publicKey)
  })

  it('that others can read is refused', () => {
    const { publicKey } = epochFiles(dir).next(writer)
    chmodSync(join(dir, `${name}.next`), 0o644)
    expect(() => epochFiles(dir).keep(writer, publicKey)).toThrow(KeysError)
  })

  it('cannot lead out of the directory', () => {
    const keys = epochFiles(dir)
    for (const stream of ['..', 'a/b', '', 'a\0'])
      expect(() => keys.next({ ...writer, stream })).toThrow(/no epoch key/)
    expect(files()).toEqual([])
  })

  it('is read only as it was written, for its own writer', () => {
    const content = generateEpochKey(writer.origin, 0)
    expect(parseEpochKey(content, writer.origin)?.created).toBe(0)
    expect(parseEpochKey(content, 'clinic/other')).toBeUndefined()
    void fc.assert(
      fc.property(fc.nat(content.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const edited = Buffer.from(content)
        edited[at] = (edited[at] ?? 0) ^ change
        return parseEpochKey(edited, writer.origin) === undefined
      }),
    )
    void fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => parseEpochKey(Buffer.from(bytes), '') === undefined),
    )
  })
})

it('opening a keys directory hands on who makes epoch keys', () => {
  const { epochs } = openKeys({ dir: join(dir, 'keys') })
  const key = epochs?.next(writer)
  expect(key && epochs?.keep(writer, key.publicKey)?.publicKey).toEqual(key?.publicKey)
})
