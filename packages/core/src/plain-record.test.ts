import { memoryKeys } from '@trailmark/keys'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { catalogue } from './catalogue.ts'
import { type ExchangeFacts, MaskedDraft, type RecordMembers } from './draft.ts'
import type { EventInput } from './event.ts'
import { createMasker } from './mask/mask.ts'
import { pseudonymsOf } from './mask/subject-pseudonyms.ts'
import { createTokens } from './mask/tokens.ts'
import { createSerialiser } from './record/serialise.ts'
import { createScrubber } from './scrub/scrub.ts'

const scrubber = createScrubber(undefined)
const keys = memoryKeys()
const tokens = createTokens(keys.tokens)
const masker = createMasker({ tokens, pseudonyms: pseudonymsOf(keys.subjects, tokens), scrubber })
const { serialise } = createSerialiser({ service: { name: 'clinic' }, policy: 'p', scrubber: scrubber.id })
const id = '0193a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b'

const word = fc.oneof(
  fc.constantFrom('note', 'read', 'a"b', 'a\\', '\u2028', 'ä', '192.0.2.7', '::1', 'POST', '/notes/:id', '/ä/"'),
  fc.string({ unit: 'binary', maxLength: 12 }),
)
const maybe = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: undefined })
const many = fc.array(word, { maxLength: 3 })
const number = fc.oneof(fc.integer(), fc.double())
const events = fc.record({
  targets: maybe(fc.array(fc.record({ type: word, id: maybe(word), owner: maybe(word), class: maybe(word) }))),
  subjects: maybe(many),
  reason: maybe(word),
  purpose: maybe(word),
  ticketRef: maybe(word),
  tenant: maybe(word),
  correlationId: maybe(word),
  operationId: maybe(word),
  decision: maybe(fc.record({ effect: fc.constantFrom('allow', 'deny'), permission: word, rolesEvaluated: many })),
  changes: maybe(fc.array(fc.record({ field: word, op: fc.constant('add'), after: word }))),
  volume: maybe(fc.record({ records: number })),
  metadata: maybe(fc.dictionary(word, word)),
})
const actors = fc.record({
  id: maybe(word),
  type: maybe(word),
  roles: maybe(many),
  authMethod: maybe(word),
  sessionRef: maybe(word),
})
const facts = fc.record({
  requestId: word,
  traceId: word,
  spanId: word,
  traceFlags: fc.nat(300),
  clientAddress: maybe(word),
  peerAddress: maybe(word),
  trustedHops: maybe(fc.nat(2)),
  userAgent: maybe(word),
  http: maybe(
    fc.record({
      method: word,
      route: maybe(word),
      status: maybe(number),
      durationMs: maybe(number),
      reqBytes: maybe(number),
    }),
  ),
})

/** Nothing of the shortcuts is left: no shared members, and every text is looked at. */
function slowly(masked: MaskedDraft): string {
  const members: RecordMembers = JSON.parse(JSON.stringify(masked.members))
  return serialise(MaskedDraft.make(members, masked.definition, masked.failureClass, masked.timeMs), 7)
}

test('a record is the same text whether or not its texts were known to need no escape', () => {
  fc.assert(
    fc.property(events, actors, facts, (event, actor, exchange) => {
      const masked = masker.mask({
        type: 'data_access',
        definition: catalogue.data_access,
        event: event as EventInput,
        id,
        timeMs: 1_768_471_200_000,
        actor: actor as NonNullable<EventInput['actor']>,
        exchange: exchange as ExchangeFacts,
        detail: 'fields',
        failureClass: 'spool',
      })
      const line = serialise(masked, 7)
      expect(masked.plain).toBe(true)
      expect(line).toBe(slowly(masked))
      expect(JSON.parse(`{${line}}`)).toMatchObject({ seq: 7, event_type: 'data_access' })
    }),
    { numRuns: 2_000 },
  )
})

test('one object stands for all requests that come from one place', () => {
  const maskSourceOf = (peerAddress: string, userAgent: string, trustedHops = 0) =>
    masker.mask({
      type: 'data_access',
      definition: catalogue.data_access,
      event: {},
      id,
      timeMs: 0,
      actor: {},
      exchange: { requestId: id, traceId: 'a', spanId: 'b', traceFlags: 0, peerAddress, userAgent, trustedHops },
      detail: 'fields',
      failureClass: 'spool',
    }).members.source
  const first = maskSourceOf('192.0.2.7', 'curl/8.4.0')
  expect(maskSourceOf('192.0.2.7', 'curl/8.5.0')).toBe(first)
  expect(first).toEqual({ peer_ip_masked: '192.0.2.0', trusted_hops: 0, ua_family: 'curl', os_family: 'other' })
  expect(maskSourceOf('192.0.2.7', 'curl/8.4.0', 1)).toMatchObject({ trusted_hops: 1, ua_family: 'curl' })
  expect(maskSourceOf('192.0.2.7', 'Wget/1.2')).toMatchObject({ trusted_hops: 0, ua_family: 'Wget' })
  expect(maskSourceOf('198.51.100.9', 'curl/8.4.0')).toMatchObject({ peer_ip_masked: '198.51.100.0' })
})
