import multipart from '@fastify/multipart'
import { testAudit } from '@trailmark/core/testing'
import auditPlugin from '@trailmark/fastify'
import { auditFastifyMultipart } from '@trailmark/integrations/fastify-multipart'
import { auditMulter } from '@trailmark/integrations/multer'
import type { NextFunction, Request, Response } from 'express'
import fastify from 'fastify'
import multer from 'multer'
import { describe, expect, it } from 'vitest'
import { serveExpress } from './audited-express.ts'

function form(files: readonly (readonly [field: string, type: string, text: string])[], fields = 0): FormData {
  const made = new FormData()
  for (const [field, type, text] of files) made.append(field, new Blob([text], { type }), 'planted-name.pdf')
  for (let i = 0; i < fields; i++) made.append(`planted-field-${i}`, 'planted-value')
  return made
}

async function serveUploads(options: multer.Options, twice = false) {
  const once = auditMulter(multer(options))
  const upload = twice ? auditMulter(once) : once
  const served = await serveExpress((app) => {
    app.post('/letters', upload.single('letter'), (req, res) => void res.send(String(req.file !== undefined)))
    app.post('/many', upload.array('letter', 2), (_req, res) => void res.send('ok'))
    app.post('/fields', upload.none(), (_req, res) => void res.send('ok'))
    app.use((error: unknown, _req: Request, res: Response, _next: NextFunction) => {
      res.sendStatus(Number(Reflect.get(Object(error), 'status') ?? 400))
    })
  })
  const post = (path: string, body: FormData | string, headers: Record<string, string> = {}) =>
    served.send(path, { method: 'POST', body, headers })
  return { ...served, put: post }
}

describe('auditMulter', () => {
  it('records an upload beyond a limit, with the limit, and nothing the client wrote', async () => {
    const { put, told, audit, close } = await serveUploads({ limits: { fileSize: 10, fields: 1 } })
    await put('/letters', form([['letter', 'application/pdf', 'small']]))
    expect(told()).toEqual([])
    await put('/letters', form([['letter', 'application/pdf', 'planted words, too many']]))
    expect(audit.records.at(-1)).toMatchObject({ outcome: 'denied', metadata: { limit: 10 } })
    await put('/letters', form([['planted-field', 'application/pdf', 'small']]))
    await put('/many', form(Array.from({ length: 3 }, () => ['letter', 'text/plain', 'x'] as const)))
    await put('/fields', form([], 3))
    await put('/letters', '--x\r\nbroken', { 'content-type': 'multipart/form-data; boundary=x' })
    await put('/letters', 'broken', { 'content-type': 'multipart/form-data' })
    expect(told()).toEqual([
      'file_upload_rejected too_large',
      'file_upload_rejected unexpected_field',
      'file_upload_rejected unexpected_field',
      'file_upload_rejected too_many',
      'file_upload_rejected malformed',
      'file_upload_rejected malformed',
    ])
    expect(JSON.stringify(audit.records)).not.toContain('planted')
    await close()
  })

  it('records what the file filter skips or refuses, once for each request', async () => {
    const refused = Object.assign(new Error('planted'), { status: 403 })
    const { put, told, audit, close } = await serveUploads(
      {
        fileFilter: (_req, file, done) => {
          if (file.mimetype === 'text/html') done(refused)
          else done(null, file.mimetype === 'application/pdf')
        },
      },
      true,
    )
    expect(await (await put('/letters', form([['letter', 'application/pdf', 'x']]))).text()).toBe('true')
    expect(told()).toEqual([])
    expect(await (await put('/letters', form([['letter', 'image/png', 'x']]))).text()).toBe('false')
    expect(audit.records.at(-1)).toMatchObject({ metadata: { media_type: 'image/png' } })
    await put('/letters', form([['letter', 'planted/planted', 'x']]))
    await put('/many', form(Array.from({ length: 2 }, () => ['letter', 'image/png', 'x'] as const)))
    expect((await put('/letters', form([['letter', 'text/html', 'x']]))).status).toBe(403)
    expect(told()).toEqual(Array.from({ length: 4 }, () => 'file_upload_rejected type_not_allowed'))
    expect(JSON.stringify(audit.records)).not.toContain('planted')
    await close()
  })

  it('leaves what is no refusal alone: storage that fails', async () => {
    const storage: multer.StorageEngine = {
      _handleFile: (_req, file, done) => {
        file.stream.resume()
        done(new Error('the disk of this test is full'))
      },
      _removeFile: (_req, _file, done) => done(null),
    }
    const { put, told, close } = await serveUploads({ storage })
    await put('/letters', form([['letter', 'application/pdf', 'x']]))
    expect(told()).toEqual([])
    await close()
  })

  it('refuses what is no multer', () => {
    for (const wrong of [undefined, {}, { single: () => undefined }])
      expect(() => Reflect.apply(auditMulter, undefined, [wrong])).toThrow(
        expect.objectContaining({ code: 'AUDIT_LIBRARY_UNKNOWN', message: expect.stringContaining('auditMulter') }),
      )
    expect(() => Reflect.apply(auditMulter, undefined, [multer(), { field: 'x' }])).toThrow(/option field/)
  })
})

describe('auditFastifyMultipart', () => {
  it('records an upload beyond a limit once, and no other', async () => {
    const audit = testAudit()
    const app = fastify()
    await app.register(auditPlugin, { audit })
    auditFastifyMultipart(auditFastifyMultipart(app))
    await app.register(multipart, { limits: { fileSize: 10, files: 1 } })
    app.post('/letters', async (request) => {
      for await (const file of request.files()) await file.toBuffer()
      return 'ok'
    })
    await app.listen({ port: 0, host: '127.0.0.1' })
    const url = `${app.listeningOrigin}/letters`
    const put = async (body: FormData | string) => (await fetch(url, { method: 'POST', body })).status
    expect(await put(form([['letter', 'text/plain', 'small']]))).toBe(200)
    expect(await put(form([['letter', 'text/plain', 'planted words, too many']]))).toBe(413)
    expect(await put(form(Array.from({ length: 2 }, () => ['letter', 'text/plain', 'x'] as const)))).toBe(413)
    expect(await put('no form')).toBe(406)
    await app.close()
    expect(audit.recordsOf('file_upload_rejected').map(({ reason }) => reason)).toEqual([
      'too_large',
      'too_many',
      'malformed',
    ])
    expect(JSON.stringify(audit.records)).not.toContain('planted')
    await audit.close()
  })

  it('refuses what is no instance of Fastify', () => {
    expect(() => Reflect.apply(auditFastifyMultipart, undefined, [{}])).toThrow(/auditFastifyMultipart: expected/)
  })
})
