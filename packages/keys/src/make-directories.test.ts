import fs, { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { makeDirectories } from './make-directories.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'trailmark-make-'))
})
afterEach(() => {
  vi.restoreAllMocks()
  syncBuiltinESMExports()
  rmSync(root, { recursive: true, force: true })
})

/** Another process makes the parent right behind the first call that needed it. */
function otherMakesParents(): void {
  const mkdir = fs.mkdirSync
  vi.spyOn(fs, 'mkdirSync').mockImplementation((path, mode) => {
    try {
      return mkdir(path, mode)
    } catch (error) {
      mkdir(dirname(String(path)), { recursive: true })
      throw error
    }
  })
  syncBuiltinESMExports()
}

it('a process that starts at the same time may make a part of the way', () => {
  const path = join(root, 'a/b/c')
  otherMakesParents()
  makeDirectories(path, 0o700)
  expect(existsSync(path)).toBe(true)
})

it.runIf(process.platform === 'linux')('where nothing can be made it ends with the reason of the system', () => {
  expect(() => makeDirectories('/proc/trail/clinic', 0o700)).toThrow(expect.objectContaining({ code: 'ENOENT' }))
})
