/**
 * How fast the ledger takes entries, checks them and proves them, beside what the machine can do at best in the same run.
 *
 * TRAILMARK_BENCH_RECORDS sets how large the log is that is proved from: a million by default, ten million take 8 GB of disk.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { appendBare, appendOurs, type Load, type Sample } from './ledger-append.ts'
import { type Collected, collect, type Pace } from './ledger-collect.ts'
import { bodyBytes, lineBytes, writeLog } from './ledger-log.ts'
import { coldProofs, openStreamKilobytes } from './ledger-prove.ts'
import { opensslRate, verifyRate } from './ledger-verify.ts'

const rounds = Number(process.env['TRAILMARK_BENCH_ROUNDS'] ?? 5)
const proofEntries = Number(process.env['TRAILMARK_BENCH_RECORDS'] ?? 1_000_000)
/** Ten million records of this length are what the disk may be asked for. */
const proofEntriesMax = 10_000_000
const loads: readonly Load[] = [
  { inFlight: 1, entries: 2000, syncDelayMs: 0 },
  { inFlight: 16, entries: 20_000, syncDelayMs: 0 },
  { inFlight: 128, entries: 60_000, syncDelayMs: 0 },
  { inFlight: 128, entries: 20_000, syncDelayMs: 1 },
]

/** 10 ms is what core asks for. */
const paces: readonly Pace[] = [1_000, 5_000, 15_000].flatMap((perSecond) =>
  [0, 10, 20].map((commitDelayMs) => ({ perSecond, commitDelayMs })),
)

/** Hands on one section of the benchmark page. */
export async function run(): Promise<{ title: string; markdown: string }> {
  if (!(proofEntries >= 1 && proofEntries <= proofEntriesMax))
    throw new Error(`TRAILMARK_BENCH_RECORDS: ${proofEntries} is none from 1 to ${proofEntriesMax}`)
  const place = mkdtempSync(join(tmpdir(), 'trailmark-bench-'))
  try {
    const appends: string[] = []
    for (const [at, load] of loads.entries()) appends.push(await appendRow(join(place, `append-${at}`), load))
    const collected: string[] = []
    for (const [at, pace] of paces.entries()) collected.push(await collectRow(join(place, `collect-${at}`), pace))
    const memory = openStreamKilobytes(place, 64)
    const dir = await writeLog(join(place, 'log'), proofEntries)
    const verifies: string[] = []
    for (const cores of [1, 2]) verifies.push(await verifyRow(join(place, 'log'), cores))
    const proofs = coldProofs(dir, proofEntries, rounds * 3)
    return { title: 'Ledger', markdown: page(appends, collected, verifies, { proofs, memory }) }
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
}

/** Interleaved, so that a busy moment of the machine meets all of them. */
async function appendRow(place: string, load: Load): Promise<string> {
  const ours: Sample[] = []
  const bare: Sample[] = []
  const unavoidable: Sample[] = []
  for (let round = 0; round < rounds; round++) {
    ours.push(await appendOurs(`${place}-ours-${round}`, load))
    bare.push(await appendBare(`${place}-bare-${round}`, load, false))
    unavoidable.push(await appendBare(`${place}-hashed-${round}`, load, true))
    for (const kind of ['ours', 'bare', 'hashed']) rmSync(`${place}-${kind}-${round}`, { recursive: true })
  }
  const cpu = (samples: readonly Sample[]): readonly number[] => samples.map((one) => one.cpuMicros)
  const ratios = ours.map((one, i) => one.cpuMicros / (unavoidable[i]?.cpuMicros ?? Number.NaN))
  const cells = [
    `${load.inFlight}`,
    load.syncDelayMs === 0 ? 'as it is' : `+ ${load.syncDelayMs} ms`,
    spread(ours.map((one) => one.perSecond)),
    spread(bare.map((one) => one.perSecond)),
    spread(ours.map((one) => one.p99Ms)),
    spread(cpu(ours)),
    spread(cpu(unavoidable)),
    spread(ratios),
  ]
  return `| ${cells.join(' | ')} |`
}

async function collectRow(place: string, pace: Pace): Promise<string> {
  const found: Collected[] = []
  for (let round = 0; round < rounds; round++) {
    found.push(await collect(`${place}-${round}`, pace))
    rmSync(`${place}-${round}`, { recursive: true })
  }
  const cells = [
    pace.perSecond.toLocaleString('en-US'),
    `${pace.commitDelayMs} ms`,
    spread(found.map((one) => one.commitsPerSecond)),
    spread(found.map((one) => one.cpuMicros)),
  ]
  return `| ${cells.join(' | ')} |`
}

async function verifyRow(root: string, cores: number): Promise<string> {
  const ours: number[] = []
  const openssl: number[] = []
  for (let round = 0; round < rounds; round++) {
    ours.push(await verifyRate(root, cores))
    openssl.push((await opensslRate(cores)) ?? Number.NaN)
  }
  const ratios = ours.map((rate, i) => rate / (openssl[i] ?? Number.NaN))
  return `| ${[`${cores}`, spread(ours), spread(openssl), spread(ratios)].join(' | ')} |`
}

function page(
  appends: readonly string[],
  collected: readonly string[],
  verifies: readonly string[],
  { proofs, memory }: { readonly proofs: readonly number[]; readonly memory: number },
): string {
  return [
    `Entries of ${bodyBytes} bytes, each caller waiting for its durable receipt before the next. "Bare" writes and syncs the same`,
    'bytes in batches made the same way, and does nothing else. "Unavoidable" also hashes each line as often as the format demands.',
    `CPU is of the whole process, in µs for each entry. Median of ${rounds}, with the spread.`,
    '',
    '| in flight | fdatasync | ledger, entries/s | bare, entries/s | ledger, p99 ms | ledger, CPU | unavoidable, CPU | ratio |',
    '|---:|---|---:|---:|---:|---:|---:|---:|',
    ...appends,
    '',
    'The same entries, a few in each turn, and nobody waits for any: they are collected for `commitDelayMs`.',
    '',
    '| entries/s | `commitDelayMs` | syncs/s | CPU for each entry |',
    '|---:|---:|---:|---:|',
    ...collected,
    '',
    `Verify, of ${proofEntries.toLocaleString('en-US')} entries, beside \`openssl speed -evp sha256\` over blocks of ${lineBytes} bytes, in MB/s:`,
    '',
    '| cores | verify | openssl | ratio |',
    '|---:|---:|---:|---:|',
    ...verifies,
    '',
    `An inclusion proof out of ${proofEntries.toLocaleString('en-US')} entries, in a process that has read nothing: ${spread(proofs)} ms.`,
    `A stream that is open: ${memory.toFixed(0)} kB of resident memory.`,
  ].join('\n')
}

function spread(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (part: number): number => sorted[Math.round((sorted.length - 1) * part)] ?? Number.NaN
  const text = (value: number): string => {
    if (Number.isNaN(value)) return '–'
    if (value >= 100) return Math.round(value).toLocaleString('en-US')
    return value.toFixed(value < 10 ? 2 : 1)
  }
  return `${text(at(0.5))} (${text(at(0))}–${text(at(1))})`
}
