/** Joins a writer directory to its epochs, when it is made and when it is continued; under its lock. */
import { join } from 'node:path'
import { type Checkpoint, formatCheckpoint } from '../checkpoint.ts'
import type { Disk } from '../disk.ts'
import { LedgerError } from '../errors.ts'
import { keysDirectory } from '../layout.ts'
import type { EpochKeeper, EpochKey, EpochWriter } from './epoch-keeper.ts'
import type { KeysFound } from './epoch-opening.ts'
import { Epochs } from './epochs.ts'
import type { EpochStatement } from './key-statement.ts'
import type { Rotation } from './lineage.ts'

export interface EpochOptions {
  readonly disk: Disk
  readonly keeper: EpochKeeper | undefined
  readonly epochMs: number
  readonly lineage: readonly Rotation[]
  now(): number
}

export interface EpochPlace {
  readonly dir: string
  readonly writer: EpochWriter
  /** Whether the directory is still this process's. */
  isOurs(): boolean
}

/** The epochs of a new writer. Undefined where there are none and no rotation either. */
export function beginEpochs(options: EpochOptions, place: EpochPlace): Epochs | undefined {
  if (!options.keeper && options.lineage.length === 0) return undefined
  return startEpochs(options, place, { nextNumber: 0, lacking: options.lineage, unfinished: false })
}

/** Those of one that is continued. Throws LEDGER_EPOCH_LOST, and what the keeper throws. */
export function continueEpochs(
  options: EpochOptions,
  place: EpochPlace,
  found: { readonly keys: KeysFound; readonly promised: boolean; readonly unfinished: boolean },
): Epochs | undefined {
  const { keeper, disk } = options
  const { nextNumber, newest, lacking } = found.keys
  if (!keeper && (newest || found.promised)) {
    const problem = `${place.dir} has epochs, and was opened without anybody who keeps their keys`
    throw new LedgerError('LEDGER_EPOCH_LOST', problem)
  }
  if (!keeper && lacking.length === 0 && !found.unfinished) return undefined
  let current: EpochKey | undefined
  if (newest && keeper) {
    // Whoever wrote the statement may have crashed before it was durable, and the other key goes now.
    disk.syncDirectory(join(place.dir, keysDirectory))
    current = keeper.keep(place.writer, Buffer.from(newest.publicKey, 'base64'))
    if (!current) {
      const problem = `the key of epoch ${newest.number} of ${place.writer.origin} is not among the keys: ${newest.publicKey}`
      throw new LedgerError('LEDGER_EPOCH_LOST', problem)
    }
  }
  return startEpochs(options, place, { nextNumber, newest, current, lacking, unfinished: found.unfinished })
}

/**
 * The most that was signed: the newest statement may be ahead of the checkpoint, if a crash came between them.
 * Throws LEDGER_EPOCH_ROOT when they contradict each other.
 */
export function furthest(
  checkpoint: Checkpoint | undefined,
  newest: EpochStatement | undefined,
): Checkpoint | undefined {
  if (!newest || (checkpoint && checkpoint.size > newest.size)) return checkpoint
  const { origin, size, root } = newest
  if (checkpoint?.size === size && checkpoint.root !== root) {
    const problem = `${formatCheckpoint(checkpoint).trimEnd().replaceAll('\n', ' ')} is not the root in statement ${newest.number}`
    throw new LedgerError('LEDGER_EPOCH_ROOT', problem)
  }
  return { origin, size, root }
}

interface Known {
  readonly nextNumber: number
  readonly newest?: EpochStatement | undefined
  readonly current?: EpochKey | undefined
  readonly lacking: readonly Rotation[]
  readonly unfinished: boolean
}

function startEpochs({ disk, keeper, epochMs, now }: EpochOptions, place: EpochPlace, known: Known): Epochs {
  const keys = join(place.dir, keysDirectory)
  if (disk.makeDirectory(keys) !== undefined) disk.syncDirectory(place.dir)
  for (const name of disk.list(keys)) if (name.endsWith('.tmp')) disk.remove(join(keys, name))
  return new Epochs({ keeper, writer: place.writer, epochMs, now, isOurs: () => place.isOurs(), ...known })
}
