/**
 * Whose a slot file is: machine, process id and start of the process, in the file's first slot.
 *
 *       0  16  "TRAILMARK-SLOTS\n"
 *      16   4  version, 1
 *      20   4  bytes of a slot, 128
 *      24  16  SHA-256 of host name, boot and process namespace, truncated
 *      40   4  process id
 *      44   8  start of the process, in clock ticks since the boot; 0 where the system does not say
 *      52  52  zero
 *     104   8  checksum, as in every slot
 *     112  16  zero
 */
import { hash } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { matchesSum, slotBytes, sum } from './slot.ts'

export interface Owner {
  readonly machine: string
  readonly pid: number
  readonly start: bigint
}

const magic = Buffer.from('TRAILMARK-SLOTS\n')
const version = 1
/** An owner that cannot be looked at, in another container or before a restart of the machine, is gone after this silence. */
const silenceMsMax = 3_600_000

let own: Owner | undefined

/** This process. */
export function thisOwner(): Owner {
  // After a fork by a snapshot or the like the pid would be another's: it is the one part that is asked for each time.
  if (own === undefined || own.pid !== process.pid) {
    const parts = [hostname(), read('/proc/sys/kernel/random/boot_id'), link('/proc/self/ns/pid')]
    own = {
      machine: hash('sha256', parts.join('|'), 'hex').slice(0, 32),
      pid: process.pid,
      start: startOf(process.pid) ?? 0n,
    }
  }
  return own
}

/** Whether the process that writes a file has ended; `touchedMs` is when the file last changed. */
export function isGone(owner: Owner | undefined, touchedMs: number, nowMs: number): boolean {
  const self = thisOwner()
  if (owner?.machine !== self.machine) return Math.abs(nowMs - touchedMs) > silenceMsMax
  const start = startOf(owner.pid)
  return start === undefined || start !== owner.start
}

export function headerOf(owner: Owner): Buffer {
  const header = Buffer.alloc(slotBytes)
  header.set(magic, 0)
  header.writeUInt32BE(version, 16)
  header.writeUInt32BE(slotBytes, 20)
  header.set(Buffer.from(owner.machine, 'hex'), 24)
  header.writeUInt32BE(owner.pid, 40)
  header.writeBigUInt64BE(owner.start, 44)
  sum(header)
  return header
}

/** Undefined for what is not a header of this version. */
export function parseHeader(header: Buffer): Owner | undefined {
  if (header.length !== slotBytes || !header.subarray(0, 16).equals(magic)) return undefined
  if (header.readUInt32BE(16) !== version || header.readUInt32BE(20) !== slotBytes || !matchesSum(header))
    return undefined
  return {
    machine: header.subarray(24, 40).toString('hex'),
    pid: header.readUInt32BE(40),
    start: header.readBigUInt64BE(44),
  }
}

/** True for a sound header of another version, whose slots this one must neither read nor take over. */
export function isOfAnotherVersion(header: Buffer): boolean {
  if (header.length !== slotBytes || !header.subarray(0, 16).equals(magic) || !matchesSum(header)) return false
  return header.readUInt32BE(16) !== version || header.readUInt32BE(20) !== slotBytes
}

/** When a process began; undefined when there is none. */
function startOf(pid: number): bigint | undefined {
  const stat = read(`/proc/${pid}/stat`)
  // The name of the program stands in brackets and may hold anything; the 20th word behind it is the start.
  const word = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  if (word !== undefined && /^\d{1,18}$/.test(word)) return BigInt(word)
  try {
    process.kill(pid, 0)
    return 0n
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM' ? 0n : undefined
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}

function link(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}
