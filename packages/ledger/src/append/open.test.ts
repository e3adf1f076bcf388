import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { LedgerError, type LedgerErrorCode } from '../errors.ts'
import { FaultDisk } from '../fault-disk.fixture.ts'
import {
  allIds,
  closedLedger,
  crashCopy,
  killHolders,
  openTest,
  temporaryDirectory,
  testSigner,
} from '../ledger.fixture.ts'
import type { OpenOptions } from '../ledger.ts'
import { verify } from '../verify.ts'

function openingCode(dir: string, options: Partial<OpenOptions> = {}): LedgerErrorCode | undefined {
  try {
    openTest(dir, options).closeSync()
    return undefined
  } catch (error) {
    return error instanceof LedgerError ? error.code : undefined
  }
}

describe('opening', () => {
  it('a stream for the first time makes a writer directory', async () => {
    const dir = join(temporaryDirectory(), 'deep', 'clinic', 'audit.standard')
    const ledger = openTest(dir)
    expect(ledger.writer).toMatch(/^w-[0-9a-f]{12}$/)
    expect(ledger).toMatchObject({ dir: join(dir, ledger.writer), origin: `clinic/audit.standard/${ledger.writer}` })
    expect(ledger.opening).toMatchObject({ next: 0, previous: 'new', refused: [], ack: 'durable' })
    expect(ledger.opening.incarnation).toMatch(/^[0-9a-f]{32}$/)
    expect(ledger.opening).not.toHaveProperty('predecessor')
    await ledger.close()
    expect(readdirSync(ledger.dir)).toEqual(['LEDGER.json', 'LEDGER.note', 'checkpoint', 'checkpoint.frontier', 'seg'])
  })

  it('after an orderly close goes on where it stopped', async () => {
    const { root, dir } = await closedLedger(3)
    const before = (await verify(root)).streams[0]?.root
    const ledger = openTest(root)
    expect(ledger.dir).toBe(dir)
    expect(ledger.opening).toMatchObject({ next: 3, previous: 'closed', predecessor: { size: 3, root: before } })
    expect(await ledger.append('"id":"later"').durable).toEqual({ writer: ledger.writer, n: 3 })
    await ledger.close()
    expect((await verify(root)).ok).toBe(true)
  })

  it('after a crash goes on as well, and says so', async () => {
    const root = temporaryDirectory()
    const ledger = openTest(root)
    await Promise.all(['a', 'b'].map((id) => ledger.append(`"id":"${id}"`).durable))
    const copy = crashCopy(root)
    await ledger.close()
    const again = openTest(copy)
    expect(again.opening).toMatchObject({ next: 2, previous: 'crashed', writer: ledger.writer })
    await again.close()
    expect(await allIds(copy)).toEqual(['a', 'b'])
    expect((await verify(copy)).ok).toBe(true)
  })

  it('reads only what is behind the checkpoint', async () => {
    const { root } = await closedLedger(2000)
    const disk = new FaultDisk()
    openTest(root, { disk }).closeSync()
    const bytesRead = disk.calls.filter((call) => call.name === 'read' && call.path.endsWith('.jsonl'))
    expect(bytesRead).toHaveLength(1)
  })

  it('reads everything when the file beside the checkpoint is gone, garbled, or of another log', async () => {
    const other = await closedLedger(2000)
    for (const content of [undefined, '', '{"size":2000}\n', readFileSync(join(other.dir, 'checkpoint.frontier'))]) {
      const { root, dir } = await closedLedger(1000)
      const path = join(dir, 'checkpoint.frontier')
      if (content === undefined) rmSync(path)
      else writeFileSync(path, content)
      const ledger = openTest(root)
      expect(ledger.opening).toMatchObject({ next: 1000, previous: 'closed', refused: [] })
      await ledger.append('"id":"more"').durable
      await ledger.close()
      expect((await verify(root)).ok).toBe(true)
    }
  })

  it('of a stream that another writer holds takes a directory of its own', async () => {
    const root = temporaryDirectory()
    const first = openTest(root)
    const second = openTest(root)
    expect(second.writer).not.toBe(first.writer)
    expect(second.opening).toMatchObject({ previous: 'new', refused: [] })
    await Promise.all([first.append('"id":"1"').durable, second.append('"id":"2"').durable])
    await Promise.all([first.close(), second.close()])
    expect((await allIds(root)).sort()).toEqual(['1', '2'])
  })

  it('takes the first directory by name that is free', async () => {
    const root = temporaryDirectory()
    const ledgers = [openTest(root), openTest(root), openTest(root)]
    const names = ledgers.map((one) => one.writer).sort()
    await Promise.all(ledgers.map((one) => one.close()))
    const [one, two] = [openTest(root), openTest(root)]
    expect([one.writer, two.writer]).toEqual(names.slice(0, 2))
    await Promise.all([one.close(), two.close()])
  })

  it('finishes a directory that a crash left without LEDGER.json', async () => {
    const root = temporaryDirectory()
    mkdirSync(join(root, 'w-00000000000a', 'seg'), { recursive: true })
    writeFileSync(join(root, 'w-00000000000a', 'LEDGER.json.1-1.tmp'), '{')
    const ledger = openTest(root)
    expect(ledger.writer).toBe('w-00000000000a')
    await ledger.append('"id":"x"').durable
    await ledger.close()
    expect(await verify(root)).toMatchObject({
      ok: true,
      streams: [{ entries: 1, notes: [{ code: 'LEDGER_SEQ_ABSENT' }] }],
    })
  })

  it('with an asynchronous signer signs as soon as it can', async () => {
    const root = temporaryDirectory()
    const signer = testSigner()
    const ledger = openTest(root, { signer: { ...signer, sign: async (message) => signer.sign(message) } })
    await ledger.append('"id":"x"').durable
    await ledger.close()
    expect(await verify(root, { publicKeys: [signer.publicKey] })).toMatchObject({ ok: true, pinned: true })
  })
})

describe('a damaged writer directory', () => {
  const damages: Record<string, [(dir: string) => void, LedgerErrorCode]> = {
    'without LEDGER.json': [(dir) => rmSync(join(dir, 'LEDGER.json')), 'LEDGER_META_MISSING'],
    'with a LEDGER.json of another version': [
      (dir) => edit(join(dir, 'LEDGER.json'), 'trailmark-ledger/1', 'trailmark-ledger/9'),
      'LEDGER_META_MALFORMED',
    ],
    'with an edited LEDGER.json': [
      (dir) => edit(join(dir, 'LEDGER.json'), '"created": "2', '"created": "1'),
      'LEDGER_META_UNSIGNED',
    ],
    'with a malformed checkpoint': [
      (dir) => writeFileSync(join(dir, 'checkpoint'), 'x'),
      'LEDGER_CHECKPOINT_MALFORMED',
    ],
    'with an edited checkpoint': [
      (dir) => edit(join(dir, 'checkpoint'), '\n20\n', '\n21\n'),
      'LEDGER_CHECKPOINT_UNSIGNED',
    ],
    'that is shorter than its checkpoint': [(dir) => cutLines(segment(dir), 12), 'LEDGER_CHECKPOINT_REWOUND'],
    'that ends in the middle of a signed line': [(dir) => truncateSync(segment(dir), 500), 'LEDGER_LINE_MALFORMED'],
    'without its segment': [(dir) => rmSync(segment(dir)), 'LEDGER_CHECKPOINT_REWOUND'],
    'with an edited signed line and no file beside the checkpoint': [
      (dir) => {
        rmSync(join(dir, 'checkpoint.frontier'))
        edit(segment(dir), 'entry number 4', 'entry number 5')
      },
      'LEDGER_LINE_MALFORMED',
    ],
    'with a foreign segment behind the last': [
      (dir) => writeFileSync(join(dir, 'seg', '000000000030.jsonl'), 'x\n'),
      'LEDGER_LINE_MISSING',
    ],
  }

  it.each(Object.entries(damages))(
    '%s is refused, named, left alone, and another one is opened',
    async (_, [damage, code]) => {
      const { root, dir } = await closedLedger(20)
      damage(dir)
      const before = snapshot(dir)
      const ledger = openTest(root)
      expect(ledger.dir).not.toBe(dir)
      expect(ledger.opening.refused).toMatchObject([{ writer: dir.slice(-14), code }])
      expect(snapshot(dir)).toEqual(before)
      await ledger.append('"id":"new"').durable
      await ledger.close()
      expect(readFileSync(join(ledger.dir, 'LEDGER.json'), 'utf8')).toContain(`"code": "${code}"`)
    },
  )

  it('of another key, service or class is refused', async () => {
    const { root } = await closedLedger(1)
    const opened = [
      openTest(root, { signer: testSigner(9) }),
      openTest(root, { origin: 'other/audit.standard' }),
      openTest(root, { retentionClass: 'long' }),
    ]
    expect(opened.map((one) => one.opening.refused[0]?.code)).toEqual([
      'LEDGER_KEY_CHANGED',
      'LEDGER_META_CHANGED',
      'LEDGER_META_CHANGED',
    ])
    for (const one of opened) one.closeSync()
  })

  it('with a last line that a later one knows to be durable is damaged, not torn', async () => {
    const root = temporaryDirectory()
    const ledger = openTest(root)
    for (let i = 0; i < 6; i++) await ledger.append(`"id":"e${i}"`).durable
    const copy = crashCopy(root)
    await ledger.close()
    edit(join(copy, ledger.writer, 'seg', '000000000000.jsonl'), '"id":"e4"', '"id":"x4"')
    const next = openTest(copy)
    expect(next.opening).toMatchObject({ previous: 'new', refused: [{ code: 'LEDGER_LINE_MALFORMED' }] })
    await next.close()
  })
})

describe('a torn tail', () => {
  it('is cut off, kept in quarantine and told, and what was acknowledged before it stays', async () => {
    const root = temporaryDirectory()
    const ledger = openTest(root)
    for (let i = 0; i < 3; i++) await ledger.append(`"id":"e${i}"`).durable
    const copy = crashCopy(root)
    await ledger.close()
    const dir = join(copy, ledger.writer)
    const torn = '{"n":3,"d":2,"id":"e3","h":"aaaaaaaaaaa"}\n{"n":4,"d":2,"id":"e'
    writeFileSync(segment(dir), torn, { flag: 'a' })
    const again = openTest(copy)
    expect(again.opening).toMatchObject({ next: 3, previous: 'crashed', recovered: { first: 3, bytes: torn.length } })
    const kept = again.opening.recovered?.quarantine ?? ''
    expect(readFileSync(join(dir, kept), 'utf8')).toBe(torn)
    expect(await again.append('"id":"after"').durable).toEqual({ writer: again.writer, n: 3 })
    await again.close()
    expect(await allIds(copy)).toEqual(['e0', 'e1', 'e2', 'after'])
    expect(await verify(copy)).toMatchObject({ ok: true, streams: [{ notes: [{}, { code: 'LEDGER_QUARANTINE' }] }] })
  })

  it('at any byte costs no acknowledged entry', async () => {
    const root = temporaryDirectory()
    const ledger = openTest(root)
    const first = readFileSync(join(ledger.dir, 'checkpoint'))
    const lengths: number[] = []
    for (let i = 0; i < 4; i++) {
      await ledger.append(`"id":"e${i}"`).durable
      lengths.push(statSync(segment(ledger.dir)).size)
    }
    const copy = crashCopy(root)
    await ledger.close()
    const dir = join(copy, ledger.writer)
    const whole = readFileSync(segment(dir))
    for (let length = 0; length <= whole.length; length++) {
      // Of no entries, as in the first moments of a ledger: then nothing but the lines themselves says what they are.
      writeFileSync(join(dir, 'checkpoint'), first)
      rmSync(join(dir, 'checkpoint.frontier'), { force: true })
      writeFileSync(segment(dir), whole.subarray(0, length))
      const expected = lengths.filter((end) => end <= length).length
      const again = openTest(copy)
      expect(again.opening, `cut at ${length}`).toMatchObject({ writer: ledger.writer, next: expected, refused: [] })
      expect(again.opening.recovered?.bytes ?? 0).toBe(length - (lengths[expected - 1] ?? 0))
      again.closeSync()
    }
  })

  it('in a segment that had just begun is cut off as well', async () => {
    const { root, dir } = await closedLedger(2)
    writeFileSync(join(dir, 'seg', '000000000002.jsonl'), '{"n":2,"d":1,"id"')
    const ledger = openTest(root)
    expect(ledger.opening).toMatchObject({ next: 2, recovered: { first: 2, bytes: 17 }, refused: [] })
    await ledger.append('"id":"x"').durable
    await ledger.close()
    expect((await verify(root)).ok).toBe(true)
  })

  it('followed by an empty segment loses both', async () => {
    const root = temporaryDirectory()
    const ledger = openTest(root)
    await ledger.append('"id":"a"').durable
    const copy = crashCopy(root)
    await ledger.close()
    const dir = join(copy, ledger.writer)
    writeFileSync(segment(dir), 'torn', { flag: 'a' })
    writeFileSync(join(dir, 'seg', '000000000002.jsonl'), '')
    const again = openTest(copy)
    expect(again.opening).toMatchObject({ next: 1, recovered: { first: 1, bytes: 4 } })
    expect(readdirSync(join(dir, 'seg'))).toEqual(['000000000000.jsonl'])
    await again.close()
    expect((await verify(copy)).ok).toBe(true)
  })

  it('of zeros or of any bytes is cut off', async () => {
    for (const tail of [
      Buffer.alloc(4096),
      Buffer.from('\n\n\n'),
      Buffer.alloc(70_000, 'x'),
      Buffer.from('{"n":9,"d":0,\n'),
    ]) {
      const { root, dir } = await closedLedger(2)
      writeFileSync(segment(dir), tail, { flag: 'a' })
      const ledger = openTest(root)
      expect(ledger.opening).toMatchObject({ next: 2, recovered: { first: 2, bytes: tail.length } })
      await ledger.close()
      expect((await verify(root)).ok).toBe(true)
    }
  })
})

describe('a directory that cannot be used', () => {
  it('is named with a code when a file stands in its place or in its path', () => {
    const root = temporaryDirectory()
    writeFileSync(join(root, 'file'), '')
    expect(openingCode(join(root, 'file'))).toBe('LEDGER_DIR_NOT_DIRECTORY')
    expect(openingCode(join(root, 'file', 'below'))).toBe('LEDGER_DIR_NOT_DIRECTORY')
  })

  it('is named with a code when it is read-only', () => {
    const root = temporaryDirectory()
    chmodSync(root, 0o555)
    // Rights do not bind root, so the refusal of the system is made where they do not.
    for (const errorCode of ['EACCES', 'EROFS', 'EPERM']) {
      const disk = new FaultDisk((call) =>
        ['makeDirectory', 'open'].includes(call.name) && call.path !== root ? 'before' : undefined,
      )
      disk.errorCode = errorCode
      expect(openingCode(root, { disk })).toBe('LEDGER_DIR_READ_ONLY')
    }
    if (process.getuid?.() !== 0) expect(openingCode(root)).toBe('LEDGER_DIR_READ_ONLY')
  })

  it('is named with a code when there is no space', () => {
    const disk = new FaultDisk((call) => (call.name === 'write' ? 'before' : undefined))
    disk.errorCode = 'ENOSPC'
    expect(openingCode(temporaryDirectory(), { disk })).toBe('LEDGER_DIR_FULL')
  })

  it.each([
    ['dir', { dir: '' }],
    ['origin', { origin: 'with space' }],
    ['origin', { origin: '' }],
    ['stream', { stream: 'a/b' }],
    ['retentionClass', { retentionClass: '' }],
    ['signer', { signer: { publicKey: new Uint8Array(31), sign: () => new Uint8Array(64) } }],
  ])('or an option %s that is wrong is named', (name, wrong) => {
    const attempt = (): void => openTest(temporaryDirectory(), wrong).closeSync()
    expect(attempt).toThrow(LedgerError)
    expect(attempt).toThrow(new RegExp(`^${name} `))
  })
})

describe('a lock', () => {
  it('of a process that is gone is taken over', async () => {
    const root = temporaryDirectory()
    const ledger = openTest(root)
    await ledger.append('"id":"a"').durable
    const copy = crashCopy(root)
    await ledger.close()
    const again = openTest(copy)
    expect(again.opening).toMatchObject({ writer: ledger.writer, previous: 'crashed' })
    expect(readdirSync(again.dir).filter((name) => name.startsWith('LOCK'))).toEqual(['LOCK'])
    await again.close()
  })

  it('from another machine is respected for 30 s and then taken over', async () => {
    const root = temporaryDirectory()
    const ledger = openTest(root)
    await ledger.append('"id":"a"').durable
    const copy = crashCopy(root)
    await ledger.close()
    const path = join(copy, ledger.writer, 'LOCK')
    edit(path, /"boot":"[^"]*"/, '"boot":"elsewhere"')
    const now = openTest(copy)
    expect(now.writer).not.toBe(ledger.writer)
    await now.close()
    rmSync(join(copy, now.writer), { recursive: true })
    const later = openTest(copy, { clock: { now: () => Date.now() + 31_000 } })
    expect(later.writer).toBe(ledger.writer)
    await later.close()
  })

  it('guarded by another taker is left to it', async () => {
    const root = temporaryDirectory()
    const ledger = openTest(root)
    const copy = crashCopy(root)
    await ledger.close()
    writeFileSync(join(copy, ledger.writer, 'LOCK.takeover'), '')
    const other = openTest(copy)
    expect(other.writer).not.toBe(ledger.writer)
    await other.close()
    killHolders(copy)
  })
})

function segment(dir: string): string {
  return join(dir, 'seg', '000000000000.jsonl')
}

function cutLines(path: string, count: number): void {
  const lines = readFileSync(path, 'utf8').split('\n')
  writeFileSync(path, `${lines.slice(0, count).join('\n')}\n`)
}

function edit(path: string, from: string | RegExp, to: string): void {
  const before = readFileSync(path, 'utf8')
  const after = before.replace(from, to)
  expect(after).not.toBe(before)
  writeFileSync(path, after)
}

function snapshot(dir: string): Record<string, string> {
  const files = readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(dir, name)).isFile(),
  )
  return Object.fromEntries(files.map((name) => [name, readFileSync(join(dir, name), 'latin1')]))
}
