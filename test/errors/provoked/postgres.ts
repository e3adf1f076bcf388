/** A real PostgreSQL of this run, where it is installed: started when first asked for, gone with `stopPostgres()`. */
import { execFile, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, globSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { freePort } from '../../process/child.ts'

/** Debian keeps the programs out of PATH. */
const programs = globSync('/usr/lib/postgresql/*/bin/initdb').sort().at(-1)

/** True where it is not installed; never where every component has to be there. */
export const postgresMissing = programs === undefined && process.env['TRAILMARK_REQUIRE_COMPONENTS'] !== '1'

export interface Postgres {
  readonly port: number
  readonly url: string
  stop(): Promise<void>
}

let running: Promise<Postgres> | undefined

export function postgres(): Promise<Postgres> {
  running ??= startPostgres()
  return running
}

export async function stopPostgres(): Promise<void> {
  const stopping = running
  running = undefined
  await (await stopping)?.stop()
}

async function startPostgres(): Promise<Postgres> {
  if (programs === undefined) throw new Error('PostgreSQL is not installed')
  const folder = dirname(programs)
  const home = mkdtempSync(join(tmpdir(), 'trailmark-postgres-'))
  const user = await otherUser()
  if (user !== undefined) chownSync(home, user.uid, user.gid)
  const data = join(home, 'data')
  const options: SpawnOptions = { cwd: home, stdio: 'ignore', env: { PATH: process.env['PATH'], LC_ALL: 'C' }, ...user }
  const [code] = await once(
    spawn(programs, ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '-N'], options),
    'close',
  )
  if (code !== 0) throw new Error(`initdb ended with ${code}`)
  const port = await freePort()
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off', 'shared_buffers=16MB']
  const args = ['-D', data, '-p', String(port), ...settings.flatMap((one) => ['-c', one])]
  const server = spawn(join(folder, 'postgres'), args, options)
  const ended = once(server, 'close')
  const kill = (): void => void server.kill('SIGQUIT')
  process.once('exit', kill)
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`
  await untilReady(url)
  return {
    port,
    url,
    async stop() {
      process.off('exit', kill)
      kill()
      await ended
      rmSync(home, { recursive: true, force: true })
    },
  }
}

/** PostgreSQL refuses to be run by root. */
async function otherUser(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const id = async (flag: string): Promise<number> =>
    Number((await promisify(execFile)('id', [flag, 'postgres'])).stdout)
  return { uid: await id('-u'), gid: await id('-g') }
}

async function untilReady(url: string): Promise<void> {
  for (let left = 200; ; left--) {
    const client = new pg.Client(url)
    client.on('error', () => undefined)
    try {
      await client.connect()
      await client.end()
      return
    } catch (error) {
      if (left === 0) throw error
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}
