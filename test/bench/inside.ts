/**
 * What does the audit cost inside the process, without the kernel's sockets? Real servers over streams in memory: far less
 * noise than a network, so a change of 1 µs shows. One framework and one variant; `pnpm bench inside` compares all of them.
 *
 *     node --conditions=@trailmark/source test/bench/inside.ts express declared [blocks]
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Inside } from './inside/drive.ts'
import { isVariant, variants } from './servers/variant.ts'

const [, , framework = 'express', variant = 'bare', blocks = '50'] = process.argv
if (!isVariant(variant)) throw new Error(`the variants are ${Object.keys(variants).join(', ')}`)
const home = mkdtempSync(join(tmpdir(), 'inside-'))
Object.assign(process.env, {
  NODE_ENV: 'production',
  TRAILMARK_DIR: join(home, 'records'),
  TRAILMARK_KEYS_DIR: join(home, 'keys'),
})
const main: number[] = []
const all: number[] = []
const inside = await Inside.open(framework, variant, home, Number(process.env['USERS'] ?? 1000))
await inside.warm()
for (let block = 0; block < Number(blocks); block++) {
  const used = await inside.runBlock()
  main.push(used.main)
  all.push(used.allThreads)
}
process.stderr.write(`${framework} ${variant}, µs/request: main thread ${show(main)}, all threads ${show(all)}\n`)
rmSync(home, { recursive: true, force: true })
process.exit(0)

function show(times: number[]): string {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share: number): string => (sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(1)
  return `min ${at(0)} quarter ${at(0.25)} median ${at(0.5)}`
}
