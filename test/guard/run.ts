import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fromSources } from '../process/repository.ts'

/** What one of the measuring programs beside this file finds; rejects with what it said when it finds nothing. */
export async function run<Result>(file: string, args: readonly string[], flags: readonly string[]): Promise<Result> {
  const child = fork(join(import.meta.dirname, file), args, {
    execArgv: [fromSources, ...flags],
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let said = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  let result: Result | undefined
  child.on('message', (message) => {
    result = message as Result
  })
  const [code] = await once(child, 'close')
  if (result === undefined) throw new Error(`${file} ${args.join(' ')} ended with ${code} and no result:\n${said}`)
  return result
}
