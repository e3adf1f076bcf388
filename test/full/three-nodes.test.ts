import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { lines, nodeBinary, repository } from './nodes.ts'

/** The conformance suite, survival matrix included, under every supported line of Node. */
describe.each(lines)('Node %s', (line) => {
  it('passes the whole conformance suite on all adapters', () => {
    const binary = nodeBinary(line)
    const output = execFileSync(
      binary,
      ['node_modules/vitest/vitest.mjs', 'run', 'test/conformance', '--reporter=json'],
      {
        cwd: repository,
        encoding: 'utf8',
        maxBuffer: 64 * 1024 * 1024,
        env: { ...process.env, NODE_OPTIONS: '', TRAILMARK_TEST_REPORTS: '' },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    const report = JSON.parse(output.slice(output.indexOf('{')))
    expect(report.numFailedTests).toBe(0)
    expect(report.numPassedTests).toBeGreaterThan(200)
  })
})
