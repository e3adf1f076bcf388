import { describe, expect, it } from 'vitest'
import { packageNames, readManifest, readSources, resolveRelative, type SourceFile } from './imports.ts'

/** Who may import whom, as the table in docs/architecture.md says it. A middle package never imports a sibling; NestJS stands on others. */
const mayImport: Record<string, readonly string[]> = {
  ledger: [],
  keys: [],
  core: ['ledger', 'keys'],
  express: ['core'],
  fastify: ['core'],
  koa: ['core'],
  hono: ['core'],
  nestjs: ['core', 'express', 'fastify'],
  integrations: ['core'],
  query: ['core', 'ledger', 'keys'],
  witness: ['ledger'],
  cli: ['core', 'ledger', 'keys', 'query', 'witness'],
}

/** The steps of core, strangers to one another; `audit.ts` and the files beside the folders know them all. */
const steps = ['capture', 'decide', 'mask', 'record', 'http', 'projections', 'scrub', 'fault']
const mayStep: Record<string, readonly string[]> = { http: ['capture'] }
/** What every step may use; they use no step. */
const belowSteps = ['scrub', 'fault']

const sources = readSources()
const shipped = sources.filter((file) => !file.test)
const byPath = new Map(sources.map((file) => [file.path, file]))

describe('the packages', () => {
  it('are all named in the table', () => {
    expect(packageNames().sort()).toEqual(Object.keys(mayImport).sort())
  })

  it('import only the packages the table allows', () => {
    const wrong = shipped.flatMap((file) =>
      ownPackages(file)
        .filter((name) => name !== file.package && !mayImport[file.package]?.includes(name))
        .map((name) => `${file.path} imports @trailmark/${name}`),
    )
    expect(wrong).toEqual([])
  })

  it('declare exactly the packages of ours that they import', () => {
    const wrong = packageNames().flatMap((name) => {
      const declared = Object.keys(readManifest(name).dependencies ?? {}).filter((one) => one.startsWith('@trailmark/'))
      const used = new Set(shipped.filter((file) => file.package === name).flatMap(ownPackages))
      used.delete(name)
      const missing = [...used]
        .filter((one) => !declared.includes(`@trailmark/${one}`))
        .map((one) => `${name} lacks ${one}`)
      const idle = declared
        .filter((one) => !used.has(one.slice('@trailmark/'.length)))
        .map((one) => `${name} does not use ${one}`)
      return [...missing, ...idle]
    })
    expect(wrong).toEqual([])
  })

  it('import only what they declare', () => {
    const wrong = shipped.flatMap((file) => {
      const manifest = readManifest(file.package)
      const declared = new Set([
        ...Object.keys(manifest.dependencies ?? {}),
        ...Object.keys(manifest.peerDependencies ?? {}),
      ])
      return file.imports
        .filter((one) => !one.specifier.startsWith('.') && !one.specifier.startsWith('node:'))
        .map((one) => bareName(one.specifier))
        .filter((name) => name !== `@trailmark/${file.package}` && !declared.has(name))
        .map((name) => `${file.path} imports ${name}`)
    })
    expect(wrong).toEqual([])
  })

  it('publish the same entry points they develop with', () => {
    for (const name of packageNames()) {
      const manifest = JSON.parse(JSON.stringify(readManifest(name)))
      const published = manifest.publishConfig.exports
      const developed = Object.fromEntries(
        Object.entries<string | Record<string, string>>(manifest.exports).map(([key, value]) => {
          if (typeof value === 'string') return [key, value]
          const { '@trailmark/source': _, ...rest } = value
          return [key, rest]
        }),
      )
      expect(published, name).toEqual(developed)
    }
  })
})

describe('the files', () => {
  it('form no cycle', () => {
    expect(cycles()).toEqual([])
  })

  it('are all reached from an entry point', () => {
    const reached = new Set<string>()
    const visit = (path: string): void => {
      const file = byPath.get(path)
      if (!file || reached.has(path)) return
      reached.add(path)
      // A thread's file is named, not imported.
      const threads = [...file.text.matchAll(/new URL\('(\.[^']+)', import\.meta\.url\)/g)].map(
        (match) => match[1] ?? '',
      )
      for (const specifier of [...file.imports.map((one) => one.specifier), ...threads]) {
        const target = resolveRelative(file, specifier)
        if (target) visit(target)
      }
    }
    for (const name of packageNames()) {
      for (const entry of Object.values(readManifest(name).exports ?? {})) {
        if (typeof entry !== 'string') visit(`packages/${name}/${entry['@trailmark/source']?.slice(2)}`)
      }
    }
    expect(shipped.map((file) => file.path).filter((path) => !reached.has(path))).toEqual([])
  })

  it('of one step of core import no other step', () => {
    const wrong = shipped.flatMap((file) => {
      const step = stepOf(file.path)
      if (!step) return []
      return file.imports.flatMap((one) => {
        const target = resolveRelative(file, one.specifier)
        const other = target && stepOf(target)
        return other && other !== step && !belowSteps.includes(other) && !mayStep[step]?.includes(other)
          ? [`${file.path} imports ${target}`]
          : []
      })
    })
    expect(wrong).toEqual([])
  })

  it('keep projections off the hot path', () => {
    const wrong = shipped.filter(
      (file) =>
        file.package === 'core' &&
        !/projections/.test(file.path) &&
        file.imports.some((one) => /projections/.test(resolveRelative(file, one.specifier) ?? '')),
    )
    expect(wrong.map((file) => file.path)).toEqual([])
  })

  it('outside mask/ never make a masked draft', () => {
    const wrong = shipped.filter(
      (file) =>
        /\bMaskedDraft\.(make|of|from|create)\b|\bmakeMaskedDraft\b|\bnew MaskedDraft\b/.test(file.text) &&
        !/core\/src\/(mask\/|draft\.ts)/.test(file.path),
    )
    expect(wrong.map((file) => file.path)).toEqual([])
  })

  it('call nothing that is banned', () => {
    const banned: [RegExp, string, RegExp?][] = [
      [/\.enterWith\s*\(/, 'AsyncLocalStorage.enterWith leaks into the next request of a socket'],
      [/\bcreateHook\s*\(/, 'async_hooks.createHook makes every promise slow'],
      [/@ts-(ignore|nocheck)|@ts-expect-error/, 'a suppressed type'],
      [/:\s*any\b|\bas any\b|<any>/, 'any'],
      [
        /\bconsole\.(log|error|warn|info|debug)\s*\(/,
        'console outside the place that prints notices',
        // The second one prints canaries in a process of its own, to see what becomes of them.
        /(core\/src\/notice|cli\/src\/canary\/crash)\.ts$/,
      ],
      [/\beval\s*\(|new Function\s*\(/, 'code made at run time'],
    ]
    const wrong = shipped.flatMap((file) =>
      banned
        .filter(([pattern, , except]) => pattern.test(withoutComments(file.text)) && !except?.test(file.path))
        .map(([, why]) => `${file.path}: ${why}`),
    )
    expect(wrong).toEqual([])
  })

  it('stay short enough to hold one idea', () => {
    const long = shipped
      .map((file) => ({ path: file.path, lines: file.text.split('\n').length }))
      .filter((file) => file.lines > 400)
    expect(long).toEqual([])
  })

  it('are no drawers and no barrels', () => {
    const entries = new Set(
      packageNames().flatMap((name) =>
        Object.values(readManifest(name).exports ?? {}).flatMap((entry) =>
          typeof entry === 'string' ? [] : [`packages/${name}/${entry['@trailmark/source']?.slice(2)}`],
        ),
      ),
    )
    const drawers = shipped.filter((file) => /\/(utils?|helpers?|common|misc|shared)(\.ts|\/)/.test(file.path))
    const barrels = shipped.filter((file) => /\/index\.ts$/.test(file.path) && !entries.has(file.path))
    expect([...drawers, ...barrels].map((file) => file.path)).toEqual([])
  })
})

function ownPackages(file: SourceFile): string[] {
  return file.imports
    .filter((one) => one.specifier.startsWith('@trailmark/'))
    .map((one) => one.specifier.split('/')[1] ?? '')
}

function bareName(specifier: string): string {
  const parts = specifier.split('/')
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? specifier)
}

function stepOf(path: string): string | undefined {
  const folder = /^packages\/core\/src\/([^/]+)\//.exec(path)?.[1]
  return folder && steps.includes(folder) ? folder : undefined
}

/** Cycles of imports that exist at run time; a type may look both ways. */
function cycles(): string[] {
  const found: string[] = []
  const state = new Map<string, 'open' | 'done'>()
  const visit = (path: string, trail: readonly string[]): void => {
    const file = byPath.get(path)
    if (!file || state.get(path) === 'done') return
    if (state.get(path) === 'open') {
      found.push([...trail.slice(trail.indexOf(path)), path].join(' → '))
      return
    }
    state.set(path, 'open')
    for (const one of file.imports) {
      const target = one.typeOnly ? undefined : resolveRelative(file, one.specifier)
      if (target) visit(target, [...trail, path])
    }
    state.set(path, 'done')
  }
  for (const file of shipped) visit(file.path, [])
  return found
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '')
}
