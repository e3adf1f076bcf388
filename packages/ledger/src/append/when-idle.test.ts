import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { FaultDisk } from '../fault-disk.fixture.ts'
import { openTest, temporaryDirectory } from '../ledger.fixture.ts'
import type { Ledger } from '../ledger.ts'

afterEach(() => void vi.useRealTimers())

const fixture = fileURLToPath(new URL('../ledger.fixture.ts', import.meta.url))

/** Runs a script that has opened a ledger which syncs once a second, and that has nothing else to do. */
function runScript(work: string): { status: number | null; stdout: string; stderr: string } {
  const source = `
    import { openLedger } from ${JSON.stringify(fileURLToPath(new URL('./open.ts', import.meta.url)))}
    import { generateKeyPairSync, sign } from 'node:crypto'
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    const signer = {
      publicKey: Buffer.from(publicKey.export({ format: 'jwk' }).x, 'base64url'),
      sign: (message) => sign(null, message, privateKey),
    }
    const dir = ${JSON.stringify(join(temporaryDirectory(), 'clinic', 'audit.standard'))}
    const ledger = openLedger({ dir, origin: 'clinic/audit.standard', stream: 'audit', retentionClass: 'standard', signer, ack: 'written' })
    // The first batch of a file is synced at once, so it is the second one that has to wait.
    await ledger.append('"id":"first"').durable
    ${work}`
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', source], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
    cwd: fixture.slice(0, fixture.lastIndexOf('/')),
  })
  return { status, stdout, stderr }
}

describe('a script with nothing else to do', () => {
  it('gets what it awaits of a receipt', () => {
    const work = `
      const receipt = ledger.append('"id":"second"')
      await receipt.acknowledged
      await receipt.durable
      await ledger.append('"id":"third"').durable
      console.log(ledger.state.durable, process.listenerCount('beforeExit'))`
    expect(runScript(work)).toEqual({ status: 0, stdout: '2 0\n', stderr: '' })
  })

  it('ends when it awaits nothing', () => {
    const work = `
      ledger.append('"id":"second"')
      process.on('exit', () => console.log(ledger.state.durable))`
    expect(runScript(work)).toEqual({ status: 0, stdout: '1\n', stderr: '' })
  })
})

describe('flush', () => {
  it('does not wait for the next sync in a second when it was called while one was under way', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval'] })
    const disk = new FaultDisk()
    const ledger: Ledger = openTest(temporaryDirectory(), { disk, ack: 'written' })
    const begun = Promise.withResolvers<void>()
    const goOn = Promise.withResolvers<void>()
    disk.wait = (call) => {
      if (call.name !== 'later.datasync' || !call.path.endsWith('.jsonl')) return undefined
      begun.resolve()
      return goOn.promise
    }
    // The first batch of a file is synced at once.
    ledger.append('"id":"first"')
    await begun.promise
    ledger.append('"id":"second"')
    const flushed = ledger.flush()
    goOn.resolve()
    await flushed
    expect(ledger.state.durable).toBe(1)
    await ledger.close()
  })
})
