import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const repository = fileURLToPath(new URL('../../', import.meta.url))
/** The command line, run from its sources. */
export const trailmarkMain = join(repository, 'packages/cli/src/main.ts')
export const fromSources = '--conditions=@trailmark/source'
