import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { killHolders, openTest, temporaryDirectory } from '../ledger.fixture.ts'

const held = { code: 'LEDGER_HELD' }

function thrownBy(work: () => unknown): unknown {
  try {
    return work() && undefined
  } catch (error) {
    return error
  }
}

describe('a stream that is opened exclusively', () => {
  it('is opened by nobody else until it is closed, and the same writer then goes on', async () => {
    const dir = temporaryDirectory()
    const first = openTest(dir, { exclusive: true })
    await first.append('"id":"a"').durable
    expect(thrownBy(() => openTest(dir, { exclusive: true }))).toMatchObject(held)
    expect(readdirSync(dir)).toEqual([first.writer])
    await first.close()
    const second = openTest(dir, { exclusive: true })
    expect(second.writer).toBe(first.writer)
    await second.close()
  })

  it('is not opened while somebody writes to another of its writers', async () => {
    const dir = temporaryDirectory()
    const free = openTest(dir)
    const busy = openTest(dir)
    await free.close()
    expect(thrownBy(() => openTest(dir, { exclusive: true }))).toMatchObject(held)
    await busy.close()
    await openTest(dir, { exclusive: true }).close()
  })

  it('is taken over from a process that died', async () => {
    const dir = temporaryDirectory()
    const dead = openTest(dir, { exclusive: true })
    await dead.append('"id":"a"').durable
    killHolders(dir)
    const next = openTest(dir, { exclusive: true })
    expect(next.opening).toMatchObject({ writer: dead.writer, previous: 'crashed', next: 1 })
    await next.close()
    await dead.close().catch(() => {})
  })

  it('has one writer at most, however many processes come at once', async () => {
    const dir = temporaryDirectory()
    const program = `
      import { openLedger } from ${JSON.stringify(join(import.meta.dirname, 'open.ts'))}
      import { testSigner } from ${JSON.stringify(join(import.meta.dirname, '../signer.fixture.ts'))}
      process.stdin.once('data', () => {
        try {
          openLedger({ dir: ${JSON.stringify(dir)}, origin: 'clinic/a.b', stream: 'a', retentionClass: 'b', signer: testSigner(), exclusive: true })
          console.log('open')
        } catch (error) {
          console.log(error.code)
        }
      })
      console.log('ready')`
    const children = Array.from({ length: 4 }, () => {
      const args = ['--conditions=@trailmark/source', '--input-type=module', '-e', program]
      const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] })
      onTestFinished(() => void child.kill('SIGKILL'))
      return child
    })
    const said = children.map((child) => {
      const ready = Promise.withResolvers<void>()
      const answer = Promise.withResolvers<string>()
      let text = ''
      child.stdout.on('data', (chunk) => {
        text += chunk
        if (text.includes('ready\n')) ready.resolve()
        const [, answered] = text.split('\n')
        if (answered) answer.resolve(answered)
      })
      child.once('close', (code) => answer.resolve(`ended with ${code}`))
      return { ready: ready.promise, answer: answer.promise }
    })
    await Promise.all(said.map((one) => one.ready))
    for (const child of children) child.stdin.write('go\n')
    const answers = await Promise.all(said.map((one) => one.answer))
    expect(answers.filter((one) => one === 'open').length).toBeLessThanOrEqual(1)
    expect(answers.filter((one) => one !== 'open' && one !== 'LEDGER_HELD')).toEqual([])
    // Whoever gave way left nothing that a verifier would call a writer without a name.
    for (const writer of readdirSync(dir)) expect(readdirSync(join(dir, writer))).toContain('LEDGER.json')
  })
})
