import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { whileOthersMakeParents } from '../../../test/process/others-make-parents.ts'
import { makeDirectories } from './make-directories.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'trailmark-make-'))
})
afterEach(() => {
  rmSync(root, { recursive: true, force: true })
})

it('a process that starts at the same time may make a part of the way', () => {
  const path = join(root, 'a/b/c')
  whileOthersMakeParents(() => makeDirectories(path, 0o700))
  expect(existsSync(path)).toBe(true)
})

it.runIf(process.platform === 'linux')('where nothing can be made it ends with the reason of the system', () => {
  expect(() => makeDirectories('/proc/trail/clinic', 0o700)).toThrow(expect.objectContaining({ code: 'ENOENT' }))
})
