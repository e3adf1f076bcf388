/**
 * `trailmark prove`: shows somebody outside that one record is in the signed log; checks such a proof; exports a log for
 * standard clients. A proof holds hashes and signatures only, so making one shows no record and is not recorded.
 */
import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { exportTlog, prove } from '@trailmark/ledger/prove'
import type { Command, Invocation } from '../command.ts'
import { type ExitCode, exitCodes, usageError } from '../errors.ts'
import { locate, locationOptions } from '../location.ts'
import { printable } from '../printable.ts'
import { progressBar } from '../progress.ts'
import { checkFiles } from '../prove/check-files.ts'
import { findEntry, findWriter } from '../prove/find-entry.ts'
import type { Terminal } from '../terminal.ts'
import { counted } from '../verify-text.ts'

export const proveCommand: Command = {
  name: 'prove',
  summary: 'Prove one record to somebody outside, check such a proof, or export a log for standard clients.',
  usage:
    'trailmark prove <record> [options] | --check <proof> --line <file> --key <key> | --export-tlog <dir> [--writer <writer>]',
  positionals: ['record'],
  options: {
    writer: {
      type: 'string',
      value: 'writer',
      help: 'the ledger meant: its directory, or the end of its name, such as w-3f9c1e7a22b0; needed where there are several',
    },
    out: { type: 'string', short: 'o', value: 'file', help: 'write the proof there instead of to stdout' },
    cosigned: { type: 'boolean', help: 'prove against the newest checkpoint that a witness cosigned' },
    check: { type: 'string', value: 'file', help: 'check this proof; needs --line and --key, and no trail' },
    line: { type: 'string', value: 'file', help: 'with --check: the record, as its line stands in the ledger' },
    key: {
      type: 'string',
      short: 'k',
      multiple: true,
      value: 'key',
      help: 'with --check: public key of the log, as text or in a file, got from somewhere you trust',
    },
    rotation: {
      type: 'string',
      multiple: true,
      value: 'file',
      help: 'with --check: a rotation of the log key (keys/*.note), so that an older key given with --key is enough',
    },
    witness: {
      type: 'string',
      multiple: true,
      value: 'vkey',
      help: 'with --check: a witness that must have cosigned, by its verifier key <name>+<id>+<base64> or a file of them',
    },
    origin: { type: 'string', value: 'name', help: 'with --check: the log it must come from, <service>/…/<writer>' },
    'export-tlog': {
      type: 'string',
      value: 'dir',
      help: 'write the signed log there as static files of C2SP tlog-tiles, for any web server',
    },
    ...(locationOptions.dir && { dir: locationOptions.dir }),
  },
  example: `trailmark prove 0199c2a4-77aa-7cc1-b0d5-0a4f6f3d9c11 --out visit.tlog-proof

proof of entry 40 of clinic/audit.standard/w-3f9c1e7a22b0, against a checkpoint over 1,204 records
check it with: trailmark prove --check visit.tlog-proof --line visit.line --key log.pub`,

  async run(invocation, terminal) {
    const [record] = invocation.positionals
    const proof = invocation.text('check')
    const target = invocation.text('export-tlog')
    if ([record, proof, target].filter((one) => one !== undefined).length !== 1)
      throw usageError('prove: name one record, or a proof with --check, or a directory with --export-tlog')
    if (proof !== undefined) return checkFiles(proof, invocation, terminal)
    const stray = ['line', 'key', 'rotation', 'witness', 'origin'].find((name) => invocation.text(name) !== undefined)
    if (stray !== undefined) throw usageError(`prove: --${stray} belongs to --check`)
    const { root } = await locate(invocation, terminal)
    if (target !== undefined) return exportTo(target, root, invocation, terminal)
    return make(record ?? '', root, invocation, terminal)
  },
}

async function make(record: string, root: string, invocation: Invocation, terminal: Terminal): Promise<ExitCode> {
  const { dir, n, origin } = await findEntry(record, root, invocation.text('writer'), terminal)
  const text = await prove(dir, n, { cosigned: invocation.flag('cosigned') })
  const file = invocation.text('out')
  const size = Number(/\n\n[^\n]+\n([0-9]+)\n/.exec(text)?.[1])
  if (file !== undefined) await writeFile(resolve(terminal.cwd, file), text)
  if (invocation.flag('json')) {
    const json = { origin, dir, n, size, ...(file === undefined ? { proof: text } : { file }) }
    await terminal.out.write(`${JSON.stringify(json)}\n`)
    return exitCodes.ok
  }
  if (file === undefined) {
    await terminal.out.write(text)
    return exitCodes.ok
  }
  const over = `against a checkpoint over ${counted(size, 'record')}`
  const name = printable(file)
  await terminal.out.write(`proof of entry ${n} of ${printable(origin)}, ${over}
check it with: trailmark prove --check ${name} --line ${name.replace(/\.tlog-proof$/, '')}.line --key log.pub
`)
  return exitCodes.ok
}

async function exportTo(target: string, root: string, invocation: Invocation, terminal: Terminal): Promise<ExitCode> {
  if (invocation.text('out') !== undefined) throw usageError('prove: --out belongs to a proof')
  if (invocation.flag('cosigned')) throw usageError('prove: --cosigned belongs to a proof')
  const { dir } = await findWriter(root, invocation.text('writer'), terminal.cwd)
  const progress = progressBar('export', terminal.err, terminal.now)
  const path = resolve(terminal.cwd, target)
  try {
    const {
      origin,
      size,
      root: signed,
    } = await exportTlog(dir, path, {
      signal: terminal.signal,
      onProgress: progress.update,
    })
    progress.clear()
    const text = `exported ${counted(size, 'record')} of ${printable(origin)} to ${printable(path)}, root ${signed.slice(0, 12)}\n`
    const json = JSON.stringify({ origin, size, root: signed, dir: path })
    await terminal.out.write(invocation.flag('json') ? `${json}\n` : text)
    return exitCodes.ok
  } finally {
    progress.clear()
  }
}
