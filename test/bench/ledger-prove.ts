/** How long a proof out of a large log takes somebody who has just started, and what a stream costs that is merely open. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Ledger, openLedger } from '@trailmark/ledger'
import { inclusionProof, TreeReader } from '@trailmark/ledger/prove'
import { benchOptions, body } from './ledger-log.ts'

/** Milliseconds from opening to the whole proof, in processes that have read nothing yet. The page cache is as it is. */
export function coldProofs(writerDir: string, size: number, times: number): number[] {
  return Array.from({ length: times }, (_, i) => {
    const index = Math.floor((size * (i + 0.5)) / times)
    const args = [
      '--conditions=@trailmark/source',
      fileURLToPath(import.meta.url),
      writerDir,
      String(index),
      String(size),
    ]
    return Number(execFileSync(process.execPath, args, { encoding: 'utf8' }))
  })
}

/** Kilobytes of resident memory for each of so many streams that hold one entry and wait for more, in a process of their own. */
export function openStreamKilobytes(place: string, count: number): number {
  const args = [
    '--conditions=@trailmark/source',
    '--expose-gc',
    fileURLToPath(import.meta.url),
    'open',
    place,
    String(count),
  ]
  return Number(execFileSync(process.execPath, args, { encoding: 'utf8' }))
}

async function measureOpen(place: string, count: number): Promise<number> {
  const resident = (): number => {
    globalThis.gc?.()
    return process.memoryUsage.rss()
  }
  const open: Ledger[] = []
  const openOne = async (): Promise<void> => {
    const ledger = openLedger(benchOptions(join(place, `open-${open.length}`)))
    await ledger.append(body).durable
    open.push(ledger)
  }
  await openOne() // what the first one loads, the others share
  const before = resident()
  while (open.length <= count) await openOne()
  const kilobytes = (resident() - before) / count / 1024
  for (const ledger of open) await ledger.close()
  return kilobytes
}

async function measureProof(writerDir: string, index: number, size: number): Promise<number> {
  const started = performance.now()
  const reader = await TreeReader.open(writerDir)
  await inclusionProof(reader, index, size)
  await reader.close()
  return performance.now() - started
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , first = '', second = '', third = ''] = process.argv
  const answer =
    first === 'open' ? measureOpen(second, Number(third)) : measureProof(first, Number(second), Number(third))
  process.stdout.write(String(await answer))
}
