import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openKeys } from './open.ts'
import { expireTokenKeys, listTokenKeys, rotateTokenKey } from './token-rotation.ts'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'trailmark-rotation-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const month = Date.UTC(2026, 0, 15)
const open = (now = month) => openKeys({ dir, clock: { now: () => now } })

describe('a rotation of token keys', () => {
  it('makes new tokens with the new key and still finds those of the old one', () => {
    const before = open().tokens.current('stable', month).kid
    const { previous, current } = rotateTokenKey(dir)
    const after = open().tokens
    expect(previous).toBe(before)
    expect(after.current('stable', month).kid).toBe(current)
    expect(after.all('stable').map(({ kid }) => kid)).toEqual([current, before])
  })

  it('is seen by a process that looks something up, without a restart', () => {
    const running = open().tokens
    const { previous, current } = rotateTokenKey(dir)
    expect(running.all('stable').map(({ kid }) => kid)).toEqual([current, previous])
    expect(running.current('stable', month).kid).toBe(previous)
  })

  it('tells which keys there are, and shows nothing of them', () => {
    open()
    rotateTokenKey(dir)
    const listed = listTokenKeys(dir)
    expect(listed.map(({ file, current }) => [file, current])).toEqual([
      ['stable-000002.key', true],
      ['stable-000001.key', false],
      ['monthly-2026-01.key', true],
    ])
    const secret = readFileSync(join(dir, 'stable-000001.key'), 'latin1').split(' ')[3]
    expect(JSON.stringify(listed)).not.toContain(secret)
  })

  it('refuses a directory without keys, and a damaged key', () => {
    expect(() => rotateTokenKey(dir)).toThrow(expect.objectContaining({ code: 'KEYS_DIR_UNUSABLE' }))
    open()
    writeFileSync(join(dir, 'stable-000001.key'), 'damaged', { mode: 0o600 })
    expect(() => rotateTokenKey(dir)).toThrow(expect.objectContaining({ code: 'KEYS_FILE_INVALID' }))
    expect(readdirSync(dir)).not.toContain('stable-000002.key')
  })
})

describe('the end of monthly keys', () => {
  it('comes 90 days after the month, never for the newest key, and only once', () => {
    open(Date.UTC(2026, 0, 15))
    open(Date.UTC(2026, 3, 15))
    const endOfJanuary = Date.UTC(2026, 1) + 90 * 86_400_000
    expect(expireTokenKeys(dir, endOfJanuary - 1)).toEqual([])
    const january = listTokenKeys(dir).find(({ file }) => file === 'monthly-2026-01.key')
    expect(expireTokenKeys(dir, endOfJanuary)).toEqual([january?.kid])
    expect(expireTokenKeys(dir, Date.UTC(2036, 0))).toEqual([])
    expect(readdirSync(dir)).toContain('monthly-2026-04.key')
  })
})
