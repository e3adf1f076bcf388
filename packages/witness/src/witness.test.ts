import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findCosignature, formatAddCheckpoint, parseNote, parseVkey } from '@trailmark/ledger/notes'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Answer } from './answer.ts'
import type { WitnessError } from './errors.ts'
import { signed, TestLog, testKey } from './log.fixture.ts'
import { openWitness, type Witness, type WitnessOptions } from './witness.ts'

const log = new TestLog('clinic/anchor.long/w-000000000001')
let dir = ''
let open: Witness[] = []
let troubles: WitnessError[] = []
let nowMs = 1_768_471_200_000
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'trailmark-witness-'))
  troubles = []
  nowMs = 1_768_471_200_000
})
afterEach(async () => {
  for (const one of open) await one.close()
  open = []
  rmSync(dir, { recursive: true, force: true })
})

async function start(options: Partial<WitnessOptions> = {}): Promise<Witness> {
  const witness = await openWitness({
    dir,
    name: 'witness.example/w1',
    logs: [log.vkey],
    clock: { now: () => nowMs },
    onTrouble: (error) => troubles.push(error),
    ...options,
  })
  open.push(witness)
  return witness
}

/** The time of the cosignature in an answer, checked as a log would. */
function timeIn(witness: Witness, text: string, answer: Answer): number | undefined {
  const note = parseNote(Buffer.from(`${text}\n${answer.body}`))
  const key = parseVkey(witness.vkey)
  return answer.status === 200 && note && key ? findCosignature(note, key)?.timeS : undefined
}

const at = (size: number) => ({ status: 409, contentType: 'text/x.tlog.size', body: `${size}\n` })

describe('a witness', () => {
  it('cosigns the first checkpoint it sees, and each that continues it', async () => {
    const witness = await start()
    for (const [old, size] of [
      [0, 0],
      [0, 1],
      [1, 1],
      [1, 3],
      [3, 64],
      [64, 65],
      [65, 300],
    ] as const) {
      nowMs += 1_000
      const answer = await witness.add(log.request(old, size))
      expect(timeIn(witness, log.text(size), answer), `${old} to ${size}`).toBe(nowMs / 1000)
    }
  })

  it('says what it holds to whoever asks with another size', async () => {
    const witness = await start()
    expect(await witness.add(log.request(5, 9))).toEqual(at(0))
    await witness.add(log.request(0, 20))
    for (const [old, size] of [
      [0, 20],
      [0, 30],
      [19, 30],
      [0, 10],
      [10, 10],
      [21, 30],
    ] as const)
      expect(await witness.add(log.request(old, size)), `${old} to ${size}`).toEqual(at(20))
  })

  it('remembers what it signed when it starts again, under the same name', async () => {
    const first = await start()
    await first.add(log.request(0, 20))
    await first.close()
    const second = await openWitness({ dir, logs: [log.vkey] })
    open.push(second)
    expect(second.vkey).toBe(first.vkey)
    expect(await second.add(log.request(0, 30))).toEqual(at(20))
    expect((await second.add(log.request(20, 30))).status).toBe(200)
  })

  it('does not sign another tree of a size it signed, and keeps it as evidence', async () => {
    const fork = new TestLog(log.key.name, { salt: 'fork' })
    const witness = await start()
    await witness.add(log.request(0, 20))
    expect(await witness.add(fork.request(20, 20))).toEqual(at(20))
    expect(await witness.add(fork.request(20, 20))).toEqual(at(20))
    expect(troubles[0]).toMatchObject({ code: 'WITNESS_FORK' })
    const [kept = '', ...others] = readdirSync(join(dir, 'forks'))
    expect(others).toEqual([])
    expect(readFileSync(join(dir, 'forks', kept), 'utf8')).toBe(fork.note(20))
    expect(await witness.add(new TestLog(log.key.name, { salt: 'fork' }).request(0, 0))).toEqual(at(20))
  })

  it('does not sign a tree that leaves out or changes what it signed', async () => {
    const fork = new TestLog(log.key.name, { salt: 'fork', common: 19 })
    const witness = await start()
    await witness.add(log.request(0, 20))
    const answer = await witness.add(fork.request(20, 30))
    expect(answer.status).toBe(422)
    expect(troubles).toMatchObject([{ code: 'WITNESS_PROOF_REFUSED' }])
    expect(await witness.add(log.request(0, 30))).toEqual(at(20))
  })

  it('refuses every proof with a hash more, less or another, and one where none belongs', async () => {
    const witness = await start()
    await witness.add(log.request(0, 20))
    const proof = log.proof(20, 30)
    const [first = ''] = proof
    const wrong = [
      [],
      proof.slice(1),
      proof.slice(0, -1),
      [...proof, first],
      [first, ...proof],
      proof.toReversed(),
      ...proof.map((one, n) =>
        proof.with(
          n,
          one.replace(/^./s, (c) => String.fromCharCode(c.charCodeAt(0) ^ 1)),
        ),
      ),
    ]
    for (const one of wrong) {
      const request = formatAddCheckpoint({ old: 20, proof: one, note: Buffer.from(log.note(30)) })
      expect((await witness.add(request)).status).toBe(422)
    }
    const idle = formatAddCheckpoint({ old: 20, proof: [first], note: Buffer.from(log.note(20)) })
    expect((await witness.add(idle)).status).toBe(422)
    const other = new TestLog('clinic/anchor.long/w-000000000001', { leaves: 8 })
    const fresh = await start({ dir: join(dir, 'fresh') })
    const beginning = formatAddCheckpoint({ old: 0, proof: [first], note: Buffer.from(other.note(8)) })
    expect((await fresh.add(beginning)).status).toBe(422)
    expect(await fresh.add(log.request(0, 0))).toMatchObject({ status: 200 })
  })

  it('signs no empty tree with a root of its own', async () => {
    const witness = await start()
    const text = `${log.key.name}\n0\n${Buffer.alloc(32, 1).toString('base64')}\n`
    const request = formatAddCheckpoint({ old: 0, proof: [], note: Buffer.from(signed(text, log.key)) })
    expect(await witness.add(request)).toEqual(at(0))
  })

  it('knows the logs it was told of, by origin and key, and no others', async () => {
    const witness = await start()
    expect((await witness.add(new TestLog('elsewhere').request(0, 5))).status).toBe(404)
    expect((await witness.add(new TestLog(log.key.name, { seed: 8 }).request(0, 5))).status).toBe(403)
    const byOther = signed(log.text(5), { ...log.key, name: 'clinic' })
    expect((await witness.add(Buffer.from(`old 0\n\n${byOther}`))).status).toBe(403)
    expect(readdirSync(join(dir, 'logs'))).toEqual([])
  })

  it('takes a key named for a stream for every writer of it, each a log of its own', async () => {
    const stream = new TestLog('clinic/anchor.long')
    const witness = await start({ logs: [stream.vkey] })
    for (const writer of ['w-000000000001', 'w-0123456789ab'])
      expect((await witness.add(new TestLog(`clinic/anchor.long/${writer}`).request(0, 5))).status).toBe(200)
    expect((await witness.add(stream.request(0, 7))).status).toBe(200)
    for (const origin of ['clinic/anchor.long/w-00000000000', 'clinic/anchor.long/x/w-000000000001', 'clinic'])
      expect((await witness.add(new TestLog(origin).request(0, 5))).status).toBe(404)
  })

  it('leaves an origin that nobody named to the key that spoke for it first', async () => {
    const a = new TestLog('one', { seed: 1 })
    const b = new TestLog('two', { seed: 2 })
    const witness = await start({ logs: [a.vkey, b.vkey], anyOrigin: true })
    expect((await witness.add(new TestLog('three', { seed: 1 }).request(0, 5))).status).toBe(200)
    expect((await witness.add(new TestLog('three', { seed: 2 }).request(5, 6))).status).toBe(403)
    expect((await witness.add(new TestLog('three', { seed: 1 }).request(5, 6))).status).toBe(200)
    expect((await witness.add(new TestLog('three', { seed: 3 }).request(5, 6))).status).toBe(403)
    expect((await witness.add(new TestLog('two', { seed: 1 }).request(0, 6))).status).toBe(403)
  })

  it('takes a log with two keys under either, and one with both', async () => {
    const next = new TestLog(log.key.name, { seed: 8 })
    const witness = await start({ logs: [log.vkey, next.vkey] })
    expect((await witness.add(log.request(0, 5))).status).toBe(200)
    expect((await witness.add(next.request(5, 6))).status).toBe(200)
    const both = log.note(7) + (next.note(7).split('\n\n')[1] ?? '')
    const request = formatAddCheckpoint({ old: 6, proof: log.proof(6, 7), note: Buffer.from(both) })
    expect((await witness.add(request)).status).toBe(200)
  })

  it('is not misled by lines that others put below a checkpoint', async () => {
    const witness = await start()
    const own = parseVkey(witness.vkey)
    const forged = Buffer.concat([own?.keyId ?? Buffer.alloc(4), Buffer.alloc(72)]).toString('base64')
    const note = `${log.note(5)}— ${witness.name} ${forged}\n— stranger ${forged}\n`
    const request = formatAddCheckpoint({ old: 0, proof: [], note: Buffer.from(note) })
    expect(timeIn(witness, log.text(5), await witness.add(request))).toBeDefined()
    await witness.close()
    expect(await (await start()).add(log.request(0, 9))).toEqual(at(5))
  })

  it.each<[string, string]>([
    ['nothing', ''],
    ['no note', 'old 0\n\n'],
    ['no empty line', `old 0\n${log.note(5)}`],
    ['no old size', `\n${log.note(5)}`],
    ['a size with a leading zero', `old 05\n\n${log.note(5)}`],
    ['a negative size', `old -1\n\n${log.note(5)}`],
    ['a size with a sign', `old +1\n\n${log.note(5)}`],
    ['a size above 2^53', `old 9007199254740993\n\n${log.note(5)}`],
    ['two spaces', `old  0\n\n${log.note(5)}`],
    ['capitals', `OLD 0\n\n${log.note(5)}`],
    ['CRLF', `old 0\r\n\r\n${log.note(5)}`],
    ['a proof line that is no hash', `old 1\nAAAA\n\n${log.note(5)}`],
    ['a proof line in base64url', `old 1\n${'_'.repeat(43)}=\n\n${log.note(5)}`],
    ['a proof line with bits left over', `old 1\n${'A'.repeat(42)}B=\n\n${log.note(5)}`],
    ['64 proof lines', `old 1\n${`${Buffer.alloc(32).toString('base64')}\n`.repeat(64)}\n${log.note(5)}`],
    ['a note without signature', `old 0\n\n${log.text(5)}`],
    ['a note that does not end', `old 0\n\n${log.note(5).slice(0, -1)}`],
    ['a text that is no checkpoint', `old 0\n\n${signed(`${log.key.name}\nseal\n5\n`, log.key)}`],
    ['a checkpoint with a leading zero', `old 0\n\n${signed(log.text(5).replace('\n5\n', '\n05\n'), log.key)}`],
    ['an old size above the new one', `old 6\n\n${log.note(5)}`],
    ['more than 64 KiB', `old 0\n\n${signed(`${log.text(5)}${'x'.repeat(65_536)}\n`, log.key)}`],
  ])('answers 400 to %s', async (_what, body) => {
    expect((await (await start()).add(Buffer.from(body))).status).toBe(400)
  })

  it('takes 63 proof lines as framed, and finds that they prove nothing', async () => {
    const witness = await start()
    await witness.add(log.request(0, 1))
    const lines = `${Buffer.alloc(32).toString('base64')}\n`.repeat(63)
    expect((await witness.add(Buffer.from(`old 1\n${lines}\n${log.note(5)}`))).status).toBe(422)
  })

  it('cosigns extension lines along with the rest', async () => {
    const witness = await start()
    const text = `${log.text(5)}extended\n`
    const answer = await witness.add(Buffer.from(`old 0\n\n${signed(text, log.key)}`))
    expect(timeIn(witness, text, answer)).toBeDefined()
    expect(timeIn(witness, log.text(5), answer)).toBeUndefined()
  })

  it('answers any bytes, and signs nothing by them', async () => {
    const witness = await start()
    await witness.add(log.request(0, 20))
    const sound = log.request(20, 30)
    const near = fc
      .tuple(fc.nat(sound.length - 1), fc.integer({ min: 1, max: 255 }))
      .map(([n, bits]) => Buffer.from(sound).fill((sound[n] ?? 0) ^ bits, n, n + 1))
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.uint8Array({ maxLength: 300 }), near), async (bytes) => {
        expect([400, 403, 404, 409, 422]).toContain((await witness.add(bytes)).status)
      }),
    )
    expect(await witness.add(log.request(0, 30))).toEqual(at(20))
  })

  it('signs one of many that race for the same next size', async () => {
    const witness = await start()
    await witness.add(log.request(0, 20))
    const forks = Array.from({ length: 30 }, (_, n) => new TestLog(log.key.name, { salt: `${n}`, common: 20 }))
    const answers = await Promise.all(forks.map((fork) => witness.add(fork.request(20, 30))))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(29)
  })

  it('never goes back when larger and smaller checkpoints race', async () => {
    const witness = await start()
    await witness.add(log.request(0, 20))
    const sizes = [40, 30, 100, 25, 60, 99, 21]
    const answers = await Promise.all(sizes.map((size) => witness.add(log.request(20, size))))
    const [winner] = sizes.filter((_, n) => answers[n]?.status === 200)
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(await witness.add(log.request(0, 200))).toEqual(at(winner ?? -1))
  })

  it('never signs with a time before its last one, and not at all when the clock went far back', async () => {
    const witness = await start()
    await witness.add(log.request(0, 20))
    const timeS = nowMs / 1000
    nowMs -= 500_000
    expect(timeIn(witness, log.text(21), await witness.add(log.request(20, 21)))).toBe(timeS)
    nowMs -= 200_000
    expect((await witness.add(log.request(21, 22))).status).toBe(500)
    expect(troubles).toMatchObject([{ code: 'WITNESS_CLOCK_BACK' }])
    nowMs += 701_000
    expect(timeIn(witness, log.text(22), await witness.add(log.request(21, 22)))).toBe(timeS + 1)
  })

  it('answers a repeated note within the same second with the same line', async () => {
    const witness = await start()
    const first = await witness.add(log.request(0, 20))
    const [state = ''] = readdirSync(join(dir, 'logs'))
    rmSync(join(dir, 'logs', state))
    expect(await witness.add(log.request(20, 20))).toEqual(first)
    // Nothing was written for it.
    expect(readdirSync(join(dir, 'logs'))).toEqual([])
  })

  it('signs nothing once it is closed', async () => {
    const witness = await start()
    await witness.close()
    expect((await witness.add(log.request(0, 20))).status).toBe(500)
  })

  it('does not stop for a listener that throws', async () => {
    const witness = await start({
      onTrouble: () => {
        throw new Error('listener')
      },
    })
    await witness.add(log.request(0, 20))
    expect((await witness.add(new TestLog(log.key.name, { salt: 'x' }).request(20, 30))).status).toBe(422)
  })
})

describe('opening a witness', () => {
  it('refuses a directory another one runs on', async () => {
    await start()
    await expect(start()).rejects.toThrow(expect.objectContaining({ code: 'WITNESS_HELD' }))
  })

  it.each<[string, Partial<WitnessOptions>, string]>([
    ['logs', { logs: [] }, 'WITNESS_OPTION_INVALID'],
    ['logs', { logs: ['nonsense'] }, 'WITNESS_OPTION_INVALID'],
    ['name', { name: 'with space' }, 'WITNESS_OPTION_INVALID'],
    ['dir', { dir: '' }, 'WITNESS_OPTION_INVALID'],
    ['keyFile', { keyFile: '' }, 'WITNESS_OPTION_INVALID'],
  ])('names the option that cannot be: %s', async (name, options, code) => {
    await expect(start(options)).rejects.toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(name) }),
    )
  })

  it('takes the key of a witness for no key of a log', async () => {
    const { vkey } = await start()
    await expect(start({ dir: join(dir, 'b'), logs: [vkey] })).rejects.toThrow(
      expect.objectContaining({ code: 'WITNESS_OPTION_INVALID' }),
    )
  })

  it('needs a name for a new key, and keeps to the name of an old one', async () => {
    await expect(openWitness({ dir, logs: [log.vkey] })).rejects.toThrow(
      expect.objectContaining({ code: 'WITNESS_NAME_NEEDED' }),
    )
    await (await start()).close()
    await expect(start({ name: 'other' })).rejects.toThrow(expect.objectContaining({ code: 'WITNESS_KEY_INVALID' }))
  })

  it.each<[string, (path: string) => void, string]>([
    ['is empty', (path) => writeFileSync(path, '', { mode: 0o600 }), 'WITNESS_KEY_INVALID'],
    ['is no key', (path) => writeFileSync(path, 'w\nkey\n', { mode: 0o600 }), 'WITNESS_KEY_INVALID'],
    ['is too long', (path) => writeFileSync(path, 'w'.repeat(5_000), { mode: 0o600 }), 'WITNESS_KEY_INVALID'],
    ['others can read', (path) => writeFileSync(path, 'w\n', { mode: 0o644 }), 'WITNESS_KEY_READABLE'],
  ])('refuses a key file that %s', async (_what, make, code) => {
    make(join(dir, 'witness.key'))
    await expect(start()).rejects.toThrow(expect.objectContaining({ code }))
    // It is let go: another start gets as far as this one.
    await expect(start()).rejects.toThrow(expect.objectContaining({ code }))
  })

  it('refuses to run on a memory that is damaged, cut, empty, foreign or of another key', async () => {
    const first = await start()
    await first.add(log.request(0, 20))
    await first.close()
    const [name = ''] = readdirSync(join(dir, 'logs'))
    const path = join(dir, 'logs', name)
    const sound = readFileSync(path, 'utf8')
    const stranger = testKey('witness.example/w1', 9)
    const damaged = [
      '',
      sound.slice(0, -1),
      sound.slice(0, 100),
      sound.replace('\n20\n', '\n19\n'),
      log.note(20),
      sound.replace(
        /(— witness\S+ ).*\n$/,
        (_all, start: string) => `${start}${Buffer.from(stranger.publicKey).toString('base64')}\n`,
      ),
    ]
    for (const content of damaged) {
      writeFileSync(path, content)
      await expect(start()).rejects.toThrow(expect.objectContaining({ code: 'WITNESS_STATE_DAMAGED' }))
    }
    rmSync(path)
    writeFileSync(join(dir, 'logs', `${'0'.repeat(64)}.note`), sound)
    await expect(start()).rejects.toThrow(expect.objectContaining({ code: 'WITNESS_STATE_DAMAGED' }))
  })

  it('removes what a crash left unfinished', async () => {
    await (await start()).close()
    writeFileSync(join(dir, 'logs', 'x.note.1-1.tmp'), 'half')
    await (await start()).close()
    expect(readdirSync(join(dir, 'logs'))).toEqual([])
  })
})
