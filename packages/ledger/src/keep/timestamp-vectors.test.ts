/** Timestamps that OpenSSL made, right ones and wrong ones: test/vectors/ledger/timestamps/make.ts. Nothing of ours made them. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { checkTimestamp } from './timestamp-check.ts'

const vectors = join(import.meta.dirname, '..', '..', '..', '..', 'test', 'vectors', 'ledger', 'timestamps')
const names = readdirSync(vectors).filter((name) => name.endsWith('.json'))

interface Vector {
  readonly note: string
  readonly certificates: readonly string[]
  readonly token: string
  readonly time?: string
  readonly code?: string
}

it.each(names)('the timestamp %s is judged as it says', (name) => {
  const { note, certificates, token, time, code }: Vector = JSON.parse(readFileSync(join(vectors, name), 'utf8'))
  const checked = checkTimestamp(note, Buffer.from(token, 'base64'), { certificates })
  expect(checked).toMatchObject(code === undefined ? { ok: true, time } : { ok: false, code })
})

it('there are vectors of both kinds', () => {
  expect(names.filter((name) => name.startsWith('valid-')).length).toBeGreaterThan(4)
  expect(names.filter((name) => !name.startsWith('valid-')).length).toBeGreaterThan(10)
})
