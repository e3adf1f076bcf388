import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Audit, createAudit } from './audit.ts'
import type { AuditOptions } from './options.ts'
import { createSealRequests, sealRequestFile } from './seal-and-switch.ts'

function temporaryDirectory(): string {
  const dir = mkdtempSync(join(tmpdir(), 'trailmark-seal-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

function open(options: AuditOptions): Audit {
  const audit = createAudit({ service: 'clinic', operational: 'none', signals: false, ...options })
  onTestFinished(() => audit.close())
  return audit
}

describe('sealing and switching', () => {
  it('gives the sealed files of every ledger, as they stay while recording goes on', async () => {
    const dir = temporaryDirectory()
    const audit = open({ dir: join(dir, 'data'), keysDir: join(dir, 'keys'), ledger: 'disk' })
    const before = await audit.record('login_success', { actor: { id: 'usr_1' } }).durable
    const sealed = await audit.sealAndSwitch()
    const after = await audit.record('login_success', { actor: { id: 'usr_2' } }).durable
    expect(sealed.map((one) => one.stream)).toEqual(expect.arrayContaining(['audit.standard', 'audit.long']))
    const one = sealed.find(({ writer }) => writer === before.writer)
    expect(one && before.n < one.next && after.n >= one.next).toBe(true)
    for (const { dir: writer, file, seal, sha256, bytes } of sealed) {
      const content = readFileSync(join(writer, file))
      expect(content.length).toBe(bytes)
      expect(createHash('sha256').update(content).digest('hex')).toBe(sha256)
      expect(statSync(join(writer, file)).mode & 0o222).toBe(0)
      expect(readFileSync(join(writer, seal), 'utf8')).toContain('\nseal\n')
    }
  })

  it('has nothing to seal in memory', async () => {
    const audit = open({ ledger: 'memory' })
    audit.record('login_success', { actor: { id: 'usr_1' } })
    expect(await audit.sealAndSwitch()).toEqual([])
  })
})

describe('a request to seal', () => {
  it('is answered once, and not by a process that started after it', async () => {
    const dir = temporaryDirectory()
    const path = join(dir, sealRequestFile)
    writeFileSync(path, '')
    utimesSync(path, new Date(Date.now() - 60_000), new Date(Date.now() - 60_000))
    let asked = 0
    const look = createSealRequests(dir, () => {
      asked += 1
    })
    const looked = async (): Promise<number> => {
      look()
      await sleep(50)
      return asked
    }
    expect(await looked()).toBe(0)
    for (const seconds of [1, 2]) {
      const time = new Date(Date.now() + seconds * 1000)
      utimesSync(path, time, time)
      expect(await looked()).toBe(seconds)
      expect(await looked()).toBe(seconds)
    }
    rmSync(path)
    expect(await looked()).toBe(2)
  })
})
