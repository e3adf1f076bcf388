import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { TestKeeper } from '../epoch-keeper.fixture.ts'
import { openTest, temporaryDirectory, testSigner } from '../ledger.fixture.ts'
import type { OpenOptions } from '../ledger.ts'
import { Chain } from '../line.ts'
import { verify } from '../verify/verify.ts'

const signer = testSigner()
const segment = 'seg/000000000000.jsonl'

async function closed(rest: Partial<OpenOptions>): Promise<{ root: string; dir: string }> {
  const root = temporaryDirectory()
  const ledger = openTest(root, rest)
  for (let i = 0; i < 5; i++) ledger.append(`"id":"e${i}"`)
  await ledger.close()
  return { root, dir: ledger.dir }
}

/** Somebody without any key: the lines are chained anew, and everything that was signed over them is taken away. */
function rewrite(dir: string, gone: readonly string[]): void {
  const chain = new Chain(0, '')
  const lines = readFileSync(join(dir, segment), 'utf8').split('\n').slice(0, -1)
  const bodies = lines.map((line) => line.slice(line.indexOf('"id"'), line.lastIndexOf(',"h":"')))
  writeFileSync(join(dir, segment), bodies.map((body) => `${chain.frame(-1, body.replace('e2', 'x2'))}\n`).join(''))
  for (const name of [...gone, 'checkpoint.frontier']) rmSync(join(dir, name), { recursive: true, force: true })
}

describe('a log whose checkpoint was taken away', () => {
  const ways: Record<string, readonly string[]> = {
    'the checkpoint': ['checkpoint'],
    'the checkpoint and LEDGER.note': ['checkpoint', 'LEDGER.note'],
    'the checkpoint and all key statements': ['checkpoint', 'keys'],
    'everything that is signed': ['checkpoint', 'keys', 'LEDGER.note'],
  }
  for (const [way, gone] of Object.entries(ways)) {
    for (const kind of ['with', 'without']) {
      it(`is not signed again as it is found, ${kind} epochs: ${way}`, async () => {
        const rest = kind === 'with' ? { epochs: new TestKeeper() } : {}
        const { root, dir } = await closed(rest)
        rewrite(dir, gone)
        const files = readdirSync(dir).sort()
        const next = openTest(root, rest)
        expect(next.opening.refused).toMatchObject([{ writer: basename(dir), code: 'LEDGER_CHECKPOINT_MISSING' }])
        await next.close()
        expect(readdirSync(dir).sort()).toEqual(files)
        const { streams } = await verify(root, { publicKeys: [signer.publicKey] })
        expect(streams.find((one) => one.dir === dir)?.integrity.ok).toBe(false)
      })
    }
  }

  it('is not emptied either, when its first line is no line any more', async () => {
    const { root, dir } = await closed({})
    rewrite(dir, ['checkpoint', 'LEDGER.note'])
    writeFileSync(join(dir, segment), '{"n":0,"d"')
    const next = openTest(root)
    expect(next.opening.refused).toMatchObject([{ code: 'LEDGER_CHECKPOINT_MISSING' }])
    await next.close()
    expect(readFileSync(join(dir, segment), 'utf8')).toBe('{"n":0,"d"')
  })

  it('is continued where the signer needs time, since the first checkpoint then comes after entries', async () => {
    const slow = { ...signer, sign: async (message: Uint8Array) => signer.sign(message) }
    const { root, dir } = await closed({ signer: slow })
    rmSync(join(dir, 'checkpoint'))
    const next = openTest(root, { signer: slow })
    expect(next.dir).toBe(dir)
    await next.close()
    expect((await verify(root)).ok).toBe(true)
  })
})
