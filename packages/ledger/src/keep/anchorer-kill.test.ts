import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { closedLedger, temporaryDirectory } from '../ledger.fixture.ts'
import { verify } from '../verify.ts'
import { formatVkey, signatureTypes, verifierKey } from '../vkey.ts'
import { testCosigner } from './cosigner.fixture.ts'

const cosigner = testCosigner('witness.example', 9)
const vkey = formatVkey(verifierKey(cosigner.name, signatureTypes.cosignature, cosigner.publicKey))
const from = (path: string): string => JSON.stringify(join(import.meta.dirname, path))

/** Anchors as fast as it can until it is killed, with a file on another volume and a signature of a witness. */
const program = (serviceDir: string, other: string): string => `
  import { startAnchoring } from ${from('anchorer.ts')}
  import { fileAnchor } from ${from('file-anchor.ts')}
  import { cosign } from ${from('cosignature.ts')}
  import { testCosigner } from ${from('cosigner.fixture.ts')}
  import { parseNote } from ${from('../note.ts')}
  import { testSigner } from ${from('../signer.fixture.ts')}
  const cosigner = testCosigner('witness.example', 9)
  const witness = {
    name: 'witness',
    async publish({ note }) {
      const line = cosign(parseNote(Buffer.from(note)).text, cosigner, Math.floor(Date.now() / 1000))
      return { suffix: 'cosig', bytes: Buffer.from(note + line) }
    },
  }
  const anchors = [fileAnchor({ path: ${JSON.stringify(other)} }), witness]
  const tell = ({ kind, code }) => console.log(kind, code ?? '')
  const anchoring = startAnchoring({ serviceDir: ${JSON.stringify(serviceDir)}, signer: testSigner(), anchors, everyMs: 100, onFact: tell })
  setInterval(() => {}, 1000)
  for (;;) {
    await anchoring.now()
    console.log('published')
  }
`

describe('a process that anchors and is killed', () => {
  it('leaves nothing half, and the next one goes on without an alarm', async () => {
    const root = temporaryDirectory()
    const other = temporaryDirectory()
    const serviceDir = join(root, 'clinic')
    const { dir } = await closedLedger(3, join(serviceDir, 'audit.standard'))
    for (let round = 0; round < 4; round++) {
      const args = ['--conditions=@trailmark/source', '--input-type=module', '-e', program(serviceDir, other)]
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
      onTestFinished(() => void child.kill('SIGKILL'))
      let told = ''
      const anchored = Promise.withResolvers<void>()
      child.stdout.on('data', (chunk) => {
        told += chunk
        if (told.includes('published')) anchored.resolve()
      })
      const ended = new Promise((resolve) => child.once('close', resolve))
      await Promise.race([anchored.promise, ended])
      await sleep(Math.random() * 1_000)
      child.kill('SIGKILL')
      await ended
      expect(told.replace(/holding|anchored|published/g, '').trim()).toBe('')
      const report = await verify(root, { witnesses: [vkey] })
      expect(report.streams.flatMap(({ integrity }) => integrity.breaks)).toEqual([])
      expect(report.streams.find((one) => one.dir === dir)).toMatchObject({ anchored: { size: 3, by: ['witness'] } })
    }
    const [log = '', ...more] = readdirSync(join(serviceDir, 'anchor.long'))
    expect(more).toEqual([])
    const evidence = join(serviceDir, 'anchor.long', log, 'anchors')
    for (const name of readdirSync(evidence).filter((one) => one.endsWith('.cosig')))
      expect(readFileSync(join(evidence, name), 'utf8')).toMatch(/\n— witness\.example [A-Za-z0-9+/]+=*\n$/)
  })
})
