/**
 * `tracestate` as it was received, passed on byte for byte. The SDK's own class drops what is longer than 512 characters and
 * knows only the keys of level 1.
 */
import type { TraceState } from '@opentelemetry/api'
import { readTracestate } from '@trailmark/core/integration'

/** Immutable, as the API asks: `set` and `unset` answer with another one. */
export class ReceivedTraceState implements TraceState {
  readonly #value: string

  /** `value` is what `readTracestate` has accepted. */
  constructor(value: string) {
    this.#value = value
  }

  serialize(): string {
    return this.#value
  }

  get(key: string): string | undefined {
    return this.#members()
      .find((member) => member.startsWith(`${key}=`))
      ?.slice(key.length + 1)
  }

  /** The entry goes leftmost. An entry that the specification does not allow changes nothing. */
  set(key: string, value: string): TraceState {
    const member = `${key}=${value}`
    if (member.includes(',') || readTracestate(member) !== member) return this
    return new ReceivedTraceState(readTracestate([member, ...this.#without(key)].join(',')) || this.#value)
  }

  unset(key: string): TraceState {
    return new ReceivedTraceState(this.#without(key).join(','))
  }

  #without(key: string): string[] {
    return this.#members().filter((member) => !member.startsWith(`${key}=`))
  }

  #members(): string[] {
    return this.#value.split(/[ \t]*,[ \t]*/).filter((member) => member !== '')
  }
}
