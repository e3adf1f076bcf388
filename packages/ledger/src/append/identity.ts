/**
 * Who this process is, as far as another process on the same machine, or on another one, can tell: the words of a LOCK.
 *
 * A pid alone means nothing elsewhere: it is compared only within one boot and one pid namespace, and with its start time,
 * since pids are used again. Where the system shows none of these, they are empty and only host name and pid are left.
 */
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import type { Identity } from '../lock-text.ts'

export function ownIdentity(): Identity {
  return {
    host: hostname().slice(0, 255),
    boot: read('/proc/sys/kernel/random/boot_id').trim().slice(0, 64),
    pidNamespace: ownPidNamespace(),
    pid: process.pid,
    start: processStart(process.pid) ?? '',
  }
}

/** When a process of this pid namespace started; empty when it runs but the system does not say; undefined when there is none. */
export function processStart(pid: number): string | undefined {
  const stat = read(`/proc/${pid}/stat`)
  // The second field is the program's name in parentheses and may itself hold spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state, threads, start] = [fields[0], fields[17], fields[19]]
  if (start === undefined) return isRunning(pid) ? '' : undefined
  // Ended, and only its parent has not asked how: in a container whose first process asks nobody that lasts for ever. While
  // another thread of it is still being ended, a write may still be under way, so it counts as running.
  const hasEnded = (state === 'Z' || state === 'X') && Number(threads) <= 1
  return hasEnded ? undefined : start
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

function ownPidNamespace(): string {
  try {
    return /\[(\d+)\]/.exec(readlinkSync('/proc/self/ns/pid'))?.[1] ?? ''
  } catch {
    return ''
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}
