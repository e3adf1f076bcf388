import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, it } from 'vitest'
import { TestLog } from '../../packages/witness/src/log.fixture.ts'
import { start } from '../process/child.ts'
import { fromSources, repository } from '../process/repository.ts'

/**
 * A witness killed again and again while two histories of one log, under one key, race for its signature. Whatever it signed
 * has to be one history, and whatever was answered has to be remembered.
 */
const child = join(repository, 'packages/witness/src/serving-child.fixture.ts')
const origin = 'clinic/anchor.long/w-000000000001'
const histories = ['one', 'other'].map((salt) => new TestLog(origin, { salt, leaves: 2_000 }))
const kills = 25
const home = mkdtempSync(join(tmpdir(), 'trailmark-witness-kills-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

interface Signed {
  readonly history: number
  readonly size: number
}

async function post(url: string, body: Uint8Array): Promise<{ status: number; text: string } | undefined> {
  try {
    const answer = await fetch(`${url}/add-checkpoint`, { method: 'POST', body: Buffer.from(body) })
    return { status: answer.status, text: await answer.text() }
  } catch {
    return undefined
  }
}

/** Asks for one size after the other until the witness is gone. */
async function publish(url: string, history: number, signed: Signed[], onSigned: () => void): Promise<void> {
  const log = histories[history]
  if (!log) throw new Error('no such history')
  let held = 0
  for (;;) {
    const size = Math.min(held + 1, 2_000)
    const answer = await post(url, log.request(held, size))
    if (answer === undefined) return
    if (answer.status === 200) {
      signed.push({ history, size })
      onSigned()
      held = size
    } else if (answer.status === 409) {
      held = Math.min(Number(answer.text), 1_999)
    }
    // The losing history is refused its proof from now on, and goes on asking.
    if (answer.status === 422) await sleep(2)
  }
}

it(`${kills} kills, and two histories that race: one is signed, and nothing that was answered is forgotten`, async () => {
  const signed: Signed[] = []
  for (let round = 0; round < kills; round++) {
    const witness = start(process.execPath, [fromSources, child, home, histories[0]?.vkey ?? ''], { cwd: repository })
    await witness.printed(/\n/)
    const { url }: { url: string } = JSON.parse(witness.stdout())
    const most = Math.max(0, ...signed.map(({ size }) => size))
    const first = await post(url, histories[0]?.request(1, 1) ?? Buffer.alloc(0))
    // Asked with a size it never has but at the very beginning, it names what it holds.
    if (first?.status === 409) expect(Number(first.text)).toBeGreaterThanOrEqual(most)
    const before = signed.length
    const kill = (): void => {
      if (signed.length >= before + 1 + (round % 7)) witness.process.kill('SIGKILL')
    }
    const late = setTimeout(() => witness.process.kill('SIGKILL'), 30_000)
    await Promise.all(histories.map((_, history) => publish(url, history, signed, kill)))
    clearTimeout(late)
    await witness.ended
  }
  expect(signed.length).toBeGreaterThanOrEqual(kills)
  expect(new Set(signed.map(({ history }) => history)).size).toBe(1)
  const sizes = signed.map(({ size }) => size)
  expect(sizes).toEqual(sizes.toSorted((a, b) => a - b))
})
