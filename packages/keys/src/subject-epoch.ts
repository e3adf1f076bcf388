/** Which epoch a key belongs to, and whose: years for people, months for anonymous visitors, all in UTC. */
import { createHmac, type KeyObject } from 'node:crypto'
import type { Subject } from './ports.ts'

export interface Epoch {
  readonly number: number
  /** The epoch before. */
  readonly previous: number
  readonly fromMs: number
  readonly untilMs: number
  /** Until then a new name is linked to the one of the epoch before. */
  readonly overlapUntilMs: number
}

/** Clocks that are wrong beyond what four digits of a year can hold. */
const timeMsMax = 253_402_300_799_999
/** Months are numbers of six digits, years of four. */
const firstMonth = 100_000

/** The year that `nowMs` is in; its first month overlaps with the year before. */
export function yearOf(nowMs: number): Epoch {
  const year = dateOf(nowMs).getUTCFullYear()
  return {
    number: year,
    previous: year - 1,
    fromMs: Date.UTC(year, 0),
    untilMs: Date.UTC(year + 1, 0),
    overlapUntilMs: Date.UTC(year, 1),
  }
}

export function monthOf(nowMs: number): number {
  const date = dateOf(nowMs)
  return date.getUTCFullYear() * 100 + date.getUTCMonth() + 1
}

/** True for the epoch of a key of anonymous visitors. */
export function isMonth(epoch: number): boolean {
  return epoch >= firstMonth
}

/** When a month was over. */
export function monthEndMs(month: number): number {
  return Date.UTC(Math.floor(month / 100), month % 100)
}

/** 16 bytes that find a person's slots and tell nothing to whoever lacks the index key. */
export function subjectId(indexKey: KeyObject, { id, tenant = '' }: Subject): Buffer {
  const text = id.normalize('NFKC').trim()
  return keyed(indexKey, `${escaped(tenant)}|${text.includes('@') ? text.toLowerCase() : text}`)
}

/** The same for a month's anonymous visitors. No subject can have it: theirs is made of a text with `|` in it. */
export function anonymousId(indexKey: KeyObject, month: number): Buffer {
  return keyed(indexKey, `anonymous-${month}`)
}

function keyed(indexKey: KeyObject, text: string): Buffer {
  return createHmac('sha256', indexKey).update(text).digest().subarray(0, 16)
}

/** The tenant stands before the id, so a separator inside it could move the border between the two. */
function escaped(tenant: string): string {
  return tenant.includes('|') || tenant.includes('%') ? tenant.replaceAll('%', '%25').replaceAll('|', '%7C') : tenant
}

function dateOf(ms: number): Date {
  return new Date(ms >= 0 && ms <= timeMsMax ? ms : 0)
}
