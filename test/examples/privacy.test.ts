import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { fromSources, repository } from '../process/repository.ts'

it('the example of privacy prints what is harmless and nothing else', async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'trailmark-privacy-'))
  try {
    const file = join(repository, 'examples', 'privacy.ts')
    const env = { PATH: process.env['PATH'], NODE_ENV: 'production' }
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [fromSources, file], { cwd, env })
    const [value, sent, failed] = stdout
      .trim()
      .split('\n')
      .map((line): Record<string, unknown> => JSON.parse(line))
    expect(value).toEqual({ ward: 'north', authorization: '[secret]', note: 'call [email]', visits: 3 })
    expect(sent).toMatchObject({ message: 'letters sent: 3', key: '[secret]' })
    expect(failed).toMatchObject({ message: 'sending failed', error: { type: 'Error' } })
    expect(stdout + stderr).not.toMatch(/made-up-key|abc\.def|ann@|Ann Example|pat_42/)
  } finally {
    rmSync(cwd, { recursive: true, force: true })
  }
})
