import { expect, it } from 'vitest'
import { allIds, openTest, temporaryDirectory } from '../ledger.fixture.ts'

it('a receipt neither shows what is to be written nor changes it, whatever its holder does with it', async () => {
  const root = temporaryDirectory()
  const ledger = openTest(root, { commitDelayMs: 1_000 })
  const receipt = ledger.append('"id":"true"')
  expect(JSON.stringify(receipt)).not.toContain('true')
  expect(Reflect.set(receipt, 'body', '"id":"forged"')).toBe(false)
  expect(Reflect.defineProperty(receipt, 'body', { value: '"id":"forged"' })).toBe(false)
  for (const name of ['join', 'enter', 'settle', 'fail']) {
    expect(Reflect.defineProperty(receipt, name, { value: () => Promise.reject(new Error('no')) })).toBe(false)
  }
  expect(Object.getOwnPropertyNames(receipt.constructor)).toEqual(['length', 'name', 'prototype'])
  await ledger.close()
  expect(await allIds(root)).toEqual(['true'])
})
