/**
 * A process that meets new people all the time and is killed at any moment, and the look at what it left: no record may name
 * a key that is not there, or whose birth is not on record.
 */
import { spawn } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openKeys } from '@trailmark/keys'
import { openSealed } from './unseal.ts'

const audit = new URL('./audit.ts', import.meta.url).href

/** Records with new people, from `from` on, and says which are durable. */
const program = `
  const [dir, from, together] = process.argv.slice(1)
  const { openAudit } = await import(${JSON.stringify(audit)})
  const { runtimeOf } = await import(${JSON.stringify(new URL('./runtime.ts', import.meta.url).href)})
  const audit = openAudit({
    service: 'clinic', dir: dir + '/data', keysDir: dir + '/keys', operational: 'none', signals: false, metrics: false,
  }, { print: () => {} })
  console.log('open')
  const exchange = { requestId: 'r', traceId: '0'.repeat(31) + '1', spanId: '0'.repeat(15) + '1', traceFlags: 1, clientAddress: '203.0.113.77' }
  for (let i = Number(from); ; ) {
    const batch = Array.from({ length: Number(together) }, () => {
      const id = 'planted-' + i++
      const receipt = runtimeOf(audit).recordIn(exchange, 'login_success', {}, { actor: { id } })
      return receipt.durable.then(() => console.log(receipt.id))
    })
    await Promise.all(batch)
  }
`

/**
 * Lets a process record and kills it `afterMs` after it was open, or after its first promise; gives the ids of the records it
 * was promised.
 */
export async function recordAndDie(
  dir: string,
  from: number,
  together: number,
  afterMs: number,
  after: 'open' | 'promise' = 'open',
): Promise<string[]> {
  const args = [
    '--conditions=@trailmark/source',
    '--input-type=module',
    '-e',
    program,
    dir,
    String(from),
    String(together),
  ]
  const { PATH = '', HOME = '', NODE_COMPILE_CACHE = '' } = process.env
  const env = { PATH, HOME, NODE_COMPILE_CACHE, NODE_ENV: 'production' }
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], env })
  let output = ''
  let dies = false
  child.stdout.on('data', (chunk) => {
    output += chunk
    if (dies || output.split('\n').length <= (after === 'open' ? 1 : 2)) return
    dies = true
    setTimeout(() => child.kill('SIGKILL'), afterMs)
  })
  const signal = await new Promise((resolve) => child.on('close', (_, killedBy) => resolve(killedBy)))
  if (signal !== 'SIGKILL') throw new Error(`the process ended by itself: ${String(signal)}`)
  return output.slice(0, output.lastIndexOf('\n')).split('\n').slice(1)
}

interface Line {
  readonly id: string
  readonly event_type: string
  readonly user_id?: string
  readonly subjects?: readonly string[]
  readonly metadata?: { readonly kid?: string; readonly commitment?: string }
  readonly sealed?: readonly { readonly p: string; readonly k: string; readonly e: string }[]
}

export interface Left {
  /** Ids of records that are there. */
  readonly ids: ReadonlySet<string>
  /** Records whose key is not there, or was not born. */
  readonly broken: readonly string[]
  /** Files in which a planted id stands in clear. */
  readonly clear: readonly string[]
}

/** Reads what is left, as a reader with the keys does. */
export function readLeft(dir: string): Left {
  const { subjects } = openKeys({ dir: join(dir, 'keys'), create: false })
  const births = new Map<string, string>()
  const broken: string[] = []
  for (const { event_type, metadata } of linesOf(dir, 'keys.keys')) {
    if (event_type === 'subject_key_born') births.set(metadata?.kid ?? '', metadata?.commitment ?? '')
  }
  const commitmentOf = (kid: string) => births.get(kid)
  const keys = subjects === undefined ? {} : { subjects }
  const open = (line: Line, origin: string): void => {
    for (const { error, kid } of openSealed(line, keys, { origin, commitmentOf })) {
      if (error !== undefined) broken.push(`${line.event_type} ${line.id}: ${error} for ${kid}`)
    }
  }
  for (const line of linesOf(dir, 'keys.keys')) open(line, 'clinic/keys.keys')
  const ids = new Set<string>()
  for (const line of linesOf(dir, 'audit.standard')) {
    ids.add(line.id)
    if (line.event_type !== 'login_success') continue
    if (line.sealed?.[0]?.p !== line.user_id) broken.push(`${line.id}: nothing sealed for ${line.user_id}`)
    open(line, 'clinic/audit.standard')
  }
  const clear = files(dir).filter((path) => readFileSync(path).includes('planted-'))
  return { ids, broken, clear }
}

/** Whole lines of a ledger; what a kill cut off at the end was promised to nobody. */
function linesOf(dir: string, stream: string): Line[] {
  return files(join(dir, 'data', 'clinic', stream))
    .filter((path) => path.endsWith('.jsonl'))
    .flatMap((path) => readFileSync(path, 'utf8').split('\n').slice(0, -1))
    .flatMap((text): Line[] => {
      try {
        return [JSON.parse(text)]
      } catch {
        return []
      }
    })
}

function files(dir: string): string[] {
  mkdirSync(dir, { recursive: true })
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}
