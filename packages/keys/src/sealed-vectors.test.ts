/** The vectors of `test/vectors/sealed.json`, from which a second implementation can be made. */
import { createSecretKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { commitmentOf, deriveKey, openEnvelope, pseudonymOf, sealEnvelope } from './envelope.ts'
import { anonymousId, subjectId } from './subject-epoch.ts'

interface Vectors {
  readonly subjects: readonly {
    readonly index_key: string
    readonly tenant?: string
    readonly id?: string
    readonly month?: number
    readonly subject_id: string
  }[]
  readonly envelopes: readonly {
    readonly kid: string
    readonly key: string
    readonly epoch: string
    readonly enc: string
    readonly pn: string
    readonly pseudonym: string
    readonly commitment: string
    readonly nonce: string
    readonly origin: string
    readonly record_id: string
    readonly fields: string
    readonly envelope: string
  }[]
}

const url = new URL('../../../test/vectors/sealed.json', import.meta.url)
const vectors: Vectors = JSON.parse(readFileSync(url, 'utf8'))

test.each(vectors.envelopes)('the envelope of $fields is byte for byte the one that is written down', (vector) => {
  const [kid, key] = [Buffer.from(vector.kid, 'base64url'), createSecretKey(vector.key, 'hex')]
  expect(deriveKey(key, 'enc').export().toString('hex')).toBe(vector.enc)
  expect(deriveKey(key, 'pn').export().toString('hex')).toBe(vector.pn)
  expect(pseudonymOf(key, vector.epoch)).toBe(vector.pseudonym)
  expect(commitmentOf(kid, key)).toBe(vector.commitment)
  const { origin, record_id: recordId, pseudonym } = vector
  const binding = { origin, recordId, kid: vector.kid, pseudonym }
  const enc = deriveKey(key, 'enc')
  expect(sealEnvelope(enc, Buffer.from(vector.nonce, 'hex'), binding, vector.fields)).toBe(vector.envelope)
  expect(openEnvelope(enc, binding, vector.envelope)?.trimEnd()).toBe(vector.fields)
})

test.each(vectors.subjects)('$tenant $id $month has the subject id $subject_id', (vector) => {
  const indexKey = createSecretKey(vector.index_key, 'hex')
  const { tenant, id = '', month } = vector
  const found = month === undefined ? subjectId(indexKey, { id, tenant }) : anonymousId(indexKey, month)
  expect(found.toString('hex')).toBe(vector.subject_id)
})
