/**
 * An error that a library really raised, with values planted where its users' data would be.
 *
 * Each entry calls the library for real and hands back what it threw. It says what nobody may find again, and what a reader
 * of the log still has to see in order to know what went wrong.
 */
export interface Provoked {
  /** `library: what happened`, unique. */
  readonly id: string
  readonly library: string
  /** Must not appear anywhere, in any spelling. */
  readonly planted: readonly string[]
  readonly expect: Expected
  /** A component that has to be installed. */
  readonly needs?: 'postgres'
  /** Makes it happen and resolves to what was thrown. Rejects when nothing was. */
  provoke(): Promise<unknown>
}

/** What makes an error useful once its data is gone. */
export interface Expected {
  /** The name people know it by; absent for what was thrown and is no error. */
  readonly type?: string | RegExp
  readonly code?: string | RegExp
  /** Must match what is left of the message, or the code or the details beside it. */
  readonly template?: RegExp
  /** Whether the error has frames of its own: some that come out of the system have none. */
  readonly frames: boolean
}

export interface Provocation {
  readonly planted: readonly string[]
  readonly expect: Omit<Expected, 'frames'> & { readonly frames?: boolean }
  readonly needs?: 'postgres'
  /** Throws or rejects with the error; or raises it elsewhere and throws what it caught there. */
  readonly work: () => unknown
}

export function provoked(library: string, what: string, { planted, expect, needs, work }: Provocation): Provoked {
  return {
    id: `${library}: ${what}`,
    library,
    planted,
    expect: { frames: true, ...expect },
    ...(needs && { needs }),
    provoke: () => thrownBy(work),
  }
}

/** What `work` throws or rejects with. Rejects itself when it does neither. */
export async function thrownBy(work: () => unknown): Promise<unknown> {
  try {
    await work()
  } catch (error) {
    if (error instanceof NotProvoked) throw error
    return error
  }
  throw new NotProvoked('the library raised nothing')
}

/** The provocation itself failed; never part of the corpus. */
export class NotProvoked extends Error {}
