import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { dirname } from 'node:path'
import { vi } from 'vitest'

/** Runs `work` while another process makes the parent of each directory, right behind the call that needed it. */
export function whileOthersMakeParents<T>(work: () => T): T {
  const mkdir = fs.mkdirSync
  const spy = vi.spyOn(fs, 'mkdirSync').mockImplementation((path, mode) => {
    try {
      return mkdir(path, mode)
    } catch (error) {
      mkdir(dirname(String(path)), { recursive: true })
      throw error
    }
  })
  syncBuiltinESMExports()
  try {
    return work()
  } finally {
    spy.mockRestore()
    syncBuiltinESMExports()
  }
}
