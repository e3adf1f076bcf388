import { Readable } from 'node:stream'
import {
  type ArgumentsHost,
  BadRequestException,
  Catch,
  type ExceptionFilter,
  HttpException,
  InternalServerErrorException,
  NotFoundException,
  ServiceUnavailableException,
  StreamableFile,
  type Type,
  UseFilters,
} from '@nestjs/common'
import { APP_FILTER } from '@nestjs/core'
import { currentContext } from '@trailmark/core'
import { testAudit } from '@trailmark/core/testing'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { controllerOf, platforms, type ServeOptions, serve, settled } from './application.fixture.ts'

const secret = 'planted-secret-7391'

function thrower(error: unknown): () => never {
  return () => {
    throw error
  }
}

/** Answers 418 with the id of the request it runs in. */
function filterOf(name: string, ...caught: Type[]): Type<ExceptionFilter> {
  class OwnFilter implements ExceptionFilter {
    catch(_error: unknown, host: ArgumentsHost): void {
      host.switchToHttp().getResponse().status(418).send({ name, id: currentContext()?.requestId })
    }
  }
  Catch(...caught)(OwnFilter)
  return OwnFilter
}

describe.each(platforms)('on %s', (platform) => {
  async function answered(error: unknown, options: Partial<ServeOptions> = {}, method: MethodDecorator[] = []) {
    const audit = testAudit()
    const controllers = [controllerOf('patients', thrower(error), { method })]
    const { url } = await serve({ platform, audit, controllers, ...options })
    const response = await fetch(`${url}/patients/7`)
    const body = await response.text()
    await settled(audit)
    expect(JSON.stringify([audit.records, audit.lines])).not.toContain(secret)
    return { audit, response, body }
  }

  it('an exception that the application throws is its answer', async () => {
    const { audit, response, body } = await answered(new NotFoundException('no such patient'))
    expect(response.status).toBe(404)
    expect(JSON.parse(body)).toEqual({ message: 'no such patient', error: 'Not Found', statusCode: 404 })
    expect(audit.lines).toMatchObject([{ http: { status: 404 } }])
    expect(audit.lines[0]).not.toHaveProperty('error')
  })

  it('the findings of a pipe are its answer', async () => {
    const { body } = await answered(new BadRequestException(['id must be a number']))
    expect(JSON.parse(body).message).toEqual(['id must be a number'])
  })

  it.each([
    ['an exception of status 500', new InternalServerErrorException(secret)],
    ['an exception that is 500 by its number', new HttpException(secret, 500)],
    ['an error', new Error(secret)],
    [
      'an error that says it may be shown',
      Object.assign(new Error(secret), { statusCode: 500, status: 500, expose: true }),
    ],
  ])('%s is answered without its words, and recorded', async (_what, error) => {
    const { audit, response, body } = await answered(error)
    expect(response.status).toBe(500)
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/)
    expect(JSON.parse(body)).toMatchObject({ request_id: response.headers.get('x-request-id') })
    expect(body).not.toContain(secret)
    expect(audit.records.map((record) => record.event_type)).toEqual(['application_error'])
  })

  it('a body that the application made for a 503 is sent', async () => {
    const { response, body } = await answered(
      new ServiceUnavailableException({ status: 'error', details: { db: 'down' } }),
    )
    expect(response.status).toBe(503)
    expect(JSON.parse(body)).toEqual({ status: 'error', details: { db: 'down' } })
  })

  it('a file that fails is an error that nobody prints, and a logger of its own is called', async () => {
    const failing = (): Readable =>
      new Readable({
        read() {
          this.destroy(new Error(secret))
        },
      })
    const own: string[] = []
    const printed = vi.spyOn(process.stderr, 'write').mockImplementation((text) => own.push(String(text)) > 0)
    onTestFinished(() => printed.mockRestore())
    const audit = testAudit()
    const controllers = [
      controllerOf('plain', () => new StreamableFile(failing())),
      controllerOf('own', () => new StreamableFile(failing()).setErrorLogger(() => own.push('logged'))),
    ]
    const { url } = await serve({ platform, audit, controllers })
    for (const path of ['plain', 'own']) await fetch(`${url}/${path}/7`).catch(() => undefined)
    await settled(audit, 2)
    expect(audit.recordsOf('application_error')).toHaveLength(2)
    // Nest on Fastify hands the stream over, and tells no logger of it.
    expect(own).toEqual(platform === 'express' ? ['logged'] : [])
  })

  const places: Readonly<Record<string, () => readonly [Partial<ServeOptions>, MethodDecorator[]]>> = {
    'of the method': () => [{}, [UseFilters(filterOf('own'))]],
    'of the application': () => [{ prepare: (app) => void app.useGlobalFilters(new (filterOf('own'))()) }, []],
    'of a module': () => [{ providers: [{ provide: APP_FILTER, useClass: filterOf('own') }] }, []],
    'of errors alone': () => [{ providers: [{ provide: APP_FILTER, useClass: filterOf('own', Error) }] }, []],
  }
  it.each(Object.entries(places))(
    'a filter %s answers instead, inside the request, and the record knows the error',
    async (_where, make) => {
      const { audit, response, body } = await answered(new TypeError(secret), ...make())
      expect(response.status).toBe(418)
      expect(JSON.parse(body)).toEqual({ name: 'own', id: response.headers.get('x-request-id') })
      expect(audit.lines).toMatchObject([{ error: { type: 'TypeError' } }])
    },
  )
})
