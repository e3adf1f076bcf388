/** Builds and asks the Go program beside this file. It needs Debian's golang-go and golang-golang-x-mod-dev, and no network. */
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { missing } from '../../../packages/ledger/src/keep/missing-program.fixture.ts'

/** Where Debian puts the sources of Go's packages. */
const packages = '/usr/share/gocode'
const sumdb = join(packages, 'src/golang.org/x/mod/sumdb/tlog')

/** What has to be installed and is not. */
export const absent = [
  ...(missing('go') ? ['golang-go'] : []),
  ...(process.env['TRAILMARK_REQUIRE_COMPONENTS'] === '1' || existsSync(sumdb) ? [] : ['golang-golang-x-mod-dev']),
]

/** One question to the program; bytes are base64. See main.go. */
export interface GoCase {
  readonly kind: 'note' | 'proof' | 'tree' | 'same' | 'tiles'
  readonly name?: string
  readonly key?: string
  readonly text?: string
  readonly line?: string
  readonly older?: string
  readonly hashes?: readonly string[]
  readonly lines?: readonly string[]
  readonly roots?: readonly { readonly size: number; readonly root: string }[]
  readonly inclusion?: readonly { readonly index: number; readonly size: number; readonly hashes: readonly string[] }[]
  readonly consistency?: readonly { readonly from: number; readonly to: number; readonly hashes: readonly string[] }[]
  readonly dir?: string
}

export interface GoProgram {
  /** For each case an empty text where it holds, else why not. */
  ask(cases: readonly GoCase[]): string[]
  remove(): void
}

export function buildGo(): GoProgram {
  const dir = mkdtempSync(join(tmpdir(), 'trailmark-go-'))
  const source = join(dir, 'src', 'independent')
  mkdirSync(source, { recursive: true })
  cpSync(join(import.meta.dirname, 'main.go'), join(source, 'main.go'))
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: dir,
    GO111MODULE: 'off',
    GOPATH: `${dir}:${packages}`,
    GOCACHE: join(dir, 'cache'),
    GOFLAGS: '',
    CGO_ENABLED: '0',
  }
  const program = join(dir, 'independent')
  execFileSync('go', ['build', '-o', program, './src/independent'], {
    cwd: dir,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return {
    ask(cases) {
      const file = join(dir, 'cases.json')
      writeFileSync(file, JSON.stringify(cases))
      const answers: string[] = JSON.parse(execFileSync(program, [file], { encoding: 'utf8', maxBuffer: 1 << 28 }))
      if (answers.length !== cases.length) throw new Error('not an answer to each case')
      return answers
    },
    remove: () => rmSync(dir, { recursive: true, force: true }),
  }
}
