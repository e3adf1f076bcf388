/** Runs a small application in a process and a directory of its own, as somebody would who has just installed the package. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const packages = fileURLToPath(new URL('../../', import.meta.url))
const deadlineMsDefault = 20_000

export interface AppDirectory {
  readonly dir: string
  /** Writes a file and starts it; `source` is an ES module. */
  start(source: string, env?: Record<string, string>, deadlineMs?: number): RunningApp
  /** Every record of a stream's ledgers, parsed, writers in the order of their names. */
  records(stream?: string): StoredLine[]
  remove(): void
}

export interface StoredLine {
  readonly n: number
  readonly seq: number
  readonly id: string
  readonly event_type: string
  readonly reason?: string
  readonly service: { readonly writer: string; readonly name: string }
  readonly metadata?: Readonly<Record<string, unknown>>
  readonly request_id?: string
}

export interface RunningApp {
  readonly child: ChildProcess
  /** Resolves once stdout contains `text`. */
  says(text: string): Promise<void>
  readonly ended: Promise<{ code: number | null; signal: string | null; stdout: string; stderr: string }>
}

export function appDirectory(manifest: object = { name: 'clinic', version: '1.2.3', type: 'module' }): AppDirectory {
  const dir = mkdtempSync(join(tmpdir(), 'trailmark-app-'))
  writeFileSync(join(dir, 'package.json'), JSON.stringify(manifest))
  mkdirSync(join(dir, 'node_modules/@trailmark'), { recursive: true })
  for (const name of ['core', 'ledger']) symlinkSync(join(packages, name), join(dir, 'node_modules/@trailmark', name))
  return {
    dir,
    start: (source, env = {}, deadlineMs = deadlineMsDefault) => start(dir, source, env, deadlineMs),
    records: (stream = 'audit.standard') => recordsUnder(join(dir, '.trailmark/clinic', stream)),
    remove: () => rmSync(dir, { recursive: true, force: true }),
  }
}

function start(dir: string, source: string, env: Record<string, string>, deadlineMs: number): RunningApp {
  const file = join(dir, 'app.mjs')
  writeFileSync(file, source)
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(process.execPath, ['--conditions=@trailmark/source', file], {
    cwd: dir,
    env: { PATH, HOME, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const deadline = setTimeout(() => child.kill('SIGKILL'), deadlineMs)
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const ended = new Promise<Awaited<RunningApp['ended']>>((resolve) => {
    child.on('close', (code, signal) => {
      clearTimeout(deadline)
      resolve({ code, signal, stdout, stderr })
    })
  })
  return {
    child,
    ended,
    async says(text) {
      while (!stdout.includes(text)) {
        if (child.exitCode !== null || child.signalCode !== null)
          throw new Error(`ended without saying ${text}: ${stderr}`)
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    },
  }
}

export function recordsUnder(streamDir: string): StoredLine[] {
  return readdirSync(streamDir)
    .sort()
    .flatMap((writer) => {
      const segments = join(streamDir, writer, 'seg')
      return readdirSync(segments)
        .filter((name) => name.endsWith('.jsonl'))
        .sort()
        .flatMap((name) => readFileSync(join(segments, name), 'utf8').split('\n').filter(Boolean))
    })
    .map((line): StoredLine => JSON.parse(line))
}
