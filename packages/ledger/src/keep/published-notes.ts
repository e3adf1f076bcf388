/**
 * `checkpoints/2026-01-15.notes`: every checkpoint of a writer that was shown to somebody, one signed note after the other, by day
 * in UTC. It only grows; the beginning of a note that a crash left behind is passed over.
 */
import { constants } from 'node:fs'
import { mkdir, open, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { publishedDirectory } from '../layout.ts'
import { NotAFile } from '../read/open-file.ts'
import { readSmallFile } from '../read/small-file.ts'

// Neither a link that leads elsewhere nor a FIFO that waits for ever.
const careful = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)
const flags = careful | constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT

/** Adds notes to the file of the day. What this process finds in a file it has not written to may end anywhere. */
export class PublishedNotes {
  readonly #dir: string
  #path: string | undefined

  constructor(writerDir: string) {
    this.#dir = join(writerDir, publishedDirectory)
  }

  /** Rejects with the system's error. Not synced: whatever it holds is in the anchor log as well, or with an anchor. */
  async add(note: string, timeMs: number): Promise<void> {
    const path = join(this.#dir, `${new Date(timeMs).toISOString().slice(0, 10)}.notes`)
    if (path !== this.#path) await mkdir(this.#dir, { recursive: true, mode: 0o750 })
    const file = await open(path, flags, 0o640)
    try {
      const facts = await file.stat()
      if (!facts.isFile()) throw new NotAFile(`${path} is not a file`)
      await file.appendFile(path === this.#path || facts.size === 0 ? note : `\n\n${note}`)
      this.#path = path
    } finally {
      await file.close()
    }
  }
}

const dayFile = /^\d{4}-\d\d-\d\d\.notes$/
/** A day has 1,440 minutes, and a note a few hundred bytes, a few thousand with the longest signatures. */
const dayBytesMax = 64 * 1024 * 1024

/** Every note that was published for a writer, a day at a time, oldest first. Files that cannot be read are passed over. */
export async function* readPublishedNotes(writerDir: string): AsyncGenerator<readonly string[]> {
  const dir = join(writerDir, publishedDirectory)
  const names = await readdir(dir).catch(() => [])
  for (const name of names.filter((one) => dayFile.test(one)).sort()) {
    const path = join(dir, name)
    const bytes = await stat(path).then(
      (facts) => readSmallFile(path, Math.min(dayBytesMax, facts.size)),
      () => undefined,
    )
    yield bytes ? splitNotes(bytes.toString()) : []
  }
}

/**
 * The notes that stand one after the other in a text, exactly. What is not one, such as the remains of a crash, is left out: a note
 * is a paragraph, an empty line, and lines that begin as signatures do.
 */
export function splitNotes(text: string): string[] {
  const notes: string[] = []
  let paragraph = ''
  let before = ''
  let signatures = ''
  const end = (): void => {
    if (before !== '' && signatures !== '') notes.push(`${before}\n${signatures}`)
    before = ''
    signatures = ''
  }
  // What stands behind the last line feed is no whole line.
  for (const line of text.split('\n').slice(0, -1)) {
    if (line.startsWith('— ') && before !== '') {
      signatures += `${line}\n`
      continue
    }
    if (signatures !== '') end()
    before = line === '' ? paragraph : ''
    paragraph = line === '' ? '' : `${paragraph}${line}\n`
  }
  end()
  return notes
}
