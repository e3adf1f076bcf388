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
  return Array.from({ length: requests }, (_, i) => requestOf(i % 500, Math.floor(people ** random())))
}

const body = JSON.stringify({ note: 'x'.repeat(589) })

function requestOf(note: number, person: number): Buffer {
  const headers = [
    `POST /notes/${note} HTTP/1.1`,
    'host: 127.0.0.1',
    'content-type: application/json',
    'user-agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36',
    'accept: */*',
    `x-user: usr_${person.toString(36).padStart(6, '0')}`,
    `content-length: ${body.length}`,
  ]
  return Buffer.from(`${headers.join('\r\n')}\r\n\r\n${body}`)
}

/** A linear congruential generator: every server is asked the same, in the same order. */
export function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}
