/**
 * Forges what errors hold. What a library keeps in a field is its own affair: a driver repeats what a server says, and a
 * server what a client said. So each text and each number of an error is replaced by something nobody may see.
 */
import { scrub } from '@trailmark/core'
import { findPlanted } from './find-planted.ts'
import { person, secret } from './provoked/plants.ts'

const texts = [person.email, person.name, person.ssn, person.card, secret.apiKey, secret.bearer]
const numbers = [Number(person.card)]
const placesMax = 60
const depthMax = 2

/** The fields whose forged value is shown when this error is scrubbed. Empty is good; the error is left as it was. */
export function shownWhenForged(error: unknown): string[] {
  // A value that was thrown and is no error is scrubbed as any other value is.
  if (!(error instanceof Error)) return []
  return placesIn(error).flatMap(({ holder, name, held }) => {
    const shown = (typeof held === 'number' ? numbers : texts).flatMap((value) => {
      if (!Reflect.set(holder, name, value)) return []
      return findPlanted(JSON.stringify(scrub(error)) ?? '', [String(value)])
    })
    Reflect.set(holder, name, held)
    return shown.map((one) => `${name}: ${one}`)
  })
}

interface Place {
  readonly holder: object
  readonly name: string
  readonly held: string | number
}

/** The texts and numbers of an error and of what it holds that can be written to. */
function placesIn(error: Error): Place[] {
  const found: Place[] = []
  const look = (holder: unknown, depth: number): void => {
    if (typeof holder !== 'object' || holder === null || ArrayBuffer.isView(holder) || depth > depthMax) return
    for (const [name, { value: held, writable }] of Object.entries(Object.getOwnPropertyDescriptors(holder))) {
      if (found.length === placesMax || (Array.isArray(holder) && name === 'length')) return
      if (typeof held !== 'string' && typeof held !== 'number') look(held, depth + 1)
      else if (writable === true) found.push({ holder, name, held })
    }
  }
  look(error, 0)
  return found
}
