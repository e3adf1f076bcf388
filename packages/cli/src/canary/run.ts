/** Sends every canary through every path, in a throw-away directory, and tells which ones arrived. */
import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Canary, makeCanaries } from './canaries.ts'
import { exceptionPath, rejectionPath } from './children.ts'
import { type CanaryPath, linesPath, type Output, recordsPath, requestsPath, scrubPath } from './paths.ts'
import { type Arrival, Search } from './search.ts'

export interface PathResult {
  readonly path: string
  readonly canaries: number
  /** Characters that were searched. */
  readonly searched: number
  readonly arrived: readonly Arrival[]
  /** The path did not run, so that nothing arrived says nothing; and why. */
  readonly failed?: string
}

export const ownPaths: readonly CanaryPath[] = [
  scrubPath,
  linesPath,
  recordsPath,
  requestsPath,
  exceptionPath,
  rejectionPath,
]

/** One path after the other; the directory is gone when it returns, however that is. Stops early when `signal` aborts. */
export async function runCanaries(
  signal: AbortSignal,
  paths: readonly CanaryPath[] = ownPaths,
  seed = randomBytes(16).toString('hex'),
): Promise<readonly PathResult[]> {
  const canaries = makeCanaries(seed)
  const home = await mkdtemp(join(tmpdir(), 'trailmark-canary-'))
  const results: PathResult[] = []
  try {
    for (const [at, path] of paths.entries()) {
      if (signal.aborted) break
      const dir = join(home, String(at))
      await mkdir(dir)
      results.push(await tryPath(path, canaries, { dir, seed, signal }))
    }
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 3 })
  }
  return results
}

async function tryPath(
  path: CanaryPath,
  canaries: readonly Canary[],
  around: { readonly dir: string; readonly seed: string; readonly signal: AbortSignal },
): Promise<PathResult> {
  let output: Output
  try {
    output = await path.run(canaries, around)
  } catch (error) {
    // By its name only: what failed had canaries in its hands.
    const failed = error instanceof Error ? error.name : 'unknown failure'
    return { path: path.name, canaries: canaries.length, searched: 0, arrived: [], failed }
  }
  const search = new Search(canaries)
  for (const [where, text] of Object.entries(output)) search.look(where, text)
  const all = Object.values(output).join('\n')
  return {
    path: path.name,
    canaries: canaries.length,
    searched: all.length,
    arrived: search.arrivals,
    ...(path.proof.test(all) ? {} : { failed: 'its output does not show that it ran' }),
  }
}
