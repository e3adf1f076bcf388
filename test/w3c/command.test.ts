/** The example as a person starts and ends it. */
import { createServer } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { portOf } from '../conformance/listen.ts'
import { type Child, freePort, start } from '../process/child.ts'
import { fromSources, repository } from '../process/repository.ts'
import { mainFile } from './service.ts'

let child: Child | undefined

afterEach(async () => {
  child?.process.kill('SIGKILL')
  await child?.ended
})

function run(args: readonly string[], env: Record<string, string> = {}): Child {
  child = start(process.execPath, [fromSources, mainFile, ...args], {
    cwd: repository,
    env: { NODE_ENV: undefined, ...env },
  })
  return child
}

describe('pnpm w3c', () => {
  it.each([
    [[], 'no framework given'],
    [['hapi', '5000'], 'no framework hapi'],
    [['koa'], 'no port given'],
    [['koa', 'http'], 'no port http'],
    [['koa', '70000'], '65535'],
    [['koa', '5000', 'more'], 'nothing follows'],
  ])('refuses %j and says how it is called', async (args, message) => {
    const { ended, stderr, stdout } = run(args)
    expect(await ended).toEqual({ code: 2, signal: null })
    expect(stderr()).toContain(message)
    expect(stderr()).toContain('usage: pnpm w3c <express|fastify|koa> <port>')
    expect(stdout()).toBe('')
  })

  it('refuses a client that it does not have', async () => {
    const { ended, stderr } = run(['koa', '5000'], { TRAILMARK_W3C_CLIENT: 'axios' })
    expect((await ended).code).toBe(2)
    expect(stderr()).toContain('no client axios')
  })

  it.each(['express', 'fastify', 'koa'])('with %s says when its port is taken', async (framework) => {
    const other = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => other.once('listening', resolve))
    const { ended, stderr } = run([framework, String(portOf(other))])
    expect(await ended).toEqual({ code: 1, signal: null })
    expect(stderr().trim()).toBe(`port ${portOf(other)} of 127.0.0.1 is taken by another program; choose another port`)
    await new Promise((resolve) => other.close(resolve))
  })

  it('ends cleanly on Ctrl-C, also when it is sent twice', async () => {
    const { process: running, printed, ended } = run(['koa', String(await freePort())])
    await printed(/listens on/)
    running.kill('SIGINT')
    running.kill('SIGINT')
    expect(await ended).toEqual({ code: 0, signal: null })
  })

  it('answers what is no list of calls with an error, and goes on', async () => {
    const port = await freePort()
    await run(['express', String(port)]).printed(/listens on/)
    const post = (body: string): Promise<Response> =>
      fetch(`http://127.0.0.1:${port}/test`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    for (const body of ['{"url":1}', '[{"url":1}]', '[', '[{"url":"http://127.0.0.1:1/","arguments":[]}]']) {
      expect((await post(body)).status).toBeGreaterThanOrEqual(400)
    }
    expect((await post('[]')).status).toBe(200)
  })
})
