/** Where the context of a request was looked for, and what was found there. */
import { currentContext } from '@trailmark/core'
import { expect } from 'vitest'

/** Collects what the ambient context was, by place. */
export class Seen {
  readonly places = new Map<string, (string | undefined)[]>()
  at = (place: string): void => {
    this.places.set(place, [...(this.places.get(place) ?? []), currentContext()?.requestId])
  }
  /** Fails unless every place was reached, and every time with this id. */
  expectOnly(id: string, ...places: readonly string[]): void {
    expect([...this.places.keys()].sort()).toEqual([...places].sort())
    for (const [place, ids] of this.places) expect([place, ...new Set(ids)]).toEqual([place, id])
  }
}
