/** A witness sees that a trail was put back to an older state. In earnest it runs elsewhere, at somebody else's. */
import { cpSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createAudit } from '@trailmark/core'
import { openKeys } from '@trailmark/keys'
import { witness } from '@trailmark/ledger/anchors'
import { formatVkey, signatureTypes, verifierKey } from '@trailmark/ledger/notes'
import { verify } from '@trailmark/ledger/verify'
import { openWitness, serveWitness } from '@trailmark/witness'

const home = realpathSync(mkdtempSync(join(tmpdir(), 'trailmark-witness-')))
const dir = join(home, 'trail')
const keysDir = join(home, 'keys')
const copy = join(home, 'copy')

// The log's key, named for the stream: what `trailmark witness --of` prints, and its operator hands to the witness.
const { publicKey } = openKeys({ dir: keysDir }).log
const log = formatVkey(verifierKey('clinic/anchor.long', signatureTypes.note, publicKey))

// The other side: what `trailmark witness` does.
const watching = await openWitness({ dir: join(home, 'witness'), name: 'witness.example/w1', logs: [log] })
const served = await serveWitness({ witness: watching })

function start() {
  return createAudit({
    service: 'clinic',
    dir,
    keysDir,
    ledger: 'disk',
    operational: 'none',
    anchors: [witness({ url: served.url, vkey: watching.vkey })],
    anchorEveryMs: 1_000,
  })
}

const monday = start()
monday.record('data_export', { metadata: { format: 'csv' } })
await monday.close()
cpSync(dir, copy, { recursive: true })

const tuesday = start()
tuesday.record('data_export', { metadata: { format: 'json' } })
await tuesday.close()
const report = await verify(dir, { witnesses: [watching.vkey] })
console.log(report.ok ? 'tuesday is sound and witnessed' : 'tuesday is not sound')

// Somebody wants Tuesday forgotten. Monday's copy is a sound trail in itself.
rmSync(dir, { recursive: true })
cpSync(copy, dir, { recursive: true })
const restored = start()
let alarms: readonly string[] = []
for (let tries = 0; tries < 300 && alarms.length === 0; tries++) {
  await sleep(100)
  alarms = restored.health().anchoring?.alarms ?? []
}
for (const alarm of alarms) console.log(alarm)
await restored.close()
await served.close()
