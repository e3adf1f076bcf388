import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Frontier, formatFrontiers, frontierBytesMax, parseFrontiers } from './frontier.ts'
import { segmentFile, segmentsAmong } from './layout.ts'
import { formatLock, isAbandoned, type LockText, parseLock } from './lock-text.ts'
import { formatMeta, type Meta, metaBytesMax, parseMeta } from './meta.ts'
import { frontierLength, leafOf } from './tree.ts'

/** JSON that is nearly right: members of the right names with values of any kind. */
function nearly(names: readonly string[]): fc.Arbitrary<Buffer> {
  return fc.dictionary(fc.constantFrom(...names), fc.jsonValue()).map((value) => Buffer.from(JSON.stringify(value)))
}

const meta: Meta = {
  origin: 'clinic/audit.standard/w-000000000001',
  service: 'clinic',
  stream: 'audit',
  retentionClass: 'standard',
  writer: 'w-000000000001',
  created: '2026-01-15T08:00:00.000Z',
  publicKey: Buffer.alloc(32, 5).toString('base64'),
}

describe('LEDGER.json', () => {
  it('is read back, with and without a predecessor', () => {
    expect(parseMeta(Buffer.from(formatMeta(meta)))).toEqual(meta)
    const after = { ...meta, predecessor: { writer: 'w-000000000000', code: 'LEDGER_ROOT_MISMATCH' } }
    expect(parseMeta(Buffer.from(formatMeta(after)))).toEqual(after)
  })

  it('is refused with a reason, never with an error, for any bytes', () => {
    const names = [
      'format',
      'origin',
      'service',
      'stream',
      'retention_class',
      'writer',
      'created',
      'hash',
      'key',
      'predecessor',
    ]
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), nearly(names)), (bytes) => {
        expect(typeof parseMeta(bytes)).toBe('string')
      }),
    )
    expect(parseMeta(Buffer.alloc(metaBytesMax + 1, 0x20))).toMatch(/longer/)
  })

  it.each([
    ['trailmark-ledger/1', 'trailmark-ledger/2'],
    ['sha-256', 'sha-1'],
    ['ed25519', 'rsa'],
    ['"service": "clinic"', '"service": ""'],
    [meta.publicKey, 'AAAA'],
  ])('of which %s has become %s is refused', (from, to) => {
    expect(typeof parseMeta(Buffer.from(formatMeta(meta).replace(from, to)))).toBe('string')
  })
})

describe('checkpoint.frontier', () => {
  const frontierOf = (size: number): Frontier => ({
    size,
    segment: 0,
    offset: size * 10,
    h: size === 0 ? '' : 'abcdefghij_',
    hashes: Array.from({ length: frontierLength(size) }, (_, i) => leafOf(String(i))),
  })

  it('is read back', () => {
    const frontiers = [frontierOf(0), frontierOf(13)]
    expect(parseFrontiers(Buffer.from(formatFrontiers(frontiers)))).toEqual(frontiers)
  })

  it('gives nothing, and no error, for any other bytes', () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), nearly(['size', 'segment', 'offset', 'h', 'hashes'])), (bytes) => {
        expect(parseFrontiers(bytes)).toEqual([])
      }),
    )
    expect(parseFrontiers(Buffer.alloc(frontierBytesMax + 1, 0x0a))).toEqual([])
  })

  it('is left out line by line when a hash is missing or too many', () => {
    const text = formatFrontiers([{ ...frontierOf(13), hashes: [] }, frontierOf(2)])
    expect(parseFrontiers(Buffer.from(text))).toEqual([frontierOf(2)])
  })
})

describe('LOCK', () => {
  const self = { host: 'a', boot: 'b', pidNamespace: '1', pid: 10, start: '500' }
  const lock: LockText = { ...self, token: 't', ack: 'durable', heartbeat: 1_000_000 }
  const judge = (other: LockText | undefined, more: Partial<Parameters<typeof isAbandoned>[1]> = {}): boolean =>
    isAbandoned(other, { timeMs: 1_000_000, writtenMs: 1_000_000, self, startOf: () => '500', ...more })

  it('is read back', () => {
    expect(parseLock(Buffer.from(formatLock(lock)))).toEqual(lock)
  })

  it('gives nothing, and no error, for any other bytes', () => {
    const names = ['format', 'host', 'boot', 'pid_namespace', 'pid', 'start', 'token', 'ack', 'heartbeat']
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), nearly(names)), (bytes) => {
        expect(parseLock(bytes)).toBeUndefined()
      }),
    )
  })

  it('is held while its process runs, however old its heartbeat', () => {
    expect(judge(lock, { timeMs: 9_000_000 })).toBe(false)
  })

  it('is abandoned when its process is gone, or its pid belongs to a process that started at another time', () => {
    expect(judge(lock, { startOf: () => undefined })).toBe(true)
    expect(judge(lock, { startOf: () => '501' })).toBe(true)
  })

  it.each(['host', 'boot', 'pidNamespace'] as const)(
    'of another %s is held for 30 s after its heartbeat, whatever runs here',
    (name) => {
      const other = { ...lock, [name]: 'other' }
      expect(judge(other, { startOf: () => undefined })).toBe(false)
      expect(judge(other, { timeMs: 1_030_000, startOf: () => undefined })).toBe(false)
      expect(judge(other, { timeMs: 1_030_001 })).toBe(true)
    },
  )

  it('of a holder whose clock is wrong is held while the file is being written', () => {
    const other = { ...lock, host: 'other', heartbeat: 5 }
    expect(judge(other)).toBe(false)
    expect(judge(other, { writtenMs: 900_000 })).toBe(true)
  })

  it('without readable content is held for 30 s after it was written', () => {
    expect(judge(undefined)).toBe(false)
    expect(judge(undefined, { timeMs: 1_030_001 })).toBe(true)
  })
})

describe('the name of a segment', () => {
  it('is read back, and other names are passed over', () => {
    const names = [segmentFile(65_536), segmentFile(0)].map((path) => path.slice(4))
    expect(segmentsAmong([...names, 'x.jsonl', '1.jsonl', '000000000000.jsonl.tmp', '000000000000.seal'])).toEqual([
      0, 65_536,
    ])
  })
})
