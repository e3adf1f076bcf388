/**
 * A real MariaDB for one test file: its own directory and port on loopback, ended by its pid. It refuses to run as root, so
 * there it runs as the user that Debian's package makes.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import mysql from 'mysql2/promise'
import { freePort } from '../process/child.ts'
import { systemUser } from './system-user.ts'

export interface MariaDb {
  /** For `createPool()` and `createConnection()`. */
  readonly connection: { host: string; port: number; user: string; password: string; database: string }
  stop(): Promise<void>
}

const server = '/usr/sbin/mariadbd'
const install = '/usr/bin/mariadb-install-db'

/** False where MariaDB is not installed. */
export function hasMariaDb(): boolean {
  return existsSync(server) && existsSync(install)
}

/** Starts a server with an empty database `clinic`; resolves when it answers. */
export async function startMariaDb(): Promise<MariaDb> {
  const home = mkdtempSync(join(tmpdir(), 'trailmark-mariadb-'))
  const who = systemUser('mysql')
  if (who.uid !== undefined && who.gid !== undefined) chownSync(home, who.uid, who.gid)
  const data = join(home, 'data')
  const options = { ...who, cwd: home, stdio: 'ignore' } as const
  execFileSync(
    install,
    ['--no-defaults', `--datadir=${data}`, '--auth-root-authentication-method=normal', '--skip-test-db'],
    options,
  )
  const port = await freePort()
  const running = spawn(
    server,
    [
      '--no-defaults',
      `--datadir=${data}`,
      '--bind-address=127.0.0.1',
      `--port=${port}`,
      `--socket=${join(home, 'socket')}`,
      `--pid-file=${join(home, 'pid')}`,
      '--innodb-flush-log-at-trx-commit=0',
    ],
    options,
  )
  const connection = { host: '127.0.0.1', port, user: 'root', password: '' }
  await answering(running, connection)
  return {
    connection: { ...connection, database: 'clinic' },
    async stop() {
      running.kill('SIGTERM')
      if (running.exitCode === null) await once(running, 'exit')
      rmSync(home, { recursive: true, force: true })
    },
  }
}

async function answering(running: ChildProcess, options: mysql.ConnectionOptions): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (running.exitCode !== null) throw new Error(`MariaDB ended with ${running.exitCode}`)
    try {
      const connection = await mysql.createConnection(options)
      await connection.query('create database clinic')
      await connection.end()
      return
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
  throw new Error('MariaDB does not answer')
}
