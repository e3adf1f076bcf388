/** The writers of a trail: who holds them, how old their last signature is, what recovery left, who vouches for them. */
import { readdir, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { findStreams, openFile, type StreamInfo } from '@trailmark/ledger'
import { counted } from '../verify-text.ts'
import { age } from './age.ts'
import { checkAnchors } from './anchors.ts'
import { type Finding, note, ok, type Patient, weak } from './finding.ts'
import { checkRedactions } from './redactions.ts'
import { checkStarts } from './starts.ts'

/** A live writer signs at most a second after something became durable; this is generous. */
const unsignedMsMax = 60_000
/** A heartbeat is written every few seconds. */
const silenceMsMax = 30_000
const heartbeatMs = 6_000

export async function checkLedgers(patient: Patient, signal: AbortSignal): Promise<Finding[]> {
  const { root, nowMs } = patient
  const streams = await findStreams(root)
  if (streams.length === 0) return [note('no_ledgers', `nothing was recorded below ${root} yet`)]
  const findings: Finding[] = [ok('ledgers', `${counted(streams.length, 'writer')} below ${root}`)]
  for (const stream of streams) findings.push(...(await checkWriter(stream, nowMs)))
  findings.push(
    ...(await checkAnchors(streams, nowMs)),
    weak(
      'single_copy',
      'no second copy of the trail is known here',
      'Copy the directory elsewhere, to a place its owner cannot change.',
    ),
    ...(await checkRedactions(patient, signal)),
    ...(await checkStarts(patient, signal)),
  )
  return findings
}

async function checkWriter(stream: StreamInfo, nowMs: number): Promise<Finding[]> {
  const { dir } = stream
  const name = `${stream.service}/${stream.stream}.${stream.retentionClass}/${stream.writer}`
  const findings: Finding[] = []
  findings.push(await checkLock(join(dir, 'LOCK'), name, nowMs))
  const checkpoint = await stat(join(dir, 'checkpoint')).catch(() => undefined)
  const written = await newestSegmentMs(dir)
  if (checkpoint === undefined) {
    if (written !== undefined)
      findings.push(weak('checkpoint', `${name} has entries and no checkpoint`, 'Run trailmark verify.'))
  } else if (written !== undefined && written - checkpoint.mtimeMs > unsignedMsMax) {
    findings.push(
      weak(
        'checkpoint',
        `${name}: entries are ${age(written - checkpoint.mtimeMs)} newer than their last signature`,
        'Run trailmark verify.',
      ),
    )
  } else findings.push(ok('checkpoint', `${name}: last signed ${age(nowMs - checkpoint.mtimeMs)} ago`))
  const cut = await readdir(join(dir, 'quarantine')).catch(() => [])
  if (cut.length > 0)
    findings.push(
      note(
        'quarantine',
        `${name}: recovery kept ${cut.length} cut-off tails in quarantine`,
        'They were never acknowledged; read them, keep them.',
      ),
    )
  const refused = await refusedPredecessor(dir)
  if (refused !== undefined)
    findings.push(
      weak(
        'refused_writer',
        `${name} was opened because ${refused} was refused as damaged`,
        'Run trailmark verify, and find out what damaged it.',
      ),
    )
  return findings
}

async function checkLock(path: string, name: string, nowMs: number): Promise<Finding> {
  const text = await readStart(path)
  if (text === undefined) return ok('lock', `${name} is closed`)
  const lock = parseLock(text)
  if (lock === undefined) return note('lock', `${name}: its LOCK is not readable; the next start judges it by its age`)
  const facts = await stat(path).catch(() => undefined)
  const silentMs = nowMs - Math.max(lock.heartbeat, facts?.mtimeMs ?? 0)
  const holder = `pid ${lock.pid} on ${lock.host}`
  // Another host, or another container with our host's name, may have a process of that number: only silence counts there.
  if (silentMs > silenceMsMax || (lock.host === hostname() && silentMs > heartbeatMs && !isRunning(lock.pid))) {
    const text = `${name}: held by ${holder}, silent for ${age(silentMs)}`
    return note('lock', text, 'A crash leaves it; the next start takes it over. Nothing acknowledged is missing.')
  }
  return ok('lock', `${name} is being written by ${holder}`)
}

function parseLock(text: string): { host: string; pid: number; heartbeat: number } | undefined {
  try {
    const parsed: unknown = JSON.parse(text)
    if (typeof parsed !== 'object' || parsed === null) return undefined
    const { host, pid, heartbeat }: Record<string, unknown> = { ...parsed }
    if (typeof host !== 'string' || typeof pid !== 'number' || typeof heartbeat !== 'number') return undefined
    return { host: host.slice(0, 255), pid, heartbeat }
  } catch {
    return undefined
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

async function refusedPredecessor(dir: string): Promise<string | undefined> {
  try {
    const parsed: unknown = JSON.parse((await readStart(join(dir, 'LEDGER.json'))) ?? '')
    const predecessor: unknown =
      typeof parsed === 'object' && parsed !== null && 'predecessor' in parsed ? parsed.predecessor : undefined
    const named = typeof predecessor === 'object' && predecessor !== null && 'writer' in predecessor
    return named && typeof predecessor.writer === 'string' ? predecessor.writer.slice(0, 40) : undefined
  } catch {
    return undefined
  }
}

async function newestSegmentMs(dir: string): Promise<number | undefined> {
  const names = await readdir(join(dir, 'seg')).catch(() => [])
  const last = names
    .filter((name) => name.endsWith('.jsonl'))
    .sort()
    .at(-1)
  if (last === undefined) return undefined
  const facts = await stat(join(dir, 'seg', last)).catch(() => undefined)
  return facts === undefined || facts.size === 0 ? undefined : facts.mtimeMs
}

async function readStart(path: string): Promise<string | undefined> {
  const file = await openFile(path).catch(() => undefined)
  if (file === undefined) return undefined
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(65_536), 0, 65_536, 0)
    return buffer.toString('utf8', 0, bytesRead)
  } finally {
    await file.close()
  }
}
