import { type ChildProcess, spawn } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openKeys, rotateLogKey } from '@trailmark/keys'
import { type Ledger, openLedger } from '@trailmark/ledger'
import { type PublishedCheckpoint, witness } from '@trailmark/ledger/anchors'
import { formatVkey, parseCheckpoint, parseNote, signatureTypes, verifierKey } from '@trailmark/ledger/notes'
import { consistencyProof, TreeReader } from '@trailmark/ledger/prove'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { run } from '../run.ts'
import { recordingTerminal } from '../terminal.fixture.ts'

const main = fileURLToPath(new URL('../main.ts', import.meta.url))
const never = new AbortController().signal
const running = new Set<ChildProcess>()
let home = ''
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'trailmark-witness-cli-'))
})
afterEach(async () => {
  for (const child of running) child.kill('SIGKILL')
  running.clear()
  await rm(home, { recursive: true, force: true })
})

interface Served {
  readonly vkey: string
  readonly url: string
  readonly logs: readonly string[]
}

function start(...args: string[]) {
  const child = spawn(process.execPath, ['--conditions=@trailmark/source', main, 'witness', ...args], {
    cwd: home,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  let err = ''
  child.stderr.on('data', (bytes) => {
    err += String(bytes)
  })
  const ended = new Promise<{ code: number | null; err: string }>((resolve) => {
    child.once('close', (code) => resolve({ code, err }))
  })
  const serving = new Promise<Served>((resolve, reject) => {
    child.stdout.once('data', (bytes) => resolve(JSON.parse(String(bytes))))
    void ended.then(({ code }) => reject(new Error(`ended with ${code}: ${err}`)))
  })
  serving.catch(() => undefined)
  return { child, ended, serving, err: () => err }
}

async function trailmark(...args: string[]) {
  const { terminal, printed } = recordingTerminal(home, Date.now())
  const code = await run(['witness', ...args], terminal)
  return { code, ...printed() }
}

const origin = 'clinic/anchor.long'
const keys = () => openKeys({ dir: join(home, 'keys') })
const vkeyOf = (name: string) => formatVkey(verifierKey(name, signatureTypes.note, keys().log.publicKey))

function open(dir = join(home, 'trail', 'clinic', 'anchor.long')): Ledger {
  return openLedger({ dir, origin, stream: 'anchor', retentionClass: 'long', signer: keys().log })
}

/** Entries until the log has this size, signed and closed; the checkpoint it then shows. */
async function grow(size: number): Promise<{ checkpoint: PublishedCheckpoint; dir: string }> {
  const ledger = open()
  for (let n = ledger.state.next; n < size; n++) ledger.append(`"n2":${n}`)
  await ledger.close()
  const note = await readFile(join(ledger.dir, 'checkpoint'), 'utf8')
  const parsed = parseCheckpoint(parseNote(Buffer.from(note))?.text ?? '')
  const root = Buffer.from(parsed?.root ?? '', 'latin1').toString('hex')
  expect(parsed?.size).toBe(size)
  return { checkpoint: { origin: ledger.origin, size, root, note }, dir: ledger.dir }
}

const treeOf = (dir: string) => ({
  async consistency(from: number, to: number) {
    const reader = await TreeReader.open(dir)
    return consistencyProof(reader, from, to).finally(() => reader.close())
  },
})

// Whole programs are started, on machines that are busy.
describe('trailmark witness', { timeout: 90_000 }, () => {
  it('watches over the log of another process, over restarts of both, and sees when it is put back', async () => {
    const first = await grow(20)
    await writeFile(join(home, 'logs.txt'), `# clinic\n\n${vkeyOf(origin)}\n`)
    const one = start('--name', 'witness.example/w1', '--log', 'logs.txt', '--listen', '127.0.0.1:0', '--json')
    const { vkey, url, logs } = await one.serving
    expect(logs).toEqual([vkeyOf(origin)])
    await witness({ url, vkey }).publish(first.checkpoint, treeOf(first.dir), never)
    await cp(join(home, 'trail'), join(home, 'backup'), { recursive: true })

    const second = await grow(50)
    await witness({ url, vkey }).publish(second.checkpoint, treeOf(second.dir), never)
    one.child.kill('SIGTERM')
    expect((await one.ended).code).toBe(0)

    const two = start('--log', vkeyOf(origin), '--listen', '127.0.0.1:0', '--json')
    const again = await two.serving
    expect(again.vkey).toBe(vkey)
    const anchor = () => witness({ url: again.url, vkey })
    await anchor().publish(second.checkpoint, treeOf(second.dir), never)

    // The backup is a sound ledger in itself. Only somebody outside can tell.
    await rm(join(home, 'trail'), { recursive: true })
    await cp(join(home, 'backup'), join(home, 'trail'), { recursive: true })
    const restored = await grow(30)
    await expect(anchor().publish(restored.checkpoint, treeOf(restored.dir), never)).rejects.toMatchObject({
      code: 'LEDGER_ANCHOR_ROLLBACK',
    })
    const regrown = await grow(60)
    await expect(anchor().publish(regrown.checkpoint, treeOf(regrown.dir), never)).rejects.toMatchObject({
      code: 'LEDGER_ANCHOR_ROLLBACK',
    })
    await expect.poll(two.err).toMatch(/^\S+Z "clinic\/anchor\.long\/w-[0-9a-f]{12}": .*\(WITNESS_PROOF_REFUSED\)$/m)
  })

  it('is refused where another one runs', async () => {
    const args = ['--name', 'w', '--log', vkeyOf(origin), '--listen', '127.0.0.1:0', '--json']
    await start(...args).serving
    const { code, err } = await start(...args).ended
    expect(code).toBe(3)
    expect(err).toContain('WITNESS_HELD')
  })

  it('prints the key of each anchor log, named for the stream', async () => {
    await grow(1)
    expect(await trailmark('--of', 'trail')).toEqual({ code: 0, out: `${vkeyOf(origin)}\n`, err: '' })
    expect((await trailmark('--of', 'trail', '--json')).out).toBe(`${JSON.stringify({ logs: [vkeyOf(origin)] })}\n`)
  })

  it('prints both keys of a log whose key was replaced, and with them the witness goes on', async () => {
    const before = await grow(5)
    const old = vkeyOf(origin)
    rotateLogKey(join(home, 'keys'))
    const after = await grow(9)
    const printed = (await trailmark('--of', 'trail')).out
    expect(printed.trim().split('\n').toSorted()).toEqual([old, vkeyOf(origin)].toSorted())
    await writeFile(join(home, 'logs.txt'), printed)
    const args = ['--name', 'w', '--log', 'logs.txt', '--listen', '127.0.0.1:0', '--json']
    const { url, vkey } = await start(...args).serving
    const anchor = witness({ url, vkey })
    await anchor.publish(before.checkpoint, treeOf(before.dir), never)
    expect((await anchor.publish(after.checkpoint, treeOf(after.dir), never)).suffix).toBe('cosig')
  })

  it('says that a trail has no anchor log, and that there is no trail', async () => {
    openLedger({
      dir: join(home, 'trail', 'clinic', 'audit.standard'),
      origin: 'clinic/audit.standard',
      stream: 'audit',
      retentionClass: 'standard',
      signer: keys().log,
    }).closeSync()
    expect(await trailmark('--of', 'trail')).toMatchObject({ code: 3, err: expect.stringContaining('CLI_NOT_FOUND') })
    expect(await trailmark('--of', 'none')).toMatchObject({
      code: 3,
      err: expect.stringContaining('LEDGER_DIR_MISSING'),
    })
  })

  it.each<[string, readonly string[], string]>([
    ['no log', [], '--log'],
    ['a key that is mistyped', ['--log', 'clinic+0ffc9a46+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIt'], 'mistyped'],
    ['no name at first', ['--log', 'LOG'], '--name'],
    ['a name with a space', ['--log', 'LOG', '--name', 'a b'], '--name'],
    ['a port that is none', ['--log', 'LOG', '--name', 'w', '--listen', '127.0.0.1'], '--listen'],
    ['a port that is too large', ['--log', 'LOG', '--name', 'w', '--listen', ':65536'], '--listen'],
    [
      'a prefix that is no path',
      ['--log', 'LOG', '--name', 'w', '--listen', '127.0.0.1:0', '--prefix', 'w1'],
      '--prefix',
    ],
    ['an argument too many', ['--log', 'LOG', 'surplus'], 'surplus'],
  ])('called with %s is a usage error that says so', async (_what, args, said) => {
    const { code, err } = await trailmark(...args.map((arg) => (arg === 'LOG' ? vkeyOf(origin) : arg)))
    expect(err).toContain(said)
    expect(err).toContain('CLI_USAGE')
    expect(code).toBe(2)
  })

  it('names the line of a file that is no key, and says which file is empty or missing', async () => {
    await writeFile(join(home, 'bad.txt'), `${vkeyOf(origin)}\nnonsense\n`)
    await writeFile(join(home, 'empty.txt'), '# nothing yet\n')
    expect(await trailmark('--log', 'bad.txt')).toMatchObject({
      code: 2,
      err: expect.stringContaining('bad.txt line 2'),
    })
    expect(await trailmark('--log', 'empty.txt')).toMatchObject({ code: 2, err: expect.stringContaining('empty.txt') })
    expect(await trailmark('--log', 'none.txt')).toMatchObject({ code: 3, err: expect.stringContaining('none.txt') })
    expect(await trailmark('--log', '/dev/zero')).toMatchObject({ code: 3, err: expect.stringContaining('longer') })
  })
})
