import { type ChildProcess, fork } from 'node:child_process'
import { createWriteStream, mkdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The three services as processes of their own on free loopback ports, with one trail and one folder of keys. */
export interface Clinic {
  readonly gateway: string
  /** Ends all three and resolves when they are gone. May be called twice. */
  stop(): Promise<void>
}

const names = ['notifications', 'records', 'gateway'] as const

export async function startClinic(home: string): Promise<Clinic> {
  mkdirSync(join(home, 'logs'), { recursive: true })
  const ports = await Promise.all(names.map(() => freePort()))
  const env = {
    ...process.env,
    NODE_ENV: 'production',
    TRAILMARK_DIR: join(home, 'trail'),
    TRAILMARK_KEYS_DIR: join(home, 'keys'),
    ...Object.fromEntries(names.map((name, index) => [`CLINIC_${name.toUpperCase()}_PORT`, String(ports[index])])),
  }
  const running: ChildProcess[] = []
  const stop = async (): Promise<void> => {
    await Promise.all(running.map(endProcess))
  }
  try {
    for (const name of names) running.push(await startService(name, home, env))
  } catch (error) {
    await stop()
    throw error
  }
  return { gateway: `http://127.0.0.1:${ports[names.indexOf('gateway')]}`, stop }
}

function startService(name: string, home: string, env: NodeJS.ProcessEnv): Promise<ChildProcess> {
  const file = fileURLToPath(new URL(`./${name}.ts`, import.meta.url))
  const child = fork(file, {
    env,
    execArgv: ['--conditions=@trailmark/source'],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const log = createWriteStream(join(home, 'logs', `${name}.log`))
  child.stdout?.pipe(log, { end: false })
  child.stderr?.pipe(log, { end: false })
  return new Promise((resolve, reject) => {
    child.once('message', () => resolve(child))
    child.once('exit', (code) =>
      reject(new Error(`${name} ended with ${code} before it listened; see logs/${name}.log`)),
    )
  })
}

function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((resolve) => {
    const impatient = setTimeout(() => child.kill('SIGKILL'), 5000)
    child.once('exit', () => {
      clearTimeout(impatient)
      resolve()
    })
    child.kill('SIGTERM')
  })
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => (address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port'))))
    })
  })
}
