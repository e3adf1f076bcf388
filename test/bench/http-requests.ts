import { postNote } from './post-note.ts'

/** The requests of a load, rendered before the clock starts, the same in every run. */
export interface Population {
  readonly requests: number
  /** Actors are drawn from so many people by Zipf's law: a few often, most of them rarely. */
  readonly people: number
}

/** The people among them are all met while a server is warmed, so their keys exist before the clock starts. */
export const population: Population = { requests: 16_384, people: 100_000 }

export function prepareRequests({ requests, people }: Population): Buffer[] {
  const random = randomFrom(7)
  return Array.from({ length: requests }, (_, i) => postNote(i % 500, Math.floor(people ** random())))
}

/** A linear congruential generator: every server is asked the same, in the same order. */
export function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}
