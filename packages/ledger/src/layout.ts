/** The names in a writer directory, and nothing else. FORMAT.md, "Directory". */

export const metaFile = 'LEDGER.json'
export const metaNoteFile = 'LEDGER.note'
export const lockFile = 'LOCK'
export const checkpointFile = 'checkpoint'
export const frontierFile = 'checkpoint.frontier'
export const segmentDirectory = 'seg'
export const quarantineDirectory = 'quarantine'

/** A segment ends at the next index divisible by this, */
export const segmentEntriesMax = 65_536
/** or before a batch that would make it longer than this, */
export const segmentBytesMax = 64 * 1024 * 1024
/** or, when not empty, before the first batch after this. */
export const segmentAgeMsMax = 3_600_000

export const writerName = /^w-[0-9a-f]{12}$/
const segmentName = /^([0-9]{12})\.jsonl$/

/** `seg/000000000000.jsonl`: relative to the writer directory, with a forward slash on every platform. */
export function segmentFile(first: number): string {
  return `${segmentDirectory}/${String(first).padStart(12, '0')}.jsonl`
}

/** The first indexes of the segments among these names, in order. */
export function segmentsAmong(names: readonly string[]): number[] {
  return names
    .flatMap((name) => {
      const digits = segmentName.exec(name)?.[1]
      return digits === undefined ? [] : [Number(digits)]
    })
    .sort((a, b) => a - b)
}
