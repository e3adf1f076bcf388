import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { LedgerError } from '../errors.ts'
import { closedLedger, killHolders, temporaryDirectory, testSigner } from '../ledger.fixture.ts'
import { parseNote } from '../note.ts'
import { verify } from '../verify.ts'
import type { Anchor, PublishedCheckpoint } from './anchor.ts'
import { startAnchoring } from './anchorer.ts'
import type { AnchorFact, Anchoring, AnchoringOptions } from './anchoring.ts'
import { fileAnchor } from './file-anchor.ts'

interface Started {
  readonly serviceDir: string
  readonly anchoring: Anchoring
  readonly facts: AnchorFact[]
}

function anchorTest(rest: Partial<AnchoringOptions> & Pick<AnchoringOptions, 'anchors'>): Started {
  const serviceDir = rest.serviceDir ?? join(temporaryDirectory(), 'clinic')
  const facts: AnchorFact[] = []
  const onFact = (fact: AnchorFact): void => void facts.push(fact)
  const anchoring = startAnchoring({
    signer: testSigner(),
    everyMs: 3_600_000,
    deadlineMs: 200,
    onFact,
    ...rest,
    serviceDir,
  })
  onTestFinished(() => anchoring.stopNow())
  return { serviceDir, anchoring, facts }
}

/** An anchor that keeps what it was shown. */
function memoryAnchor(name = 'memory'): Anchor & { readonly shown: PublishedCheckpoint[] } {
  const shown: PublishedCheckpoint[] = []
  return {
    name,
    shown,
    publish: async (checkpoint) => {
      shown.push(checkpoint)
      return { suffix: 'sig', bytes: Buffer.from(checkpoint.note) }
    },
  }
}

function otherVolume(): string {
  return temporaryDirectory()
}

describe('anchoring', () => {
  it('shows every writer in one log, whose checkpoints the anchors get, and keeps their evidence', async () => {
    const anchor = memoryAnchor()
    const { serviceDir, anchoring, facts } = anchorTest({ anchors: [anchor] })
    const a = await closedLedger(3, join(serviceDir, 'audit.standard'))
    const b = await closedLedger(5, join(serviceDir, 'audit.long'))
    const state = await anchoring.now()
    expect(state).toMatchObject({ role: 'holder', anchors: [{ name: 'memory', size: state.size }] })
    expect(state.unanchored).toBeUndefined()
    const [log = ''] = readdirSync(join(serviceDir, 'anchor.long'))
    const dir = join(serviceDir, 'anchor.long', log)
    const text = readFileSync(join(dir, 'seg', '000000000000.jsonl'), 'utf8')
    for (const writer of [a, b])
      expect(text).toContain(JSON.stringify(readFileSync(join(writer.dir, 'checkpoint'), 'utf8')))
    expect(anchor.shown.at(-1)).toMatchObject({ origin: `clinic/anchor.long/${log}`, size: state.size, dir })
    expect(readdirSync(join(dir, 'anchors'))).toContain(`${String(state.size).padStart(12, '0')}.memory.sig`)
    expect(facts).toMatchObject([{ kind: 'holding' }, { kind: 'anchored', anchor: 'memory' }])
    for (const at of [dir, a.dir, b.dir]) {
      const [day = ''] = readdirSync(join(at, 'checkpoints'))
      expect(readFileSync(join(at, 'checkpoints', day), 'utf8')).toContain(readFileSync(join(at, 'checkpoint'), 'utf8'))
    }
  })

  it('writes a heartbeat when nothing changed, and says when it ends', async () => {
    const anchor = memoryAnchor()
    const { serviceDir, anchoring } = anchorTest({ anchors: [anchor] })
    await anchoring.now()
    await anchoring.now()
    await anchoring.stop()
    const [log = ''] = readdirSync(join(serviceDir, 'anchor.long'))
    const dir = join(serviceDir, 'anchor.long', log)
    const lines = readFileSync(join(dir, 'seg', '000000000000.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
    const events = lines.map((line): unknown => JSON.parse(line).event)
    expect(events[0]).toBe('start')
    expect(events.at(-1)).toBe('stop')
    expect(events).toContain('tick')
    expect(anchor.shown.at(-1)?.size).toBe(lines.length)
    expect(readdirSync(dir)).not.toContain('LOCK')
    expect(anchoring.state).toMatchObject({ role: 'stopped' })
  })

  it('goes on where it was after a restart, and does not write again what has not changed', async () => {
    const serviceDir = join(temporaryDirectory(), 'clinic')
    const path = otherVolume()
    await closedLedger(3, join(serviceDir, 'audit.standard'))
    const first = anchorTest({ serviceDir, anchors: [fileAnchor({ path })] })
    const before = await first.anchoring.now()
    await first.anchoring.stop()
    const second = anchorTest({ serviceDir, anchors: [fileAnchor({ path })] })
    const after = await second.anchoring.now()
    expect(after.size).toBeGreaterThan(before.size)
    expect(after.anchors).toMatchObject([{ name: 'file', size: after.size }])
    expect(second.facts.filter(({ kind }) => kind !== 'holding' && kind !== 'anchored')).toEqual([])
    expect(readdirSync(join(serviceDir, 'anchor.long'))).toHaveLength(1)
    await second.anchoring.stop()
    expect((await verify(serviceDir)).ok).toBe(true)
  })

  it('is held by one at a time; the other knows how far it is, and takes over when it is gone', async () => {
    const serviceDir = join(temporaryDirectory(), 'clinic')
    const a = anchorTest({ serviceDir, anchors: [memoryAnchor()] })
    const held = await a.anchoring.now()
    const b = anchorTest({ serviceDir, anchors: [memoryAnchor()] })
    const seen = await b.anchoring.now()
    expect(seen).toMatchObject({ role: 'passive', size: held.size, anchors: [{ size: held.size }] })
    expect(seen.unanchored).toBeUndefined()
    await a.anchoring.stop()
    expect(await b.anchoring.now()).toMatchObject({ role: 'holder' })
  })

  it('takes the log over from a process that was killed', async () => {
    const serviceDir = join(temporaryDirectory(), 'clinic')
    const a = anchorTest({ serviceDir, anchors: [memoryAnchor()] })
    await a.anchoring.now()
    killHolders(join(serviceDir, 'anchor.long'))
    const b = anchorTest({ serviceDir, anchors: [memoryAnchor()] })
    expect(await b.anchoring.now()).toMatchObject({ role: 'holder' })
    expect(readdirSync(join(serviceDir, 'anchor.long'))).toHaveLength(1)
  })

  it('keeps its evidence where nobody could be told that it was taken', async () => {
    const { serviceDir, anchoring, facts } = anchorTest({ anchors: [memoryAnchor()] })
    await closedLedger(1, join(serviceDir, 'audit.standard'))
    await anchoring.now()
    const [log = ''] = readdirSync(join(serviceDir, 'anchor.long'))
    const anchors = join(serviceDir, 'anchor.long', log, 'anchors')
    rmSync(anchors, { recursive: true })
    writeFileSync(anchors, 'not a directory')
    const state = await anchoring.now()
    expect(state.anchors).toMatchObject([{ size: state.size, failure: { code: 'LEDGER_ANCHOR_UNKEPT' } }])
    expect(facts.at(-1)).toMatchObject({ kind: 'failed', code: 'LEDGER_ANCHOR_UNKEPT' })
  })
})

describe('an anchor', () => {
  const strange: Record<string, Anchor['publish']> = {
    'that never answers': () => new Promise(() => {}),
    'that throws at once': () => {
      throw new Error('boom')
    },
    'that rejects with nothing': () => Promise.reject(undefined),
    'that rejects with an object that cannot be shown': () =>
      Promise.reject({
        toString() {
          throw new Error('no')
        },
      }),
    'that answers with a path for a suffix': async () => ({ suffix: '../../x', bytes: Buffer.alloc(1) }),
    'that answers with a mountain': async () => ({ suffix: 'big', bytes: Buffer.alloc((1 << 20) + 1) }),
    'that asks for proofs without end': async (_checkpoint, tree) => {
      for (;;) await tree.consistency(1, 2)
    },
  }
  for (const [what, publish] of Object.entries(strange)) {
    // Asking has an end of its own, however slowly it is answered.
    const deadlineMs = what.includes('proofs') ? 10_000 : 200
    it(`${what} harms nobody, and is told of once`, async () => {
      const good = memoryAnchor('good')
      const { anchoring, facts } = anchorTest({ deadlineMs, anchors: [{ name: 'strange', publish }, good] })
      await anchoring.now()
      const state = await anchoring.now()
      expect(state.anchors).toMatchObject([
        { name: 'strange', size: 0, failure: {} },
        { name: 'good', size: state.size },
      ])
      expect(state.unanchored).toBeUndefined()
      expect(facts.filter(({ anchor }) => anchor === 'strange')).toMatchObject([{ kind: 'failed' }])
      expect(good.shown.length).toBeGreaterThan(0)
    })
  }

  it('that fails and comes back is told of twice', async () => {
    let works = false
    const publish: Anchor['publish'] = async () => {
      if (!works) throw new LedgerError('LEDGER_ANCHOR_UNREACHABLE', 'no route')
      return { suffix: 'sig' }
    }
    const { anchoring, facts } = anchorTest({ anchors: [{ name: 'flaky', publish }] })
    const failed = await anchoring.now()
    expect(failed).toMatchObject({ unanchored: 0, anchors: [{ failure: { code: 'LEDGER_ANCHOR_UNREACHABLE' } }] })
    works = true
    expect((await anchoring.now()).unanchored).toBeUndefined()
    const told = facts.filter(({ anchor }) => anchor !== undefined).map(({ kind }) => kind)
    expect(told).toEqual(['failed', 'anchored'])
  })
})

describe('a directory that was put back to an older state', () => {
  it('is told of by the anchor on another volume', async () => {
    const root = temporaryDirectory()
    const serviceDir = join(root, 'clinic')
    const path = otherVolume()
    await closedLedger(3, join(serviceDir, 'audit.standard'))
    const first = anchorTest({ serviceDir, anchors: [fileAnchor({ path })] })
    await first.anchoring.now()
    await first.anchoring.stop()
    const older = join(temporaryDirectory(), 'older')
    cpSync(serviceDir, older, { recursive: true })
    const second = anchorTest({ serviceDir, anchors: [fileAnchor({ path })] })
    await closedLedger(4, join(serviceDir, 'audit.standard'))
    await second.anchoring.now()
    await second.anchoring.now()
    await second.anchoring.stop()
    rmSync(serviceDir, { recursive: true })
    cpSync(older, serviceDir, { recursive: true })
    expect((await verify(serviceDir)).ok).toBe(true)
    const third = anchorTest({ serviceDir, anchors: [fileAnchor({ path })] })
    const state = await third.anchoring.now()
    expect(third.facts).toContainEqual(expect.objectContaining({ kind: 'rollback', anchor: 'file' }))
    expect(state).toMatchObject({ anchors: [{ failure: { code: 'LEDGER_ANCHOR_ROLLBACK' } }] })
    expect(state.unanchored).toBeDefined()
  })

  it('is told of by the anchor also when its anchor log cannot be continued and a new one was begun', async () => {
    const serviceDir = join(temporaryDirectory(), 'clinic')
    const path = otherVolume()
    const first = anchorTest({ serviceDir, anchors: [fileAnchor({ path })] })
    await first.anchoring.now()
    const [log = ''] = readdirSync(join(serviceDir, 'anchor.long'))
    const older = join(temporaryDirectory(), 'older')
    cpSync(serviceDir, older, { recursive: true })
    await first.anchoring.now()
    await first.anchoring.stop()
    rmSync(serviceDir, { recursive: true })
    cpSync(older, serviceDir, { recursive: true })
    killHolders(join(serviceDir, 'anchor.long'))
    writeFileSync(join(serviceDir, 'anchor.long', log, 'LEDGER.note'), 'not a note')
    const second = anchorTest({ serviceDir, anchors: [fileAnchor({ path })] })
    const state = await second.anchoring.now()
    expect(readdirSync(join(serviceDir, 'anchor.long'))).toHaveLength(2)
    expect(second.facts).toContainEqual(
      expect.objectContaining({ kind: 'rollback', anchor: 'file', origin: `clinic/anchor.long/${log}` }),
    )
    // The new log is anchored all the same.
    expect(state.unanchored).toBeUndefined()
  })

  it('is told of by the anchor log when it is one writer alone, which is not anchored again', async () => {
    const { serviceDir, anchoring, facts } = anchorTest({ anchors: [memoryAnchor()] })
    const { dir } = await closedLedger(3, join(serviceDir, 'audit.standard'))
    const older = join(temporaryDirectory(), 'older')
    cpSync(dir, older, { recursive: true })
    await closedLedger(4, join(serviceDir, 'audit.standard'))
    await anchoring.now()
    rmSync(dir, { recursive: true })
    cpSync(older, dir, { recursive: true })
    await anchoring.now()
    await anchoring.now()
    expect(facts.filter(({ kind }) => kind === 'rewound')).toMatchObject([{ code: 'LEDGER_WRITER_REWOUND' }])
    await anchoring.stop()
    // It is remembered: the next process knows as well.
    const next = anchorTest({ serviceDir, anchors: [memoryAnchor()] })
    await next.anchoring.now()
    expect(next.facts).toContainEqual(expect.objectContaining({ kind: 'rewound' }))
    await next.anchoring.stop()
    const again = anchorTest({ serviceDir, anchors: [memoryAnchor()] })
    await again.anchoring.now()
    expect(again.facts).toContainEqual(expect.objectContaining({ kind: 'rewound' }))
  })

  it('or a writer that is gone, or whose checkpoint is somebody else’s, is told of', async () => {
    const { serviceDir, anchoring, facts } = anchorTest({ anchors: [memoryAnchor()] })
    const { dir } = await closedLedger(3, join(serviceDir, 'audit.standard'))
    const forged = await closedLedger(3, join(serviceDir, 'audit.long'))
    await anchoring.now()
    const note = parseNote(readFileSync(join(forged.dir, 'checkpoint')))
    writeFileSync(join(forged.dir, 'checkpoint'), `${note?.text}\n— someone ${Buffer.alloc(68).toString('base64')}\n`)
    await anchoring.now()
    expect(facts).toContainEqual(expect.objectContaining({ kind: 'unusable', code: 'LEDGER_CHECKPOINT_UNSIGNED' }))
    rmSync(forged.dir, { recursive: true })
    rmSync(dir, { recursive: true })
    await anchoring.now()
    expect(facts.filter(({ kind }) => kind === 'gone')).toHaveLength(2)
  })
})

describe('what stands below a service directory', () => {
  it('is read without following links, waiting for FIFOs or reading without end', async () => {
    const serviceDir = join(temporaryDirectory(), 'clinic')
    const { dir } = await closedLedger(2, join(serviceDir, 'audit.standard'))
    mkdirSync(join(serviceDir, 'audit.standard', 'w-000000000000'))
    writeFileSync(join(serviceDir, 'audit.standard', 'w-000000000000', 'LEDGER.json'), Buffer.alloc(200_000, 0x20))
    rmSync(join(dir, 'checkpoint'))
    execFileSync('mkfifo', [join(dir, 'checkpoint')])
    const { anchoring, facts } = anchorTest({ serviceDir, anchors: [memoryAnchor()] })
    expect(await anchoring.now()).toMatchObject({ role: 'holder' })
    expect(facts.map(({ kind }) => kind)).toEqual(['holding', 'anchored'])
  })
})

describe('options of anchoring', () => {
  it.each([
    ['serviceDir', { serviceDir: '' }],
    ['anchors', { anchors: [] }],
    ['anchors', { anchors: [memoryAnchor(), memoryAnchor()] }],
    ['anchors[0]', { anchors: [memoryAnchor('Not A Name')] }],
    ['everyMs', { everyMs: 1 }],
    ['deadlineMs', { deadlineMs: Number.NaN }],
  ])('that cannot be are named: %s', (name, rest) => {
    const start = (): unknown =>
      startAnchoring({ serviceDir: '/x', signer: testSigner(), anchors: [memoryAnchor()], ...rest })
    expect(start).toThrow(
      expect.objectContaining({ code: 'LEDGER_OPTION_INVALID', message: expect.stringContaining(name) }),
    )
  })
})
