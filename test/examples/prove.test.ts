import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { fromSources, repository } from '../process/repository.ts'

it('the example of proofs proves each record and refuses it edited', async () => {
  const file = join(repository, 'examples', 'prove.ts')
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'] }
  const { stdout } = await promisify(execFile)(process.execPath, [fromSources, file], { cwd: repository, env })
  const lines = stdout.trimEnd().split('\n')
  expect(lines).toHaveLength(6)
  for (const [i, line] of lines.entries())
    expect(line).toMatch(i % 2 === 0 ? /^entry \d+ of \d+ is proved by \d+ bytes$/ : /refused: LEDGER_PROOF_MISMATCH$/)
})
