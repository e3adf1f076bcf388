/** Somebody outside who remembers: four anchors of one trail, three of them on this machine so that the example runs. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAudit } from '@trailmark/core'
import { checkWebhook, fileAnchor, gitAnchor, timestampAnchor, webhookAnchor } from '@trailmark/ledger/anchors'
import { verify } from '@trailmark/ledger/verify'

const home = realpathSync(mkdtempSync(join(tmpdir(), 'trailmark-anchors-')))
const dir = join(home, 'trail')

// 1. A file. Here beside the trail, which the anchor says; in earnest on another volume.
const path = join(home, 'elsewhere')
mkdirSync(path)

// 2. A repository. With `remote` a checkpoint counts when it has arrived there.
const repository = join(home, 'checkpoints.git')
execFileSync('git', ['init', '--quiet', '--bare', repository])

// 3. A receiver of webhooks that checks who sent it, compares with what it holds, and answers 409 to a rollback.
const secret = 'thirty-two bytes of chance, please'
const held = new Map<string, { size: number; root: string }>()
const receiver = createServer(async (request, response) => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const body = Buffer.concat(chunks)
  const signature = request.headers['trailmark-signature']?.toString()
  if (!checkWebhook({ secret, signature, body })) return response.writeHead(401).end()
  const { origin, size, root }: { origin: string; size: number; root: string } = JSON.parse(body.toString())
  const last = held.get(origin)
  const isRollback = last && (size < last.size || (size === last.size && root !== last.root))
  if (!isRollback) held.set(origin, { size, root })
  return response.writeHead(isRollback ? 409 : 204).end()
})
await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
const address = receiver.address()
const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/checkpoints`

// 4. A timestamp authority, where there is one: TSA_URL=https://tsa.example/tsr TSA_ROOT=tsa-root.pem
const tsa = process.env['TSA_URL']
const root = process.env['TSA_ROOT']
const certificates = root ? [readFileSync(root, 'utf8')] : []

const audit = createAudit({
  service: 'clinic',
  dir,
  keysDir: join(home, 'keys'),
  ledger: 'disk',
  operational: 'none',
  anchors: [
    fileAnchor({ path }),
    gitAnchor({ repository }),
    webhookAnchor({ url, secret }),
    ...(tsa ? [timestampAnchor({ url: tsa, ...(root && { certificate: certificates }) })] : []),
  ],
})
await audit.record('data_export', { metadata: { format: 'csv' } })
// The last checkpoint is shown to all of them before this is over.
await audit.close()

const history = execFileSync('git', ['-C', repository, 'log', '--format=%s', 'trailmark'], { encoding: 'utf8' })
console.log(history.split('\n', 1)[0])
for (const [origin, { size }] of held) console.log(`the receiver holds ${size} of ${origin}`)

// An auditor compares with what an anchor holds, on another machine, and trusts nobody who could write the trail.
const heldRoots = [...held].map(([origin, one]) => ({ origin, ...one }))
const report = await verify(dir, { heldRoots, timestampCertificates: certificates })
console.log(report.ok ? 'the trail leads to what the anchors hold' : 'the trail is not what the anchors saw')
receiver.close()
rmSync(home, { recursive: true })
