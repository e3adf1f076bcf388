/** What Node, the environment and the file system promise. */
import { readdir, readFile, realpath, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Finding, note, ok, type Patient, weak } from './finding.ts'

/** The oldest Node that the packages support. */
const nodeMin = [22, 15] as const

export async function checkPlatform(patient: Patient): Promise<Finding[]> {
  return [
    checkNode(process.versions.node),
    checkEnvironment(patient.env),
    checkDirectorySync(process.platform),
    await checkFileSystem(patient.root),
    ...(await checkCopies(patient.cwd)),
  ]
}

export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const supported = major > nodeMin[0] || (major === nodeMin[0] && minor >= nodeMin[1])
  if (!supported)
    return weak('node_version', `Node ${version} is not supported`, `Use Node ${nodeMin.join('.')} or newer.`)
  return ok('node_version', `Node ${version}`)
}

export function checkEnvironment(env: NodeJS.ProcessEnv): Finding {
  const value = env.NODE_ENV
  if (value === undefined || value === '')
    return weak(
      'node_env_unset',
      'NODE_ENV is not set',
      'Set it: unset counts as production, except for what a terminal is shown.',
    )
  return ok('node_env_unset', `NODE_ENV is ${value}`)
}

export function checkDirectorySync(platform: NodeJS.Platform): Finding {
  const name = 'directory_sync'
  if (platform === 'linux' || platform === 'darwin') return ok(name, 'this platform can make a new file durable')
  return weak(
    name,
    `${platform} cannot make a directory entry durable`,
    'A new segment may be lost in a power failure; keep the trail of record on Linux with ext4 or xfs.',
  )
}

/** Magic numbers of statfs(2) on Linux. */
const volatileTypes = new Map([
  [0x0102_1994, 'tmpfs'],
  [0x8584_58f6, 'ramfs'],
])
const layeredTypes = new Map([[0x794c_7630, 'overlayfs']])
const remoteTypes = new Map([
  [0x6969, 'NFS'],
  [0xff53_4d42, 'CIFS'],
  [0xfe53_4d42, 'SMB2'],
])

async function checkFileSystem(root: string): Promise<Finding> {
  const name = 'file_system'
  if (process.platform !== 'linux') return note(name, 'the kind of file system is not known on this platform')
  const facts = await statfs(root).catch(() => undefined)
  return facts === undefined ? note(name, `${root} does not exist yet`) : judgeFileSystem(facts.type, root)
}

export function judgeFileSystem(type: number, root: string): Finding {
  const name = 'file_system'
  const gone = volatileTypes.get(type)
  if (gone) return weak(name, `${root} is ${gone}: it is lost with the machine`, 'Put the trail on a disk.')
  const layered = layeredTypes.get(type)
  if (layered)
    return weak(name, `${root} is ${layered}: it is lost with the container`, 'Mount a volume for the trail.')
  const remote = remoteTypes.get(type)
  if (remote)
    return weak(
      name,
      `${root} is ${remote}: its flushes promise less`,
      'Put the trail on a local disk with ext4 or xfs.',
    )
  return ok(name, `${root} is on a disk`)
}

/** Two copies of a package that keeps one store per process make two stores, and ids get lost between them. */
async function checkCopies(cwd: string): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const name of ['@trailmark/core', '@opentelemetry/api'] as const) {
    const copies = await installedCopies(cwd, name)
    const id = name === '@trailmark/core' ? 'copies_core' : 'copies_opentelemetry'
    if (copies.length <= 1)
      findings.push(ok(id, `${copies.length === 1 ? 'one copy' : 'no copy'} of ${name} is installed`))
    else
      findings.push(
        weak(
          id,
          `${copies.length} copies of ${name}: ${copies.join(', ')}`,
          'Deduplicate: contexts and traces do not reach from one to the other.',
        ),
      )
  }
  return findings
}

/** Directories looked into at most; enough for thousands of packages. */
const directoriesMax = 20_000

/** Every copy of the package in the node_modules that modules of `cwd` can load from, as real paths. */
async function installedCopies(cwd: string, name: string): Promise<string[]> {
  const found = new Map<string, string>()
  let budget = directoriesMax
  const look = async (modules: string, depth: number): Promise<void> => {
    if (budget-- <= 0 || depth > 6) return
    const path = await realpath(join(modules, name)).catch(() => undefined)
    if (path !== undefined && !found.has(path)) found.set(path, await versionOf(path))
    for (const entry of await packagesIn(modules)) await look(join(modules, entry, 'node_modules'), depth + 1)
  }
  for (let at = cwd; ; at = dirname(at)) {
    await look(join(at, 'node_modules'), 0)
    if (at === dirname(at)) break
  }
  return [...found].map(([path, version]) => `${version} at ${path}`)
}

/** Packages in a node_modules directory that are directories of their own; links are copies seen from elsewhere. */
async function packagesIn(modules: string): Promise<string[]> {
  const entries = await readdir(modules, { withFileTypes: true }).catch(() => [])
  const names: string[] = []
  for (const entry of entries) {
    if (!entry.isDirectory() || entry.name === '.bin') continue
    if (!entry.name.startsWith('@') && entry.name !== '.pnpm') names.push(entry.name)
    else
      for (const inner of await readdir(join(modules, entry.name)).catch(() => [])) names.push(join(entry.name, inner))
  }
  return names
}

async function versionOf(dir: string): Promise<string> {
  try {
    const parsed: unknown = JSON.parse(await readFile(join(dir, 'package.json'), 'utf8'))
    const version = typeof parsed === 'object' && parsed !== null && 'version' in parsed ? parsed.version : undefined
    return typeof version === 'string' ? version.slice(0, 40) : 'unknown version'
  } catch {
    return 'unknown version'
  }
}
