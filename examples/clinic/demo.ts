import { cpSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { liveDay } from './day.ts'
import { startClinic } from './processes.ts'
import { trailmark } from './trailmark.ts'

/**
 * The demonstration: a clinic of three services lives through a day, then its trail is read, verified and tampered with.
 * Everything it shows is read back from the files by the ordinary command line; nothing is printed from memory.
 */
const home = mkdtempSync(join(tmpdir(), 'trailmark-demo-'))
const trail = join(home, 'trail')
const clinic = await startClinic(home)
process.on('SIGINT', () => void clinic.stop().then(() => process.exit(130)))
process.on('SIGTERM', () => void clinic.stop().then(() => process.exit(143)))

try {
  say('A day at the clinic', 'gateway (Express) → records (Fastify) → notifications (Koa), over http and fetch')
  const day = await liveDay(clinic.gateway, (line) => process.stdout.write(line))
  await clinic.stop()

  say('One incident, three services, one trace id', `trailmark timeline --trace ${day.incident.traceId}`)
  await trailmark(home, ['timeline', '--dir', trail, '--trace', day.incident.traceId, '--purpose', 'demo'])

  say('What an auditor does', `trailmark verify ${trail}`)
  const verified = await trailmark(home, ['verify', trail])
  if (verified !== 0) throw new Error(`verify answered ${verified} for a trail nobody touched`)

  const copy = join(home, 'tampered-copy')
  cpSync(trail, copy, { recursive: true })
  const edit = changeOneByte(copy)
  say('What happens when one byte of a copy is changed', `byte ${edit.offset} of ${relative(home, edit.file)}`)
  const found = await trailmark(home, ['verify', copy])
  if (found !== 1) throw new Error(`verify answered ${found} for a copy with a changed byte`)

  say('Where it all is')
  process.stdout.write(
    [
      `  the trail          ${trail}`,
      `  the tampered copy  ${copy}`,
      `  access lines       ${join(home, 'logs')}`,
      `  try                npx -y pnpm@12 trailmark query --dir ${trail} --type 'authz_*' --limit 5`,
      '',
      `  ${day.requests} requests, ${day.seconds.toFixed(1)} s of traffic. Delete the folder when you are done.`,
      '',
    ].join('\n'),
  )
} catch (error) {
  await clinic.stop()
  process.stderr.write(
    `\ndemo: ${error instanceof Error ? error.message : String(error)}\nlogs: ${join(home, 'logs')}\n`,
  )
  process.exitCode = 1
}

function say(title: string, detail?: string): void {
  process.stdout.write(
    `\n── ${title} ${'─'.repeat(Math.max(4, 90 - title.length))}\n${detail ? `   ${detail}\n` : ''}\n`,
  )
}

/** Changes one letter in the middle of the largest segment: the kind of edit that makes a record say something else. */
function changeOneByte(root: string): { file: string; offset: number } {
  const segments = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.jsonl'))
  const largest = segments.map((name) => join(root, name)).sort((a, b) => statSync(b).size - statSync(a).size)[0]
  if (!largest) throw new Error('the trail has no segment')
  const bytes = readFileSync(largest)
  const offset = bytes.indexOf('"outcome":"', Math.floor(bytes.length / 2)) + '"outcome":"'.length
  bytes[offset] = bytes[offset] === 0x66 ? 0x73 : 0x66
  writeFileSync(largest, bytes)
  return { file: largest, offset }
}
