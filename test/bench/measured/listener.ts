import type { RequestListener } from 'node:http'
import { type Audit, createAudit } from '@trailmark/core'
import { actor } from '../servers/actor.ts'

/** `bare`; `line`: `auditMiddleware()` alone; `declared`: the route is declared besides, and each request leaves a record. */
export type Variant = 'bare' | 'line' | 'declared'

type Work = () => Promise<object>

/** One route, `POST /notes/:id`, in each framework; loads no more than that one. */
export async function listenerOf(framework: string, variant: Variant, work: Work): Promise<RequestListener> {
  const make = makers[framework]
  if (!make) throw new Error(`no framework ${framework}`)
  return await make(variant, work)
}

let made: Audit | undefined

/** The audit of this process, which only variants that audit open. */
function audit(): { audit: Audit } {
  made ??= createAudit({ operational: () => undefined, actor, signals: false })
  return { audit: made }
}

/** Resolves when nothing waits to be written any more. */
export async function flush(): Promise<void> {
  await made?.flush()
}

const makers: Readonly<Record<string, (variant: Variant, work: Work) => Promise<RequestListener>>> = {
  async express(variant, work) {
    const { default: express } = await import('express')
    const { auditMiddleware, audited } = await import('@trailmark/express')
    const app = express()
    if (variant !== 'bare') app.use(auditMiddleware(audit()))
    app.use(express.json())
    if (variant === 'declared') app.post('/notes/:id', audited.read('note', { id: (req) => req.params['id'] }))
    return app.post('/notes/:id', async (_req, res) => res.json(await work()))
  },

  async fastify(variant, work) {
    const { default: Fastify } = await import('fastify')
    const { default: auditPlugin } = await import('@trailmark/fastify')
    const app = Fastify()
    if (variant !== 'bare') await app.register(auditPlugin, audit())
    const config = variant === 'declared' ? { audit: { read: 'note', id: noteOf } } : {}
    app.post('/notes/:id', { config }, work)
    await app.ready()
    return (req, res) => app.routing(req, res)
  },

  async koa(variant, work) {
    const { default: Koa } = await import('koa')
    const { default: Router } = await import('@koa/router')
    const { default: bodyParser } = await import('koa-bodyparser')
    const { auditMiddleware, audited } = await import('@trailmark/koa')
    const app = new Koa()
    const router = new Router()
    if (variant !== 'bare') app.use(auditMiddleware(audit()))
    app.use(bodyParser())
    if (variant === 'declared') router.post('/notes/:id', audited.read('note', { id: (ctx) => ctx['params']?.id }))
    router.post('/notes/:id', async (ctx) => {
      ctx.body = await work()
    })
    return app.use(router.routes()).callback()
  },
}

function noteOf({ params }: { readonly params: unknown }): string | undefined {
  const id = typeof params === 'object' && params !== null && 'id' in params ? params.id : undefined
  return typeof id === 'string' ? id : undefined
}

/** One of so many people, as real traffic has them: a few often, most of them rarely. */
export const somebodyOf = (population: number): number => Math.floor(population ** Math.random())
