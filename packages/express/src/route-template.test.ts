import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import express, { type Express, type Request, type Response, Router } from 'express'
import { afterEach, describe, expect, it } from 'vitest'
import { lookOnMounting } from './mounting.ts'
import { routeTemplate } from './route-template.ts'
import { type Application, applicationOf, isApplication } from './stack.ts'

const closing: (() => unknown)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

/** The template as it is known when the answer is out, like the adapter asks it. */
async function templatesOf(app: Express, ...paths: string[]): Promise<(string | undefined)[]> {
  const found: (string | undefined)[] = []
  const server = createServer((req, res) => {
    res.on('finish', () => found.push(routeTemplate(req, internals(app))))
    app(req, res)
  }).listen(0, '127.0.0.1')
  closing.push(() => server.close())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  for (const path of paths) {
    const [res] = await once(request({ port, host: '127.0.0.1', path, agent: false }).end(), 'response')
    res.resume()
    await once(res, 'end')
  }
  return found
}

/** The types of Express leave out what the adapter reads. */
function internals(app: Express): Application {
  if (!isApplication(app)) throw new Error('not an application')
  return app
}

const ok = (_req: Request, res: Response): void => void res.end('ok')
const fail = (): never => {
  throw Object.assign(new Error('planted'), { status: 418 })
}

describe('the template of a route', () => {
  it('has the prefixes it is mounted under, with their parameters', async () => {
    const app = express()
    const patients = Router().get('/:id', ok)
    app.use('/tenants/:tenant', Router().use('/patients', patients))
    expect(await templatesOf(app, '/tenants/7/patients/8?x=1')).toEqual(['/tenants/:tenant/patients/:id'])
  })

  it('is undefined where nothing matched', async () => {
    expect(await templatesOf(express().get('/a', ok), '/b')).toEqual([undefined])
  })

  it('is found in an application with a router that is mounted in itself, twice, and on the ways through it', async () => {
    const app = express()
    const circular = Router().get('/x', ok)
    circular.use('/a', circular)
    circular.use('/b', circular)
    app.use('/c', circular)
    app.get('/z', ok)
    expect(await templatesOf(app, '/z', '/c/x', '/c/b/x', '/c/a/b/x')).toEqual(['/z', '/c/x', '/c/b/x', '/c/a/b/x'])
  })

  it('is that of the way the request took where a router is mounted twice', async () => {
    const app = express()
    const router = Router().get('/:id', ok)
    app.use('/a', router)
    app.use('/b/:x', router)
    expect(await templatesOf(app, '/a/1', '/b/2/3', '/a/4')).toEqual(['/a/:id', '/b/:x/:id', '/a/:id'])
  })

  it('is the path that matched where a route or a prefix has several', async () => {
    const app = express()
    app.get(['/x', '/y/:id'], ok)
    app.use(['/p', '/q/:z'], Router().get('/r', ok))
    expect(await templatesOf(app, '/x', '/y/1', '/p/r', '/q/1/r')).toEqual(['/x', '/y/:id', '/p/r', '/q/:z/r'])
  })

  it('is the expression where a route is one', async () => {
    expect(await templatesOf(express().get(/^\/re(x+)$/, ok), '/rexx')).toEqual(['/(^\\/re(x+)$)'])
  })

  it('stays after an error inside a nested router', async () => {
    const app = express()
    app.use('/t/:tenant', Router().get('/:id', fail))
    app.use((_error: unknown, _req: Request, res: Response, _next: unknown) => void res.status(418).end())
    expect(await templatesOf(app, '/t/1/2')).toEqual(['/t/:tenant/:id'])
  })

  it('has the prefix of an application that was seen being mounted, also after an error', async () => {
    const app = express()
    lookOnMounting(internals(app))
    const sub = express()
    sub.get('/:id', fail)
    const inner = express().get('/deep/:id', ok)
    app.use('/sub/:s', sub)
    sub.use('/inner', inner)
    app.use((_error: unknown, _req: Request, res: Response, _next: unknown) => void res.status(418).end())
    expect(await templatesOf(app, '/sub/1/2', '/sub/1/inner/deep/3')).toEqual(['/sub/:s/:id', '/sub/:s/inner/deep/:id'])
  })

  it('has the prefix of an application mounted unseen as far as it is one path', async () => {
    const app = express()
    app.use('/sub', express().get('/:id', ok))
    app.use(['/a', '/b'], express().get('/:id', ok))
    expect(await templatesOf(app, '/sub/1', '/b/2')).toEqual(['/sub/:id', '/*/:id'])
  })

  it('never has what the client sent, also where the application rewrote the path', async () => {
    const app = express()
    const router = Router().get('/:id', ok)
    app.use((req, _res, next) => {
      req.url = req.url.replace('/old', '/new')
      next()
    })
    app.use('/new/:name', router)
    app.use('/other/:name', router)
    expect(await templatesOf(app, '/old/alice/1')).toEqual(['/*/:id'])
  })

  it('takes values that look like other parts, or are encoded, for values', async () => {
    const app = express().use('/tenants/:tenant', Router().get('/tenants/:id', ok))
    expect(await templatesOf(app, '/tenants/tenants/tenants/%2Fetc%20x')).toEqual(['/tenants/:tenant/tenants/:id'])
  })

  it('is `/` at the root and has no slash at the end', async () => {
    const app = express().get('/', ok).use('/api/', Router().get('/', ok))
    expect(await templatesOf(app, '/', '/api/', '/api')).toEqual(['/', '/api', '/api'])
  })
})

describe('applicationOf', () => {
  it('finds nothing on a request of another framework', () => {
    expect(applicationOf({})).toBeUndefined()
    expect(applicationOf({ app: { handle: 'no' } })).toBeUndefined()
  })
})
