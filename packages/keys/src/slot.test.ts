import { createSecretKey, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  createdOf,
  epochOf,
  isErased,
  isSound,
  kekOf,
  kidOf,
  makeSlot,
  setBorn,
  setErased,
  slotBytes,
  stateOf,
  subjectOf,
  unwrap,
  wrapInto,
} from './slot.ts'
import { readable } from './slot-files.ts'
import { SlotTable } from './slot-table.ts'

const kek = createSecretKey(Buffer.alloc(32, 7))
const parts = () => ({
  subject: randomBytes(16),
  kid: randomBytes(16),
  epoch: 2026,
  createdMs: 1_768_471_200_000,
  key: randomBytes(32),
})

test('a slot has every part at its fixed place', () => {
  const made = parts()
  const slot = makeSlot(made, kek, 3)
  expect(slot).toHaveLength(slotBytes)
  expect(slot.subarray(0, 16)).toEqual(made.subject)
  expect(slot.subarray(16, 32)).toEqual(made.kid)
  expect([slot.readUInt32BE(92), slot.readUInt32BE(96), slot.readUInt32BE(100)]).toEqual([3, 2026, 1])
  expect(slot.readBigUInt64BE(112)).toBe(1_768_471_200_000n)
  expect(slot.subarray(120)).toEqual(Buffer.alloc(8))
  expect([kekOf(slot), epochOf(slot), stateOf(slot), createdOf(slot)]).toEqual([3, 2026, 1, 1_768_471_200_000])
  expect([subjectOf(slot), kidOf(slot)]).toEqual([made.subject, made.kid])
  expect(unwrap(slot, kek)).toEqual(made.key)
})

test('a slot with any one byte changed is not sound', () => {
  const slot = makeSlot(parts(), kek, 1)
  fc.assert(
    fc.property(fc.nat(slotBytes - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const damaged = Buffer.from(slot)
      damaged[at] = (damaged[at] ?? 0) ^ change
      expect(isSound(damaged)).toBe(false)
    }),
  )
})

test('a key belongs to its subject, key id and epoch: moved to another slot it does not open', () => {
  const [one, other] = [makeSlot(parts(), kek, 1), makeSlot(parts(), kek, 1)]
  one.copy(other, 32, 32, 92)
  expect(unwrap(other, kek)).toBeUndefined()
  const later = makeSlot(parts(), kek, 1)
  later.writeUInt32BE(2027, 96)
  expect(unwrap(later, kek)).toBeUndefined()
})

test('destroying leaves nothing of the key, and says whose it was', () => {
  const made = parts()
  const slot = makeSlot(made, kek, 1)
  setErased(slot)
  expect(isSound(slot) && isErased(slot)).toBe(true)
  expect(slot.subarray(32, 96)).toEqual(Buffer.alloc(64))
  expect([subjectOf(slot), kidOf(slot)]).toEqual([made.subject, made.kid])
  expect(unwrap(slot, kek)).toBeUndefined()
})

test('a birth noted in a slot that was destroyed meanwhile brings no key back', () => {
  const slot = makeSlot(parts(), kek, 1)
  const born = Buffer.from(slot)
  setBorn(born)
  setErased(slot)
  born.copy(slot, 100, 100, 112)
  expect(isSound(slot)).toBe(false)
  const read = readable(slot)
  expect(read && isErased(read)).toBe(true)
})

test('wrapped anew, a slot holds the same key', () => {
  const made = parts()
  const slot = makeSlot(made, kek, 1)
  const next = createSecretKey(Buffer.alloc(32, 8))
  wrapInto(slot, made.key, next, 2)
  expect(isSound(slot)).toBe(true)
  expect(unwrap(slot, kek)).toBeUndefined()
  expect([kekOf(slot), unwrap(slot, next)]).toEqual([2, made.key])
})

test('whatever bytes stand in a slot, reading it never throws', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: slotBytes, maxLength: slotBytes }), (bytes) => {
      const slot = Buffer.from(bytes)
      const read = readable(slot)
      expect(read === undefined || isSound(read)).toBe(true)
      expect(unwrap(slot, kek)).toBeUndefined()
    }),
  )
})

test('in a table destroyed wins in any order, and the older key of an epoch is found first', () => {
  const place = { file: 1, at: 1 }
  const older = parts()
  const [slot, newer] = [
    makeSlot(older, kek, 1),
    makeSlot({ ...parts(), subject: older.subject, createdMs: older.createdMs + 1 }, kek, 1),
  ]
  const erased = Buffer.from(slot)
  setErased(erased)
  fc.assert(
    fc.property(fc.shuffledSubarray([slot, newer, slot, newer], { minLength: 4 }), fc.boolean(), (slots, destroy) => {
      const table = new SlotTable()
      for (const one of slots) table.add(one, place)
      expect(table.count).toBe(2)
      const first = table.oldest(older.subject, 2026)
      expect(first !== undefined && table.slot(first).equals(slot)).toBe(true)
      if (destroy) table.add(erased, place)
      table.add(slot, place)
      const next = table.oldest(older.subject, 2026)
      expect(next !== undefined && table.slot(next).equals(destroy ? newer : slot)).toBe(true)
    }),
  )
})
