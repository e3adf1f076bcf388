import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findStreams } from '@trailmark/ledger'
import { verify } from '@trailmark/ledger/verify'
import { expect, it, onTestFinished } from 'vitest'
import { streamsIn } from './streams.ts'

/** Root may look into everything, so the test does not look as root. */
const isRoot = process.geteuid?.() === 0
const closed = (path: string): string => {
  mkdirSync(path, { recursive: true })
  chmodSync(path, 0)
  return path
}

it.skipIf(process.platform === 'win32')(
  'a directory that may not be read is named, and hides nothing else',
  async () => {
    const root = mkdtempSync(join(tmpdir(), 'trailmark-unreadable-'))
    const closedOnes = [closed(join(root, 'lost+found')), closed(join(root, 'billing'))]
    chmodSync(root, 0o755)
    if (isRoot) process.seteuid?.(65_534)
    onTestFinished(() => {
      if (isRoot) process.seteuid?.(0)
      for (const dir of closedOnes) chmodSync(dir, 0o755)
      rmSync(root, { recursive: true })
    })
    expect(await findStreams(root)).toEqual([])
    const { ok, streams } = await verify(root)
    expect(ok).toBe(false)
    expect(streams.map(({ dir }) => dir)).toEqual([join(root, 'billing')])
    const lost: string[] = []
    await streamsIn(root, ({ dir, message }) => lost.push(`${dir}: ${message}`))
    expect(lost).toEqual(['billing: this directory cannot be read, so nothing in it is'])
  },
)
