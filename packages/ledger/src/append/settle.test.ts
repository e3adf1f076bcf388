import { expect, it } from 'vitest'
import { openInMemory } from '../crash-image.fixture.ts'
import { type Disk, realDisk } from '../disk.ts'
import { MemoryDisk } from '../memory-disk.fixture.ts'
import { settleParents } from './settle.ts'

/** A disk that only remembers what was synced, and fails where it is told to. */
function syncing(unreadable?: string): { disk: Disk; synced: string[] } {
  const synced: string[] = []
  const syncDirectory = (path: string): void => {
    if (path === unreadable) throw Object.assign(new Error('no'), { code: 'EACCES' })
    synced.push(path)
  }
  return { disk: { ...realDisk, syncDirectory }, synced }
}

const writer = '/a/b/c/root/clinic/audit.standard/w-1'
const four = ['/a/b/c/root/clinic/audit.standard', '/a/b/c/root/clinic', '/a/b/c/root', '/a/b/c']

it.each([
  [undefined, four],
  ['/a/b/c/root/clinic', four],
  ['/a/b/c/root', four],
  ['/a/b', [...four, '/a/b', '/a']],
  ['/a', [...four, '/a/b', '/a', '/']],
])('the names on the way are synced where %s was made', (made, expected) => {
  const { disk, synced } = syncing()
  settleParents(disk, writer, made)
  expect(synced).toEqual(expected)
})

it('a directory that may not be read is passed over, unless a name in it was made', () => {
  const { disk, synced } = syncing('/a/b/c')
  settleParents(disk, writer, '/a/b/c/root/clinic')
  expect(synced).toEqual(four.slice(0, 3))
  expect(() => settleParents(disk, writer, '/a/b/c/root')).toThrow('no')
})

it('a first entry survives a loss of power however much of the way to its directory was made', async () => {
  const disk = new MemoryDisk()
  const dir = '/a/b/c/d/root/clinic/audit.standard'
  const ledger = openInMemory(disk, { dir })
  const { writer } = await ledger.append('"id":"first"').durable
  const left = disk.afterPowerLoss(() => 0)
  expect(left.content(`${dir}/${writer}/seg/000000000000.jsonl`).toString()).toContain('"id":"first"')
  await ledger.close()
})
