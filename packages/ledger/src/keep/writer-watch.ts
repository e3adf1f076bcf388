/**
 * Compares what writers have signed with what the anchor log already says of them: a checkpoint may only grow.
 *
 * One that went back, or became another one of the same size, is told and never written down, and what was written down before
 * goes on to count.
 */
import type { LedgerErrorCode } from '../errors.ts'
import type { PublishedCheckpoint } from './anchor.ts'
import type { Published } from './published.ts'

/** Something about one writer that somebody should know. */
export interface WriterTrouble {
  readonly kind: 'rewound' | 'gone' | 'unusable'
  /** The origin, or the directory of a writer that does not tell. */
  readonly writer: string
  readonly code: LedgerErrorCode
  readonly message: string
}

/** What is new since the last look. */
export interface WriterNews {
  /** To be written down. */
  readonly changed: readonly PublishedCheckpoint[]
  /** Told once, until it is over. */
  readonly troubles: readonly WriterTrouble[]
}

export class WriterWatch {
  readonly #known: Map<string, PublishedCheckpoint>
  #told = new Set<string>()

  /** `known`: the newest checkpoint of every writer the anchor log names, by origin. */
  constructor(known: Map<string, PublishedCheckpoint>) {
    this.#known = new Map(known)
  }

  /** The newest checkpoint of every writer, as it is to be written down at a start. */
  get known(): readonly PublishedCheckpoint[] {
    return [...this.#known.values()]
  }

  compare({ checkpoints, unusable }: Published): WriterNews {
    const changed: PublishedCheckpoint[] = []
    const troubles: WriterTrouble[] = []
    const found = new Set<string>()
    for (const one of checkpoints) {
      found.add(one.origin)
      const before = this.#known.get(one.origin)
      if (before && isRewound(before, one)) troubles.push(rewound(before, one))
      else if (before?.size !== one.size) changed.push(one)
    }
    for (const { dir, code, message } of unusable) troubles.push({ kind: 'unusable', writer: dir, code, message })
    if (unusable.length === 0)
      for (const origin of this.#known.keys()) if (!found.has(origin)) troubles.push(gone(origin))
    return { changed, troubles: this.#news(troubles) }
  }

  /** These stand in the anchor log now. */
  written(checkpoints: readonly PublishedCheckpoint[]): void {
    for (const one of checkpoints) this.#known.set(one.origin, one)
  }

  #news(troubles: readonly WriterTrouble[]): WriterTrouble[] {
    const before = this.#told
    this.#told = new Set(troubles.map(keyOf))
    return troubles.filter((one) => !before.has(keyOf(one)))
  }
}

function isRewound(before: PublishedCheckpoint, now: PublishedCheckpoint): boolean {
  return now.size < before.size || (now.size === before.size && now.root !== before.root)
}

function rewound(before: PublishedCheckpoint, { origin, size, root }: PublishedCheckpoint): WriterTrouble {
  const shown = `${size} entries with root ${root}`
  const message = `${origin}: shows ${shown}, the anchor log has ${before.size} with root ${before.root}`
  return { kind: 'rewound', writer: origin, code: 'LEDGER_WRITER_REWOUND', message }
}

function gone(origin: string): WriterTrouble {
  const message = `${origin} is in the anchor log, and has no checkpoint on disk any more`
  return { kind: 'gone', writer: origin, code: 'LEDGER_WRITER_GONE', message }
}

function keyOf({ kind, writer }: WriterTrouble): string {
  return `${kind} ${writer}`
}
