import { expect, it } from 'vitest'
import { type Frame, partOf, parts, placeOf } from './profile-parts.ts'

const frame = (url: string, functionName = 'f'): Frame => ({ functionName, url, lineNumber: 6 })
const ours = (file: string): Frame => frame(`file:///x/packages/${file}`)

it.each([
  ['core/src/mask/mask.ts', 'mask'],
  ['keys/src/recent-subjects.ts', 'mask'],
  ['core/src/record/serialise-text.ts', 'serialise'],
  ['core/src/record/line-writer.ts', 'access line'],
  ['core/src/record/lane.ts', 'ledger: queue, batch, tree, receipts'],
  ['core/src/http/declared.ts', 'declared access'],
  ['core/src/http/follow.ts', 'context and end of the exchange'],
  ['core/src/pipeline.ts', 'event, policy, draft'],
  ['express/src/follow.ts', 'adapter'],
])('%s is %s', (file, part) => {
  expect(
    partOf([frame('node:internal/util'), ours(file), frame('file:///x/node_modules/express/lib/express.js')]),
  ).toBe(part)
  expect(parts).toContain(part)
})

it('counts hashes and writes by themselves, whoever of ours asks for them', () => {
  expect(partOf([frame(''), frame('node:internal/crypto/hash', 'hash'), ours('ledger/src/line.ts')])).toBe(
    'SHA-256 and HMAC',
  )
  expect(partOf([frame('node:fs', 'writeSync'), ours('ledger/src/disk.ts')])).toBe('files: write, sync, open')
})

it('leaves to the framework what we only call', () => {
  const library = frame('file:///x/node_modules/.pnpm/express@5/node_modules/express/lib/router.js')
  expect(partOf([frame('node:fs'), library, ours('express/src/follow.ts')])).toBe('framework and other packages')
  expect(partOf([frame('file:///x/test/bench/servers/work.ts')])).toBe('handler and load')
  expect(partOf([frame('node:_http_server'), frame('')])).toBe('Node')
  expect(partOf([frame('', '(garbage collector)'), ours('core/src/pipeline.ts')])).toBe('garbage collector')
})

it('names the place of ours, by its line where the function has no name', () => {
  expect(placeOf([frame('node:fs'), ours('ledger/src/disk.ts')])).toBe('`f` ledger/disk.ts')
  expect(placeOf([frame('file:///x/packages/ledger/src/disk.ts', '')])).toBe('`line 7` ledger/disk.ts')
  expect(placeOf([frame('node:fs')])).toBeUndefined()
})
