import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { fromSources, repository } from '../process/repository.ts'

/**
 * Fills a directory for NODE_COMPILE_CACHE with what importing `file` of this repository compiles. Node keeps it when a process
 * ends by itself, and those that are killed never do.
 */
export async function fillCompileCache(cache: string, file: string): Promise<void> {
  const program = `await import(${JSON.stringify(pathToFileURL(join(repository, file)).href)})`
  const env = { PATH: process.env['PATH'], NODE_COMPILE_CACHE: cache }
  const args = [fromSources, '--input-type=module', '-e', program]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'], env })
  const code = await new Promise((resolve) => child.on('close', resolve))
  if (code !== 0) throw new Error(`${file} cannot be imported`)
}
