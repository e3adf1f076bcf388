import { createRequire } from 'node:module'
import { auditMiddleware } from '@trailmark/express'
import express5, { type NextFunction, type Request, type Response } from 'express'
import type { Application, Serve } from './application.ts'
import { failingStream, failOutside, warnOf } from './places.ts'

const serve =
  (load: () => typeof express5): Serve =>
  async ({ audit, wanted }: Application) => {
    const express = load()
    const app = express()
    app.use((req, _res, next) => {
      const found = wanted(req.path)
      if (found?.place === 'before') throw found.error
      next()
    })
    if (audit !== undefined) app.use(auditMiddleware({ audit }))
    app.use(express.json())
    app.post('/body', (req, res) => void res.json({ fields: Object.keys(req.body).length }))
    app.get('/alive', (_req, res) => void res.json({ alive: true }))
    app.get('/sync/:error', (req) => {
      throw wanted(req.path)?.error
    })
    const fail = async (req: Request, res: Response, next: NextFunction): Promise<void> => {
      const found = wanted(req.path)
      if (found === undefined) return next()
      const { place, error } = found
      if (place === 'async' || place === 'late') await new Promise((resolve) => setImmediate(resolve))
      if (place === 'async') throw error
      if (place === 'late') {
        res.write('the beginning')
        throw error
      }
      if (place === 'early-stream' || place === 'late-stream') failingStream(place, error).on('error', next).pipe(res)
      else if (place === 'warning' || place === 'logged') {
        if (place === 'warning') warnOf(error)
        res.json({})
      } else failOutside(place, error)
    }
    app.get('/:place/:error', fail)
    return app.listen(0, '127.0.0.1')
  }

export const serveExpress5 = serve(() => express5)
// The alias brings no types of its own; what is used here is the same in both versions.
export const serveExpress4 = serve(() => createRequire(import.meta.url)('express-4'))
