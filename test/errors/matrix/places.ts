/**
 * Where errors are thrown. After the first ones a process goes on; of the others it dies, with us as without us.
 */
import { EventEmitter } from 'node:events'
import { PassThrough, Readable } from 'node:stream'

export const survived = ['sync', 'async', 'late', 'before', 'early-stream', 'late-stream', 'logged'] as const
/** Said by the process itself, whatever framework it has. */
export const said = ['warning'] as const
export const deadly = ['timer', 'promise', 'listener', 'stream'] as const
export type Place = (typeof survived)[number] | (typeof said)[number] | (typeof deadly)[number]

/** What happens outside of every handler: nobody catches it. */
export function failOutside(place: Place, error: unknown): void {
  if (place === 'timer') {
    setTimeout(() => {
      throw error
    }, 1)
  } else if (place === 'promise') {
    void Promise.reject(error)
  } else if (place === 'listener') {
    const emitter = new EventEmitter().on('row', () => {
      throw error
    })
    setImmediate(() => emitter.emit('row'))
  } else if (place === 'stream') {
    const source = new PassThrough()
    setImmediate(() => source.emit('error', error))
  }
}

/** A body that fails: before its first byte, or after it. */
export function failingStream(place: Place, error: unknown): Readable {
  const beginning = place === 'late-stream'
  return Readable.from(
    (async function* () {
      if (beginning) yield 'the beginning'
      await new Promise((resolve) => setImmediate(resolve))
      throw error
    })(),
    { objectMode: false },
  )
}

/** Says it as a warning of the process, as libraries do. */
export function warnOf(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(Object(error).message ?? error))
}

export function isPlace(text: string): text is Place {
  return [...survived, ...said, ...deadly].some((one) => one === text)
}
