/**
 * What there must be one of in a process, whichever entry point it came by: classes, the context, the state behind an audit
 * trail; the context even where a second copy of the package is installed. Its argument is a directory for the trail.
 */
import { strictEqual as equal, match } from 'node:assert'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { AuditError, createAudit, currentContext, runInContext } from '@trailmark/core'
import { exchangeOf } from '@trailmark/core/http'
import * as integration from '@trailmark/core/integration'

const [, , home = ''] = process.argv
const audit = createAudit({ service: 'one', dir: join(home, 't'), keysDir: join(home, 'k'), operational: 'none' })
// Known by a table that the other entry point filled.
equal(typeof integration.runtimeOf(audit).recordIn, 'function')
equal(integration.currentContext, currentContext)
equal(integration.exchangeOf, exchangeOf)

// Thrown by a file that entries share.
const refused = errorOf(() => createAudit({ service: 'one', dir: 7 }))
equal(refused instanceof AuditError, true)

// Frames: this file by its path in the project, ours by that in `node_modules`, with the functions' own names.
const { frames } = integration.safeError(refused)
match(JSON.stringify(frames), /createAudit \(@trailmark\/core\/lib\/[\w-]+\.js:\d+:\d+\)/)
match(JSON.stringify(frames), /\(one-core\.mjs:\d+:\d+\)/)

const second = join(import.meta.dirname, 'second/node_modules/@trailmark/core')
cpSync(join(import.meta.dirname, 'node_modules/@trailmark/core'), second, { recursive: true })
const other = await import(pathToFileURL(join(second, 'lib/index.js')).href)
equal(other.createAudit === createAudit, false)
const context = {}
equal(
  runInContext(context, () => other.currentContext()),
  context,
)
await audit.close()
console.log('ok')

function errorOf(work) {
  try {
    work()
  } catch (error) {
    return error
  }
}
