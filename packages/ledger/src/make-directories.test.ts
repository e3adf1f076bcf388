import { existsSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { whileOthersMakeParents } from '../../../test/process/others-make-parents.ts'
import { temporaryDirectory } from './ledger.fixture.ts'
import { makeDirectories } from './make-directories.ts'

it('makes what is missing, once, and names the first of it', () => {
  const root = temporaryDirectory()
  const path = join(root, 'a', 'b', 'c')
  expect(makeDirectories(path, 0o750)).toBe(join(root, 'a'))
  expect(statSync(path).mode & 0o777).toBe(0o750)
  expect(makeDirectories(path, 0o750)).toBeUndefined()
  expect(makeDirectories(join(path, 'd'), 0o750)).toBe(join(path, 'd'))
})

it('fails where a file stands in the way', () => {
  const root = temporaryDirectory()
  writeFileSync(join(root, 'file'), '')
  for (const path of [join(root, 'file'), join(root, 'file', 'below')])
    expect(() => makeDirectories(path, 0o750)).toThrow(/EEXIST|ENOTDIR/)
})

it.skipIf(!existsSync('/proc/self'))('fails where the system makes no directories', () => {
  for (const path of ['/proc/trail', '/proc/trail/below']) expect(() => makeDirectories(path, 0o750)).toThrow('ENOENT')
})

it('goes on where a process that starts at the same time makes a part of the way', () => {
  const path = join(temporaryDirectory(), 'a/b/c')
  expect(whileOthersMakeParents(() => makeDirectories(path, 0o700))).toBe(path)
  expect(existsSync(path)).toBe(true)
})
