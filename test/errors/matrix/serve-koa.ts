import { auditMiddleware } from '@trailmark/koa'
import Koa from 'koa'
import bodyParser from 'koa-bodyparser'
import type { Application, Serve } from './application.ts'
import { failingStream, failOutside, warnOf } from './places.ts'

export const serveKoa: Serve = async ({ audit, wanted }: Application) => {
  const app = new Koa()
  app.use((ctx, next) => {
    const found = wanted(ctx.path)
    if (found?.place === 'before') throw found.error
    return next()
  })
  if (audit !== undefined) app.use(auditMiddleware({ audit }))
  app.use(bodyParser())
  app.use((ctx, next) => {
    const found = wanted(ctx.path)
    if (found?.place === 'sync') throw found.error
    return next()
  })
  app.use(async (ctx) => {
    if (ctx.path === '/body') ctx.body = { fields: Object.keys(Object(ctx.request.body)).length }
    if (ctx.path === '/alive') ctx.body = { alive: true }
    const found = wanted(ctx.path)
    if (found === undefined) return
    const { place, error } = found
    if (place === 'async' || place === 'late') await new Promise((resolve) => setImmediate(resolve))
    if (place === 'async') throw error
    if (place === 'late') {
      ctx.res.write('the beginning')
      throw error
    }
    if (place === 'early-stream' || place === 'late-stream') ctx.body = failingStream(place, error)
    else if (place === 'warning' || place === 'logged') {
      if (place === 'warning') warnOf(error)
      ctx.body = {}
    } else {
      failOutside(place, error)
      await new Promise(() => undefined)
    }
  })
  return app.listen(0, '127.0.0.1')
}
