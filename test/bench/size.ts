import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { repository } from '../process/repository.ts'
import { build } from './measure-in-child.ts'

/**
 * What does an installation bring along? The adapters with everything of ours they need, packed as a release packs them, and how
 * many packages that is on disk, beside an access logger and the tracing kit people install already.
 */
const adapters = ['express', 'fastify', 'koa', 'hono', 'nestjs'] as const
const others = ['pino-http', '@opentelemetry/sdk-node'] as const
const markKilobytes = 500

interface Installed {
  readonly name: string
  readonly dir: string
}

export async function run(): Promise<{ title: string; markdown: string }> {
  build()
  const place = mkdtempSync(join(tmpdir(), 'trailmark-bench-'))
  try {
    const packed = new Map<string, number>()
    const rows = adapters.map((adapter) => {
      const all = treeOf(`@trailmark/${adapter}`, join(repository, 'test'))
      const ours = all.filter((one) => one.name.startsWith('@trailmark/'))
      for (const one of ours) packed.set(one.name, packed.get(one.name) ?? pack(one.dir, place))
      const bytes = ours.reduce((sum, one) => sum + (packed.get(one.name) ?? 0), 0)
      return row(`\`@trailmark/${adapter}\``, `**${kilobytes(bytes)}**`, ours, all)
    })
    rows.push(...others.map((name) => row(`\`${name}\``, '–', [], treeOf(name, join(repository, 'test')))))
    const each = [...packed].map(([name, bytes]) => `${name.slice('@trailmark/'.length)} ${kilobytes(bytes)}`)
    return { title: 'Install size', markdown: page(rows, each) }
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
}

function row(name: string, packed: string, ours: readonly Installed[], all: readonly Installed[]): string {
  const onDisk = all.reduce((sum, one) => sum + bytesOf(one), 0)
  return `| ${[name, packed, `${ours.length}`, `${all.length - ours.length}`, kilobytes(onDisk)].join(' | ')} |`
}

/** Bytes of the tarball that a registry would hand out. */
function pack(dir: string, place: string): number {
  const out = mkdtempSync(join(place, 'pack-'))
  execFileSync('npx', ['-y', 'pnpm@12', 'pack', '--pack-destination', out], { cwd: dir, stdio: 'pipe' })
  const [tarball = ''] = readdirSync(out)
  return statSync(join(out, tarball)).size
}

/** The package and everything it depends on, each version once, as an installer would put it on disk. Peers are the user's. */
function treeOf(name: string, from: string, found = new Map<string, Installed>()): Installed[] {
  const dir = findPackage(name, from)
  if (dir !== undefined && !found.has(dir)) {
    found.set(dir, { name, dir })
    for (const dependency of dependenciesOf(dir)) treeOf(dependency, dir, found)
  }
  return [...found.values()]
}

function findPackage(name: string, from: string): string | undefined {
  for (let at = from; ; at = dirname(at)) {
    const place = join(at, 'node_modules', name)
    if (existsSync(join(place, 'package.json'))) return realpathSync(place)
    if (dirname(at) === at) return undefined
  }
}

function dependenciesOf(dir: string): string[] {
  const manifest: unknown = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8'))
  if (typeof manifest !== 'object' || manifest === null || !('dependencies' in manifest)) return []
  return Object.keys(manifest.dependencies ?? {})
}

/** Of ours only what is published: `lib`, the manifest and the licence. */
function bytesOf({ name, dir }: Installed): number {
  const published = name.startsWith('@trailmark/') ? ['lib', 'package.json', 'LICENSE', 'README.md'] : ['.']
  return published.reduce((sum, entry) => sum + bytesBelow(join(dir, entry)), 0)
}

function bytesBelow(path: string): number {
  if (!existsSync(path)) return 0
  const found = statSync(path)
  if (!found.isDirectory()) return found.size
  const entries = readdirSync(path).filter((entry) => entry !== 'node_modules')
  return entries.reduce((sum, entry) => sum + bytesBelow(join(path, entry)), 0)
}

const kilobytes = (bytes: number): string => `${Math.round(bytes / 1000).toLocaleString('en-US')} kB`

function page(rows: readonly string[], each: readonly string[]): string {
  return `"Packed" is the sum of the tarballs of ours that \`npm install\` would fetch; on disk is everything unpacked, with what others made. Peers,
the framework among them, are the user's. The mark is ${markKilobytes} kB packed for an adapter with all of ours it needs; NestJS brings the
adapters of Express and Fastify along.

| install | packed, ours | packages of ours | of others | on disk |
|---|---:|---:|---:|---:|
${rows.join('\n')}

Packed, each: ${each.join(', ')}.`
}
