/**
 * How fast the ledger takes entries and checks them, beside what the machine can do at best: the same bytes written and synced in
 * the same batches without any of ours, and hashed without any structure.
 */
import { generateKeyPairSync, hash, sign } from 'node:crypto'
import { closeSync, fdatasync, mkdtempSync, openSync, rmSync, write } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openLedger, type Signer } from '@trailmark/ledger'
import { verify } from '@trailmark/ledger/verify'

const bodyBytes = 740
const rounds = 5
const together = [1, 16, 128] as const
const entriesPerRound: Record<(typeof together)[number], number> = { 1: 2000, 16: 20_000, 128: 60_000 }

/** Measures append at 1, 16 and 128 in flight, and verify; hands on one section of the benchmark page. */
export async function run(): Promise<{ title: string; markdown: string }> {
  const place = mkdtempSync(join(tmpdir(), 'trailmark-bench-'))
  try {
    const rows: string[] = []
    for (const inFlight of together) {
      const ours: Sample[] = []
      const bare: Sample[] = []
      // Interleaved, so that a busy moment of the machine meets both.
      for (let round = 0; round < rounds; round++) {
        ours.push(await append(join(place, `ledger-${inFlight}-${round}`), inFlight))
        bare.push(await appendBare(join(place, `bare-${inFlight}-${round}`), inFlight))
      }
      rows.push(`| ${inFlight} | ${rate(ours)} | ${micros(ours)} | ${rate(bare)} | ${micros(bare)} |`)
    }
    const checked: number[] = []
    const hashed: number[] = []
    for (let round = 0; round < rounds; round++) {
      checked.push(await verifyRate(join(place, `ledger-128-${round}`)))
      hashed.push(hashRate())
    }
    return { title: 'Ledger', markdown: page(rows, checked, hashed) }
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
}

interface Sample {
  readonly perSecond: number
  readonly cpuMicros: number
}

const body = `"text":"${'x'.repeat(bodyBytes - 9)}"`

async function append(dir: string, inFlight: (typeof together)[number]): Promise<Sample> {
  const options = {
    dir,
    origin: 'bench/audit.standard',
    stream: 'audit',
    retentionClass: 'standard',
    signer: benchSigner(),
  }
  const ledger = openLedger(options)
  const sample = await measure(inFlight, () => ledger.append(body).durable)
  await ledger.close()
  return sample
}

/** The same bytes in the same batches: what waits while one write is under way is the next one. Nothing is framed or hashed. */
async function appendBare(path: string, inFlight: (typeof together)[number]): Promise<Sample> {
  const fd = openSync(path, 'w')
  let waiting: (() => void)[] = []
  let position = 0
  let running = false
  const line = `${body}${'x'.repeat(45)}\n`
  const pump = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting
      waiting = []
      const bytes = Buffer.from(line.repeat(batch.length))
      await new Promise<void>((resolve, reject) =>
        write(fd, bytes, 0, bytes.length, position, (error) => (error ? reject(error) : resolve())),
      )
      await new Promise<void>((resolve, reject) => fdatasync(fd, (error) => (error ? reject(error) : resolve())))
      position += bytes.length
      for (const done of batch) done()
      await new Promise((resolve) => setImmediate(resolve))
    }
    running = false
  }
  const sample = await measure(inFlight, () => {
    const promise = new Promise<void>((resolve) => waiting.push(resolve))
    if (!running) {
      running = true
      setImmediate(() => void pump())
    }
    return promise
  })
  closeSync(fd)
  return sample
}

async function measure(inFlight: (typeof together)[number], appendOne: () => Promise<unknown>): Promise<Sample> {
  const entries = entriesPerRound[inFlight]
  let left = entries
  const caller = async (): Promise<void> => {
    while (left-- > 0) await appendOne()
  }
  const cpu = process.cpuUsage()
  const started = performance.now()
  await Promise.all(Array.from({ length: inFlight }, caller))
  const { user, system } = process.cpuUsage(cpu)
  return { perSecond: (entries / (performance.now() - started)) * 1000, cpuMicros: (user + system) / entries }
}

/** Megabytes a second, on one core. */
async function verifyRate(dir: string): Promise<number> {
  const started = performance.now()
  const report = await verify(dir)
  if (!report.ok) throw new Error('the ledger that was just written does not verify')
  const bytes = report.streams.reduce((sum, stream) => sum + stream.bytes, 0)
  return bytes / (performance.now() - started) / 1000
}

/** SHA-256 of lines of the same length, one call each: what no verifier in this runtime can beat on one core. */
function hashRate(): number {
  const line = Buffer.alloc(bodyBytes + 45, 'x')
  const lines = 50_000
  const started = performance.now()
  for (let i = 0; i < lines; i++) hash('sha256', line, 'binary')
  return (lines * line.length) / (performance.now() - started) / 1000
}

function benchSigner(): Signer {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const { x = '' } = publicKey.export({ format: 'jwk' })
  return { publicKey: Buffer.from(x, 'base64url'), sign: (message) => sign(null, message, privateKey) }
}

function page(rows: readonly string[], checked: readonly number[], hashed: readonly number[]): string {
  return [
    `Entries of ${bodyBytes} bytes, each caller waiting for its durable receipt before the next. "Bare" writes and syncs the same`,
    'bytes in batches made the same way, and does nothing else. CPU is of the whole process. Median of 5, with the spread.',
    '',
    '| in flight | ledger, entries/s | CPU µs each | bare, entries/s | CPU µs each |',
    '|---:|---:|---:|---:|---:|',
    ...rows,
    '',
    `Verify: ${spread(checked)} MB/s on one core. One SHA-256 of each line`,
    `and nothing else, in the same runtime: ${spread(hashed)} MB/s.`,
  ].join('\n')
}

const rate = (samples: readonly Sample[]): string => spread(samples.map((one) => one.perSecond))
const micros = (samples: readonly Sample[]): string => spread(samples.map((one) => one.cpuMicros))

function spread(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (part: number): number => sorted[Math.round((sorted.length - 1) * part)] ?? 0
  const text = (value: number): string => (value < 100 ? value.toFixed(1) : Math.round(value).toLocaleString('en-US'))
  return `${text(at(0.5))} (${text(at(0))}–${text(at(1))})`
}
