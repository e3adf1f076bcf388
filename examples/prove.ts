/**
 * One record for somebody outside: a proof made from the trail, and checked with the line and a public key alone.
 *
 *     node examples/prove.ts
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAudit } from '@trailmark/core'
import { findStreams, readEntries } from '@trailmark/ledger'
import { checkProof, LedgerError, prove } from '@trailmark/ledger/prove'

const home = mkdtempSync(join(tmpdir(), 'trailmark-prove-'))
const audit = createAudit({
  service: 'clinic',
  dir: join(home, 'trail'),
  keysDir: join(home, 'keys'),
  ledger: 'disk',
  operational: 'none',
})
for (const id of ['usr_1', 'usr_2', 'usr_3']) audit.record('login_success', { actor: { id } })
await audit.close()

// Where the record is: the ledger of its service, and its index there.
for (const stream of await findStreams(join(home, 'trail'))) {
  if (stream.stream !== 'audit') continue
  for await (const { n, line } of readEntries(stream)) {
    if (!line.includes('"event_type":"login_success"')) continue
    const proof = await prove(stream.dir, n)

    // From here on it is somebody else's machine. The key came from a contract, not with the proof.
    const publicKeys = [Buffer.from(stream.publicKey, 'base64')]
    const { index, size } = checkProof(proof, { line }, { publicKeys, origin: stream.origin })
    console.log(`entry ${index} of ${size} is proved by ${proof.length} bytes`)
    try {
      checkProof(proof, { line: line.replace('success', 'failure') }, { publicKeys })
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error
      console.log(`and an edited one is refused: ${error.code}`)
    }
  }
}
rmSync(home, { recursive: true })
