/** What docs/anchor.md tells an outsider to type is what works: with openssl, git, awk and none of our code. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { closedLedger, temporaryDirectory, testSigner } from '../ledger.fixture.ts'
import type { Anchor } from './anchor.ts'
import { startAnchoring } from './anchorer.ts'
import { gitAnchor } from './git-anchor.ts'
import { missing } from './missing-program.fixture.ts'
import { opensslAuthority } from './openssl-authority.fixture.ts'
import { timestampAnchor } from './timestamp-anchor.ts'

const page = readFileSync(join(import.meta.dirname, '..', '..', '..', '..', 'docs', 'anchor.md'), 'utf8')

/** The commands of the page from one that begins so, up to the end of its block. */
function commands(first: string): string {
  const start = page.indexOf(`    ${first}`)
  expect(start, first).toBeGreaterThan(0)
  return page.slice(start, page.indexOf('\n\n', start)).replace(/^ {4}/gm, '')
}

function shell(script: string, cwd: string): string {
  const args = ['-e', '-c', script]
  return execFileSync('sh', args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], timeout: 20_000 }).toString()
}

/** Anchors a service a few times and gives the directory of its anchor log. */
async function anchored(anchor: Anchor): Promise<string> {
  const serviceDir = join(temporaryDirectory(), 'clinic')
  await closedLedger(3, join(serviceDir, 'audit.standard'))
  const anchoring = startAnchoring({ serviceDir, signer: testSigner(), anchors: [anchor], everyMs: 3_600_000 })
  await anchoring.now()
  await anchoring.now()
  await anchoring.stop()
  const [writer = ''] = readdirSync(join(serviceDir, 'anchor.long'))
  return join(serviceDir, 'anchor.long', writer)
}

describe.skipIf(missing('openssl'))('an outsider with openssl', () => {
  it('verifies every timestamp, and finds a note that was altered', async () => {
    const dir = temporaryDirectory()
    const authority = await opensslAuthority(dir)
    const log = await anchored(timestampAnchor({ url: authority.url, certificate: authority.root }))
    const script = commands('cd /var/audit')
      .replace(/^cd .*\n/, '')
      .replace('tsa-root.pem', authority.rootFile)
    expect(script).toContain('size=40')
    const evidence = readdirSync(join(log, 'anchors')).toSorted()
    expect(evidence.length).toBeGreaterThan(1)
    for (const name of evidence) {
      const size = Number(name.slice(0, 12))
      const printed = shell(script.replace('size=40', `size=${size}`), log)
      expect(printed).toContain('Verification: OK')
      expect(printed).toMatch(/Time stamp: .* GMT/)
    }
    const [day = ''] = readdirSync(join(log, 'checkpoints')).toSorted()
    const path = join(log, 'checkpoints', day)
    const notes = readFileSync(path, 'utf8')
    const size = Number(evidence[0]?.slice(0, 12))
    writeFileSync(path, notes.replace(`\n${size}\n`, `\n${size}\nA`))
    expect(() => shell(script.replace('size=40', `size=${size}`), log)).toThrow('message imprint mismatch')
  })
})

describe.skipIf(missing('git'))('an outsider with git', () => {
  it('reads the history of checkpoints, whose sizes never become smaller', async () => {
    const home = temporaryDirectory()
    const repository = join(home, 'checkpoints.git')
    execFileSync('git', ['init', '--quiet', '--bare', repository])
    await anchored(gitAnchor({ repository }))
    const script = commands('git clone').replace('https://git.example/clinic/checkpoints.git', `file://${repository}`)
    const clone = join(home, 'clone')
    mkdirSync(clone)
    const printed = shell(script, clone)
    const sizes = [...printed.matchAll(/ [0-9a-f]{40} checkpoint (\d+) of /g)].map(([, size]) => Number(size))
    expect(sizes.length).toBeGreaterThan(1)
    expect(sizes).toEqual([...new Set(sizes)].toSorted((a, b) => b - a))
    const [name = ''] = readdirSync(join(clone, 'checkpoints')).filter((one) => one.endsWith('.notes'))
    expect(readFileSync(join(clone, 'checkpoints', name), 'utf8').split('\n')[1]).toBe(String(sizes[0]))
  })
})
