/**
 * A real PostgreSQL for one test file: its own directory and port on loopback, ended by its pid. It refuses to run as root, so
 * there it runs as the user that Debian's package makes.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { freePort } from '../process/child.ts'
import { systemUser } from './system-user.ts'

export interface Postgres {
  readonly port: number
  /** `postgres://…`, to the database `postgres` as a superuser. */
  readonly url: string
  stop(): Promise<void>
}

const debian = '/usr/lib/postgresql'

/** Where the server's programs are; undefined where PostgreSQL is not installed. */
export function findPostgres(): string | undefined {
  const versions = existsSync(debian) ? readdirSync(debian) : []
  return versions.map((version) => join(debian, version, 'bin')).find((bin) => existsSync(join(bin, 'postgres')))
}

/** Starts a server; resolves when it answers. */
export async function startPostgres(bin: string): Promise<Postgres> {
  const home = mkdtempSync(join(tmpdir(), 'trailmark-postgres-'))
  const who = systemUser('postgres')
  if (who.uid !== undefined && who.gid !== undefined) chownSync(home, who.uid, who.gid)
  const data = join(home, 'data')
  const options = { ...who, cwd: home, stdio: 'ignore' } as const
  execFileSync(join(bin, 'initdb'), ['-D', data, '-A', 'trust', '-U', 'postgres', '-E', 'UTF8', '--no-sync'], options)
  const port = await freePort()
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off', 'max_connections=50']
  const given = settings.flatMap((setting) => ['-c', setting])
  const server = spawn(join(bin, 'postgres'), ['-D', data, '-p', String(port), ...given], options)
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`
  await answering(server, url)
  return {
    port,
    url,
    async stop() {
      // When the last connection is closed, and after five seconds at once.
      server.kill('SIGTERM')
      const impatient = setTimeout(() => server.kill('SIGINT'), 5_000)
      if (server.exitCode === null) await once(server, 'exit')
      clearTimeout(impatient)
      rmSync(home, { recursive: true, force: true })
    },
  }
}

async function answering(server: ChildProcess, url: string): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (server.exitCode !== null) throw new Error(`PostgreSQL ended with ${server.exitCode}`)
    const client = new pg.Client({ connectionString: url })
    try {
      await client.connect()
      await client.end()
      return
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
  throw new Error('PostgreSQL does not answer')
}
