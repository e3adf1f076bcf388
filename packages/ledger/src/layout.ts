/** The names in a writer directory, and nothing else. FORMAT.md, "Directory". */

export const metaFile = 'LEDGER.json'
export const metaNoteFile = 'LEDGER.note'
export const lockFile = 'LOCK'
export const checkpointFile = 'checkpoint'
export const frontierFile = 'checkpoint.frontier'
export const segmentDirectory = 'seg'
export const keysDirectory = 'keys'
export const quarantineDirectory = 'quarantine'
export const reserveFile = 'RESERVE'
export const anchorsDirectory = 'anchors'
export const publishedDirectory = 'checkpoints'

/** A segment ends at the next index divisible by this, */
export const segmentEntriesMax = 65_536
/** or before a batch that would make it longer than this, */
export const segmentBytesMax = 64 * 1024 * 1024
/** or, when not empty, before the first batch after this. */
export const segmentAgeMsMax = 3_600_000

export const writerName = /^w-[0-9a-f]{12}$/
const segmentName = /^([0-9]{12})\.jsonl$/
const sealName = /^([0-9]{12})\.seal$/

/** `seg/000000000000.jsonl`: relative to the writer directory, with a forward slash on every platform. */
export function segmentFile(first: number): string {
  return `${segmentDirectory}/${String(first).padStart(12, '0')}.jsonl`
}

/** `seg/000000000000.seal`: beside its segment, and there still when the segment was purged. */
export function sealFile(first: number): string {
  return `${segmentDirectory}/${String(first).padStart(12, '0')}.seal`
}

/** The first indexes of the segments among these names, in order. */
export function segmentsAmong(names: readonly string[]): number[] {
  return indexesAmong(names, segmentName)
}

/** The same of the seals. */
export function sealsAmong(names: readonly string[]): number[] {
  return indexesAmong(names, sealName)
}

function indexesAmong(names: readonly string[], pattern: RegExp): number[] {
  return names
    .flatMap((name) => {
      const digits = pattern.exec(name)?.[1]
      return digits === undefined ? [] : [Number(digits)]
    })
    .sort((a, b) => a - b)
}

/** `keys/000000000000.note`, by the same rule. */
export function keyStatementFile(number: number): string {
  return `${keysDirectory}/${String(number).padStart(12, '0')}.note`
}

/** The numbers of the key statements among these names, in order. */
export function keyStatementsAmong(names: readonly string[]): number[] {
  return names
    .flatMap((name) => (/^[0-9]{12}\.note$/.test(name) ? [Number(name.slice(0, 12))] : []))
    .sort((a, b) => a - b)
}
