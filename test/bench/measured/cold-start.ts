/**
 * A process that has just begun loads a framework, then what is measured, and starts it.
 *
 *     node cold-start.ts <what> [count]
 *
 * With `count` it prints how many files that loads instead of how long it takes: to watch is to slow down.
 */
import { registerHooks } from 'node:module'

/** Loads the framework; hands on what loads the thing measured, which hands on what starts it. */
type Load = () => Promise<() => Promise<() => unknown>>

const audit = { operational: () => undefined, signals: false }
const loads: Readonly<Record<string, Load>> = {
  'pino-http': async () => {
    await import('express')
    return async () => {
      const { pinoHttp } = await import('pino-http')
      return () => pinoHttp()
    }
  },
  express: async () => {
    await import('express')
    return async () => {
      const { auditMiddleware } = await import('@trailmark/express')
      return () => auditMiddleware(audit)
    }
  },
  fastify: async () => {
    const { default: Fastify } = await import('fastify')
    const app = Fastify()
    return async () => {
      const { default: auditPlugin } = await import('@trailmark/fastify')
      return () => app.register(auditPlugin, audit)
    }
  },
  koa: async () => {
    await import('koa')
    return async () => {
      const { auditMiddleware } = await import('@trailmark/koa')
      return () => auditMiddleware(audit)
    }
  },
}

let files = 0
const [, , what = '', count] = process.argv
if (count)
  registerHooks({
    load(url, context, next) {
      files += 1
      return next(url, context)
    },
  })

const cpuMs = (): number => {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}
const moments: { wall: number; cpu: number; files: number }[] = []
const mark = (): number => moments.push({ wall: performance.now(), cpu: cpuMs(), files })

const load = loads[what]
if (!load) throw new Error(`nothing is known to load for ${what}`)
mark()
const loadOurs = await load()
mark()
const start = await loadOurs()
mark()
await start()
mark()

const figures: Record<string, number> = {}
for (const [i, name] of ['framework', 'import', 'start'].entries()) {
  const [before, after] = moments.slice(i, i + 2)
  if (!before || !after) continue
  figures[name] = after.wall - before.wall
  figures[`${name}Cpu`] = after.cpu - before.cpu
  figures[`${name}Files`] = after.files - before.files
}
process.stdout.write(`${JSON.stringify(figures)}\n`, () => process.exit(0))
