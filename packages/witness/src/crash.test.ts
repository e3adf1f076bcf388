import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Disk, realDisk } from '@trailmark/ledger'
import { witness as witnessAnchor } from '@trailmark/ledger/anchors'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { WitnessError } from './errors.ts'
import { failingDisk, stages } from './failing-disk.fixture.ts'
import { TestLog } from './log.fixture.ts'
import { serveWitness } from './server.ts'
import { openWitness, type Witness } from './witness.ts'

const log = new TestLog('clinic/anchor.long/w-000000000001')
const never = new AbortController().signal
const child = fileURLToPath(new URL('serving-child.fixture.ts', import.meta.url))
let dir = ''
const children = new Set<ReturnType<typeof spawn>>()
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'trailmark-crash-'))
})
afterEach(() => {
  for (const one of children) one.kill('SIGKILL')
  children.clear()
  rmSync(dir, { recursive: true, force: true })
})

const moments = stages.flatMap((stage) => [
  { stage, when: 'before' as const },
  { stage, when: 'after' as const },
])

async function open(disk: Disk = realDisk, troubles: WitnessError[] = []): Promise<Witness> {
  const onTrouble = (error: WitnessError) => void troubles.push(error)
  return openWitness({ dir, name: 'witness.example/w1', logs: [log.vkey], disk, onTrouble })
}

/** A process of its own that serves a witness, and is gone at the given moment of the next store. */
async function serve(...args: string[]) {
  const one = spawn(process.execPath, ['--conditions=@trailmark/source', child, dir, log.vkey, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.add(one)
  const ended = once(one, 'close')
  const [line] = await once(one.stdout, 'data')
  const { url, vkey }: { url: string; vkey: string } = JSON.parse(String(line))
  return { anchor: witnessAnchor({ url, vkey }), ended, child: one }
}

describe('a disk that fails', () => {
  it.each(moments)('$when $stage gets nothing signed, and the next request is answered soundly', async (moment) => {
    const broken = failingDisk(realDisk)
    const troubles: WitnessError[] = []
    const witness = await open(broken.disk, troubles)
    await witness.add(log.request(0, 20))
    broken.failNext(moment, 'ENOSPC')
    const answer = await witness.add(log.request(20, 30))
    expect(answer).toMatchObject({ status: 500, body: 'not cosigned (WITNESS_STATE_UNWRITTEN)\n' })
    expect(troubles).toMatchObject([{ code: 'WITNESS_STATE_UNWRITTEN', message: expect.stringContaining('ENOSPC') }])
    // Either state is sound now; the one that is held is named, and continued.
    const held = Number((await witness.add(log.request(0, 40))).body)
    expect([20, 30]).toContain(held)
    expect((await witness.add(log.request(held, 40))).status).toBe(200)
    await witness.close()
    const again = await open()
    expect(await again.add(log.request(0, 50))).toMatchObject({ status: 409, body: '40\n' })
    await again.close()
    for (const name of readdirSync(join(dir, 'logs'))) expect(name).toMatch(/\.note$/)
  })

  it.each(moments)(
    '$when $stage at the first checkpoint of a log leaves it as if it never came, or came',
    async (moment) => {
      const broken = failingDisk(realDisk)
      const witness = await open(broken.disk)
      broken.failNext(moment, 'EIO')
      expect((await witness.add(log.request(0, 20))).status).toBe(500)
      const { status, body } = await witness.add(log.request(1, 40))
      expect(status).toBe(409)
      expect(['0\n', '20\n']).toContain(body)
      expect((await witness.add(log.request(Number(body), 40))).status).toBe(200)
      await witness.close()
    },
  )

  it('signs nothing at the same second from a state it could not make durable', async () => {
    const broken = failingDisk(realDisk)
    const witness = await openWitness({
      dir,
      name: 'witness.example/w1',
      logs: [log.vkey],
      disk: broken.disk,
      clock: { now: () => 1_768_471_200_000 },
    })
    broken.failNext({ stage: 'syncDirectory', when: 'before' }, 'EIO')
    expect((await witness.add(log.request(0, 20))).status).toBe(500)
    broken.failNext({ stage: 'syncDirectory', when: 'before' }, 'EIO')
    expect((await witness.add(log.request(20, 20))).status).toBe(500)
    expect((await witness.add(log.request(20, 20))).status).toBe(200)
    await witness.close()
  })
})

describe('a memory that was taken away', () => {
  it('is not taken for a log that was never seen, once it has to be read again', async () => {
    const broken = failingDisk(realDisk)
    const witness = await open(broken.disk)
    await witness.add(log.request(0, 20))
    broken.failNext({ stage: 'write', when: 'before' }, 'EIO')
    await witness.add(log.request(20, 30))
    for (const name of readdirSync(join(dir, 'logs'))) rmSync(join(dir, 'logs', name))
    const fork = new TestLog(log.key.name, { salt: 'fork' })
    expect(await witness.add(fork.request(0, 30))).toMatchObject({
      status: 500,
      body: 'not cosigned (WITNESS_STATE_DAMAGED)\n',
    })
    await witness.close()
  })
})

// Programs are started, on machines that are busy.
describe('a witness that is killed', { timeout: 90_000 }, () => {
  // Before a call is after the one before it.
  const kills = moments.filter(({ stage, when }) => when === 'after' || stage === 'open')

  it.each(kills)('$when $stage starts again and takes the log up where it stands', async ({ stage, when }) => {
    const before = await open()
    await before.add(log.request(0, 20))
    await before.close()
    const killed = await serve(stage, when)
    await expect(killed.anchor.publish(log.checkpoint(30), log.tree, never)).rejects.toMatchObject({
      code: 'LEDGER_ANCHOR_UNREACHABLE',
    })
    expect(await killed.ended).toEqual([null, 'SIGKILL'])
    const witness = await open()
    const served = await serveWitness({ witness })
    const anchor = witnessAnchor({ url: served.url, vkey: witness.vkey })
    // The log asks again for what it got no answer to.
    await anchor.publish(log.checkpoint(30), log.tree, never)
    await anchor.publish(log.checkpoint(40), log.tree, never)
    await expect(anchor.publish(log.checkpoint(20), log.tree, never)).rejects.toMatchObject({
      code: 'LEDGER_ANCHOR_ROLLBACK',
    })
    await served.close()
  })
})

describe('two processes', () => {
  it('cannot serve one directory', async () => {
    await serve()
    const second = spawn(process.execPath, ['--conditions=@trailmark/source', child, dir, log.vkey], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    children.add(second)
    let said = ''
    second.stderr.on('data', (bytes) => {
      said += String(bytes)
    })
    const [code] = await once(second, 'close')
    expect(code).not.toBe(0)
    expect(said).toContain('WITNESS_HELD')
  })
})
