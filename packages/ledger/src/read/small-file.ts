/** Whole small files for readers: never more than a bound, and undefined where there is none. */
import { systemCode } from '../errors.ts'
import { openFile } from './open-file.ts'

/** At most one byte more than `bytesMax`, so that parsers see it is too long. Rejects as `openFile` does. */
export async function readSmallFile(path: string, bytesMax: number): Promise<Buffer | undefined> {
  try {
    const file = await openFile(path)
    try {
      const bytes = Buffer.alloc(bytesMax + 1)
      let length = 0
      while (length < bytes.length) {
        const { bytesRead } = await file.read(bytes, length, bytes.length - length, length)
        if (bytesRead === 0) break
        length += bytesRead
      }
      return bytes.subarray(0, length)
    } finally {
      await file.close()
    }
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw error
  }
}
