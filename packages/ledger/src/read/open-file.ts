/**
 * Opens a file of a trail to read it, whatever somebody may have put in its place.
 *
 * Opening a FIFO would wait for its writer for ever, a device never ends, and a link leads out of what is being judged. None of
 * them is a file of a ledger.
 */
import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'

// Windows has neither flag.
const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0)

/** What stands in a file's place and is none. */
export class NotAFile extends Error {
  override readonly name = 'NotAFile'
}

/** Rejects with the system's error, or with `NotAFile` for a link, a directory, a FIFO, a device or a socket. */
export async function openFile(path: string): Promise<FileHandle> {
  const file = await open(path, flags).catch((error: NodeJS.ErrnoException) => {
    throw notFileCodes.has(error.code ?? '') ? new NotAFile(`${path} is not a file`, { cause: error }) : error
  })
  if ((await file.stat()).isFile()) return file
  await file.close()
  throw new NotAFile(`${path} is not a file`)
}

/** A link; a socket, or a device that is not there; a directory, on some systems. */
const notFileCodes = new Set(['ELOOP', 'EMLINK', 'ENXIO', 'ENODEV', 'EISDIR'])
