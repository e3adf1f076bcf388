/**
 * What W3C Trace Context level 2 asks of a service between two others, one line per behaviour, written from the text of the
 * specification. Each row is sent to a running service; what it sends on is judged by the grammar.
 */
import { expect } from 'vitest'
import type { Lines, W3cService } from './service.ts'

export interface Behaviour {
  readonly name: string
  readonly check: (service: W3cService) => Promise<void>
}

const trace = '0af7651916cd43dd8448eb211c80319c'
const parent = 'b7ad6b7169203331'
const valid = `00-${trace}-${parent}-01`
const grammar = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/
const member = /^[a-z0-9][a-z0-9_\-*/@]{0,255}=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/

interface Sent {
  readonly traceId: string
  readonly parentId: string
  readonly flags: number
  /** Members in order, blanks around them gone. */
  readonly state: readonly string[]
}

/** One valid traceparent, and no tracestate but a valid one. */
function read(lines: Lines): Sent {
  const valuesOf = (name: string) => lines.filter(([one]) => one.toLowerCase() === name).map(([, value]) => value)
  const [traceparent, ...more] = valuesOf('traceparent')
  expect(more).toEqual([])
  expect(traceparent).toMatch(grammar)
  const [, traceId = '', parentId = '', flags = ''] = grammar.exec(traceparent ?? '') ?? []
  const state = valuesOf('tracestate').flatMap((value) => value.split(/[ \t]*,[ \t]*/).filter((one) => one !== ''))
  for (const one of state) expect(one).toMatch(member)
  expect(state.length).toBeLessThanOrEqual(32)
  return { traceId, parentId, flags: Number.parseInt(flags, 16), state }
}

async function send(service: W3cService, lines: Lines): Promise<Sent> {
  const [call] = await service.ask(lines)
  return read(call ?? [])
}

const parentLine = (value: string, name = 'traceparent') => [name, ` ${value}`] as const
const stateLine = (value: string, name = 'tracestate') => [name, ` ${value}`] as const

/** The trace goes on: same trace id, a parent id of the service's own. */
function continued(name: string, lines: Lines, flags?: number): Behaviour {
  return {
    name: `${name}: the trace goes on`,
    check: async (service) => {
      const sent = await send(service, lines)
      expect(sent.traceId).toBe(trace)
      expect(sent.parentId).not.toBe(parent)
      if (flags !== undefined) expect(sent.flags).toBe(flags)
    },
  }
}

/** A new trace begins, and the old one's tracestate is not carried into it. */
function restarted(name: string, ...parents: string[]): Behaviour {
  return {
    name: `${name}: a new trace begins, without tracestate`,
    check: async (service) => {
      const sent = await send(service, [...parents.map((value) => parentLine(value)), stateLine('foo=1')])
      for (const value of parents) if (/[0-9a-f]{32}/.test(value)) expect(value).not.toContain(sent.traceId)
      expect(sent.traceId).not.toBe(trace)
      expect(sent.state).toEqual([])
    },
  }
}

function keeps(name: string, states: readonly string[], expected: readonly string[]): Behaviour {
  return {
    name: `tracestate ${name} is passed on`,
    check: async (service) => {
      const sent = await send(service, [parentLine(valid), ...states.map((value) => stateLine(value))])
      expect(sent.traceId).toBe(trace)
      expect(sent.state).toEqual(expected)
    },
  }
}

/** An invalid tracestate is dropped as a whole and never touches the traceparent. */
function drops(name: string, ...states: string[]): Behaviour {
  return {
    name: `tracestate ${name} is dropped, and the trace goes on`,
    check: async (service) => {
      const sent = await send(service, [parentLine(valid), ...states.map((value) => stateLine(value))])
      expect(sent.traceId).toBe(trace)
      expect(sent.state).toEqual([])
    },
  }
}

const members = (count: number, from = 1): string[] =>
  Array.from({ length: count }, (_, at) => `key${from + at}=v${at}`)
const allKeys = 'abcdefghijklmnopqrstuvwxyz0123456789_-*/'
const allValues = Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at))
  .filter((sign) => sign !== ',' && sign !== '=')
  .join('')

const traceparents: readonly Behaviour[] = [
  {
    name: 'without any header a trace begins',
    check: async (service) => {
      expect((await send(service, [])).state).toEqual([])
    },
  },
  continued('traceparent alone', [parentLine(valid)]),
  ...['TraceParent', 'TrAcEpArEnT', 'TRACEPARENT'].map((name) =>
    continued(`a header named ${name}`, [parentLine(valid, name)]),
  ),
  ...['trace-parent', 'trace.parent', 'trace_parent'].map(
    (name): Behaviour => ({
      name: `a header named ${name} is not traceparent`,
      check: async (service) => expect((await send(service, [parentLine(valid, name)])).traceId).not.toBe(trace),
    }),
  ),
  restarted('two traceparents', valid, `00-${trace.replace('0', '1')}-${parent}-01`),
  restarted('the same traceparent twice', valid, valid),
  restarted('version 00 with a sign behind it', `${valid}.`),
  restarted('version 00 with a dash behind it', `${valid}-`),
  restarted('version 00 with more fields', `${valid}-what-comes-one-day`),
  continued('version cc', [parentLine(`cc-${trace}-${parent}-01`)], 1),
  continued('version cc with more fields', [parentLine(`cc-${trace}-${parent}-01-what-comes-one-day`)], 1),
  continued('version 01 with unknown flags', [parentLine(`01-${trace}-${parent}-ff`)], 3),
  restarted('version cc with more, but no dash before it', `cc-${trace}-${parent}-01.what-comes-one-day`),
  restarted('version ff', `ff-${trace}-${parent}-01`),
  restarted('a version of illegal signs at its start', `.0-${trace}-${parent}-01`),
  restarted('a version of illegal signs at its end', `0.-${trace}-${parent}-01`),
  restarted('a version of three digits', `000-${trace}-${parent}-01`),
  restarted('a version of four digits', `0000-${trace}-${parent}-01`),
  restarted('a version of one digit', `0-${trace}-${parent}-01`),
  restarted('a version in capitals', `CC-${trace}-${parent}-01`),
  restarted('a trace id of zeros', `00-${'0'.repeat(32)}-${parent}-01`),
  restarted('a trace id with an illegal sign at its start', `00-.${trace.slice(1)}-${parent}-01`),
  restarted('a trace id with an illegal sign at its end', `00-${trace.slice(1)}.-${parent}-01`),
  restarted('a trace id in capitals', `00-${trace.toUpperCase()}-${parent}-01`),
  restarted('a trace id of 33 digits', `00-${trace}1-${parent}-01`),
  restarted('a trace id of 31 digits', `00-${trace.slice(1)}-${parent}-01`),
  restarted('a parent id of zeros', `00-${trace}-${'0'.repeat(16)}-01`),
  restarted('a parent id with an illegal sign at its start', `00-${trace}-.${parent.slice(1)}-01`),
  restarted('a parent id with an illegal sign at its end', `00-${trace}-${parent.slice(1)}.-01`),
  restarted('a parent id in capitals', `00-${trace}-${parent.toUpperCase()}-01`),
  restarted('a parent id of 17 digits', `00-${trace}-${parent}1-01`),
  restarted('a parent id of 15 digits', `00-${trace}-${parent.slice(1)}-01`),
  restarted('flags with an illegal sign at their start', `00-${trace}-${parent}-.0`),
  restarted('flags with an illegal sign at their end', `00-${trace}-${parent}-0.`),
  restarted('flags in capitals', `00-${trace}-${parent}-0F`),
  restarted('flags of three digits', `00-${trace}-${parent}-001`),
  restarted('flags of one digit', `00-${trace}-${parent}-1`),
  restarted('an empty traceparent', ''),
  restarted('blanks inside', `00-${trace} -${parent}-01`),
  restarted('underscores for dashes', valid.replaceAll('-', '_')),
  ...[` ${valid}`, `\t${valid}`, `${valid} `, `${valid}\t`, `\t ${valid} \t`].map((value) =>
    continued(`blanks around it (${JSON.stringify(value).replace(valid, '…')})`, [['traceparent', value]]),
  ),
  {
    name: 'a flag nobody has defined is not passed on, and the known ones are as received',
    check: async (service) => {
      const { flags } = await send(service, [parentLine(`00-${trace}-${parent}-fd`)])
      expect(flags & ~3).toBe(0)
      expect(flags & 2).toBe(0)
    },
  },
  {
    name: 'the random flag of a trace that goes on is passed on as received',
    check: async (service) => {
      expect((await send(service, [parentLine(`00-${trace}-${parent}-03`)])).flags).toBe(3)
      expect((await send(service, [parentLine(`00-${trace}-${parent}-01`)])).flags).toBe(1)
      expect((await send(service, [parentLine(`00-${trace}-${parent}-02`)])).flags & 2).toBe(2)
      expect((await send(service, [parentLine(`00-${trace}-${parent}-00`)])).flags & 2).toBe(0)
    },
  },
  {
    name: 'a trace that begins here has the random flag, and ids that differ',
    check: async (service) => {
      const sent = [await send(service, []), await send(service, [])]
      for (const { flags } of sent) expect(flags & 2).toBe(2)
      expect(new Set(sent.map(({ traceId }) => traceId)).size).toBe(2)
    },
  },
]

const tracestates: readonly Behaviour[] = [
  {
    name: 'tracestate without traceparent is dropped',
    check: async (service) => expect((await send(service, [stateLine('foo=1,bar=2')])).state).toEqual([]),
  },
  keeps('of two members', ['foo=1,bar=2'], ['foo=1', 'bar=2']),
  ...['TraceState', 'TrAcEsTaTe', 'TRACESTATE'].map(
    (name): Behaviour => ({
      name: `a header named ${name} is tracestate`,
      check: async (service) =>
        expect((await send(service, [parentLine(valid), stateLine('foo=1', name)])).state).toEqual(['foo=1']),
    }),
  ),
  ...['trace-state', 'trace.state'].map(
    (name): Behaviour => ({
      name: `a header named ${name} is not tracestate`,
      check: async (service) => {
        const sent = await send(service, [parentLine(valid), stateLine('foo=1', name)])
        expect(sent.traceId).toBe(trace)
        expect(sent.state).toEqual([])
      },
    }),
  ),
  drops('that is empty', ''),
  keeps('with an empty header behind it', ['foo=1', ''], ['foo=1']),
  keeps('with an empty header before it', ['', 'foo=1'], ['foo=1']),
  keeps('with empty members', ['foo=1,,bar=2, ,'], ['foo=1', 'bar=2']),
  keeps(
    'in three headers',
    ['foo=1,bar=2', 'rojo=1,congo=2', 'baz=3'],
    ['foo=1', 'bar=2', 'rojo=1', 'congo=2', 'baz=3'],
  ),
  {
    // Level 2 leaves it to whoever adds a member: who only passes it on may keep both or leave one out.
    name: 'a key that stands twice costs neither the trace nor the other members',
    check: async (service) => {
      for (const states of [
        ['foo=1,foo=1,bar=3'],
        ['foo=1,foo=2,bar=3'],
        ['foo=1', 'foo=1,bar=3'],
        ['foo=1', 'foo=2,bar=3'],
      ]) {
        const sent = await send(service, [parentLine(valid), ...states.map((value) => stateLine(value))])
        expect(sent.traceId).toBe(trace)
        expect(sent.state).toContain('bar=3')
        expect(sent.state.filter((one) => one.startsWith('foo=')).length).toBeGreaterThan(0)
      }
    },
  },
  keeps('with every sign a key and a value may have', [`${allKeys}=${allValues}`], [`${allKeys}=${allValues}`]),
  keeps('with a key of several tenants', [`${allKeys}@a-z0-9_-*/=1`], [`${allKeys}@a-z0-9_-*/=1`]),
  keeps('with a key that begins with a digit', ['1foo=1,bar=2'], ['1foo=1', 'bar=2']),
  keeps('with blanks around members', ['foo=1 \t , \t bar=2, \t baz=3'], ['foo=1', 'bar=2', 'baz=3']),
  keeps('with tabs around members', ['foo=1\t \t,\t \tbar=2,\t \tbaz=3'], ['foo=1', 'bar=2', 'baz=3']),
  keeps('with a value that begins with a blank', ['foo= 1,bar=2'], ['foo= 1', 'bar=2']),
  ...['  foo=1', '\tfoo=1', 'foo=1 ', 'foo=1\t', '\t foo=1 \t'].map((value) =>
    keeps(`with blanks around it (${JSON.stringify(value)})`, [value], ['foo=1']),
  ),
  drops('with a blank in a key', 'foo =1'),
  drops('with a key in capitals', 'FOO=1,bar=2'),
  drops('with a dot in a key', 'foo.bar=1,bar=2'),
  drops('with a key that begins with @', '@foo=1,bar=2'),
  drops('with a key that begins with an underscore', '_foo=1,bar=2'),
  drops('without a key', '=1,bar=2'),
  drops('without an equals sign', 'foo,bar=2'),
  drops('with two equals signs', 'foo=bar=baz'),
  drops('with an empty value', 'foo=,bar=3'),
  drops('with a value beyond ASCII', 'foo=caf\xe9,bar=2'),
  keeps('of 32 members in four headers', chunks(members(32), 10), members(32)),
  drops('of 33 members in four headers', ...chunks(members(33), 10)),
  drops('of 33 members in one header', members(33).join(',')),
  keeps('with a key of 256 characters', ['foo=1', `${'z'.repeat(256)}=1`], ['foo=1', `${'z'.repeat(256)}=1`]),
  drops('with a key of 257 characters', 'foo=1', `${'z'.repeat(257)}=1`),
  keeps(
    'with a tenant of 241 and a system of 14 characters',
    [`${'t'.repeat(241)}@${'v'.repeat(14)}=1`],
    [`${'t'.repeat(241)}@${'v'.repeat(14)}=1`],
  ),
  keeps('with a value of 256 characters', [`foo=${'v'.repeat(256)}`], [`foo=${'v'.repeat(256)}`]),
  drops('with a value of 257 characters', `foo=${'v'.repeat(257)},bar=2`),
  {
    name: 'at least 512 characters of tracestate are passed on',
    check: async (service) => {
      const states = Array.from({ length: 8 }, (_, at) => `k${at}=${'v'.repeat(61)}`)
      const sent = await send(service, [parentLine(valid), stateLine(states.join(','))])
      expect(sent.state).toEqual(states)
    },
  },
]

const several: readonly Behaviour[] = [
  {
    name: 'three calls of one request are one trace with three parent ids',
    check: async (service) => {
      const sent = (await service.ask([parentLine(valid), stateLine('foo=1')], 3)).map(read)
      expect(sent.map(({ traceId }) => traceId)).toEqual([trace, trace, trace])
      expect(new Set([parent, ...sent.map(({ parentId }) => parentId)]).size).toBe(4)
      for (const { state } of sent) expect(state).toEqual(['foo=1'])
    },
  },
  {
    name: 'three calls of a request without traceparent are one new trace with three parent ids',
    check: async (service) => {
      const sent = (await service.ask([], 3)).map(read)
      expect(new Set(sent.map(({ traceId }) => traceId)).size).toBe(1)
      expect(new Set(sent.map(({ parentId }) => parentId)).size).toBe(3)
    },
  },
  {
    name: 'three calls of a request with an illegal traceparent are one new trace with three parent ids',
    check: async (service) => {
      const sent = (await service.ask([parentLine(`00-${'0'.repeat(32)}-${parent}-01`)], 3)).map(read)
      expect(new Set(sent.map(({ traceId }) => traceId)).size).toBe(1)
      expect(new Set(sent.map(({ parentId }) => parentId)).size).toBe(3)
    },
  },
  {
    name: 'requests at the same time keep their traces apart',
    check: async (service) => {
      const ids = Array.from({ length: 20 }, (_, at) => `${trace.slice(0, 30)}${(at + 16).toString(16)}`)
      const all = await Promise.all(ids.map((id) => service.ask([parentLine(`00-${id}-${parent}-01`)], 2)))
      expect(all.map((calls) => calls.map((call) => read(call).traceId))).toEqual(ids.map((id) => [id, id]))
    },
  },
]

function chunks(all: readonly string[], size: number): string[] {
  const found: string[] = []
  for (let at = 0; at < all.length; at += size) found.push(all.slice(at, at + size).join(','))
  return found
}

export const behaviours: readonly Behaviour[] = [...traceparents, ...tracestates, ...several]
