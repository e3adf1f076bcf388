import { existsSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { whileOthersMakeParents } from '../../../test/process/others-make-parents.ts'
import { makeDirectories } from './make-directories.ts'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'trailmark-make-'))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const coded = (code: string) => expect.objectContaining({ code })

describe('making directories', () => {
  it('makes what is missing, once', () => {
    const path = join(home, 'a/b/c')
    expect(makeDirectories(path, 0o700)).toBe(true)
    expect(makeDirectories(path, 0o700)).toBe(false)
    expect(statSync(join(home, 'a')).mode & 0o777).toBe(0o700)
  })

  it('goes on where a process that starts at the same time makes a part of the way', () => {
    const path = join(home, 'a/b/c')
    expect(whileOthersMakeParents(() => makeDirectories(path, 0o700))).toBe(true)
    expect(existsSync(path)).toBe(true)
  })

  it('takes the root of the file system for what it is', () => {
    expect(makeDirectories('/', 0o700)).toBe(false)
  })

  it('fails where there is a file, in its place or on the way', () => {
    writeFileSync(join(home, 'file'), '')
    expect(() => makeDirectories(join(home, 'file'), 0o700)).toThrow(coded('EEXIST'))
    expect(() => makeDirectories(join(home, 'file/below'), 0o700)).toThrow(coded('ENOTDIR'))
  })

  it('fails where a link leads nowhere', () => {
    symlinkSync(join(home, 'nowhere'), join(home, 'link'))
    expect(() => makeDirectories(join(home, 'link'), 0o700)).toThrow(coded('EEXIST'))
    expect(() => makeDirectories(join(home, 'link/below'), 0o700)).toThrow()
  })

  it.skipIf(!existsSync('/proc/self'))(
    'fails, and does not go on trying, where the system makes no directories',
    () => {
      expect(() => makeDirectories('/proc/trail', 0o700)).toThrow(coded('ENOENT'))
    },
  )
})
