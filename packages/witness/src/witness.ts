/**
 * The witness itself: what `add-checkpoint` of C2SP `tlog-witness` decides, without HTTP.
 *
 * Per log, one request at a time is compared with what is remembered, stored, and answered, in this order:
 *
 *     1. compare   old size, root, consistency proof
 *     2. store     checkpoint and cosignature, durable
 *     3. answer    the cosignature
 *
 * A crash before 2 leaves the old state and nothing signed; after 2 the log asks again and is told the size it sent.
 */
import { resolve } from 'node:path'
import {
  type Disk,
  type HeldDirectory,
  holdDirectory,
  LedgerError,
  makeDirectoryDurably,
  realDisk,
} from '@trailmark/ledger'
import {
  type Checkpoint,
  type Cosigner,
  cosign,
  emptyRoot,
  formatVkey,
  type Hash,
  isKeyName,
  type Note,
  parseAddCheckpoint,
  parseCheckpoint,
  parseNote,
  signatureTypes,
  verifierKey,
} from '@trailmark/ledger/notes'
import { verifyConsistency } from '@trailmark/ledger/prove'
import { type Answer, conflict, cosigned, refusal } from './answer.ts'
import { systemCode, WitnessError } from './errors.ts'
import { keepFork } from './forks.ts'
import { openKeyFile } from './key-file.ts'
import { type LogState, LogStates } from './log-states.ts'
import { keepOnly, signersOf, TrustedLogs } from './trusted-logs.ts'

/** A clock that was set back by less than this signs with the time of the last cosignature; by more, not at all. */
const clockBackSMax = 600

export interface WitnessOptions {
  /** Where the witness keeps its key and what it remembers. Nothing but this process may write there. */
  readonly dir: string
  /** The name it signs under, such as `witness.example/w1`: needed once, to make the key. */
  readonly name?: string
  /** Default `witness.key` in `dir`. */
  readonly keyFile?: string
  /** Verifier keys of the logs to sign for. One named for a stream stands for all of its writers. */
  readonly logs: readonly string[]
  /** Signs for every origin one of these keys speaks for; the first that does is the only one for it. Default false. */
  readonly anyOrigin?: boolean
  /** Told what an operator should know: forks, wrong proofs, failed writes. It must not throw. */
  readonly onTrouble?: (error: WitnessError) => void
  readonly disk?: Disk
  readonly clock?: { now(): number }
}

/** A witness that holds its directory. */
export interface Witness {
  readonly name: string
  /** What logs and verifiers are configured with. */
  readonly vkey: string
  /** The answer to the body of one request. Never rejects, whatever the bytes. */
  add(body: Uint8Array): Promise<Answer>
  /** Waits for what is under way, and lets go of the directory. Whoever asks afterwards gets 500. */
  close(): Promise<void>
}

/**
 * Opens a witness. Rejects with WITNESS_OPTION_INVALID, WITNESS_DIR_UNUSABLE, WITNESS_HELD, WITNESS_NAME_NEEDED,
 * WITNESS_KEY_INVALID, WITNESS_KEY_READABLE, WITNESS_STATE_DAMAGED.
 *
 *     const witness = await openWitness({ dir: '/var/lib/witness', name: 'witness.example/w1', logs: ['clinic/anchor.long+…'] })
 */
export async function openWitness(options: WitnessOptions): Promise<Witness> {
  checkOptions(options)
  const logs = new TrustedLogs(options.logs, options.anyOrigin ?? false)
  const disk = options.disk ?? realDisk
  const dir = resolve(options.dir)
  const held = hold(disk, dir)
  try {
    const cosigner = openKeyFile(options.keyFile ?? resolve(dir, 'witness.key'), options.name)
    const own = verifierKey(cosigner.name, signatureTypes.cosignature, cosigner.publicKey)
    const states = new LogStates(disk, dir, own)
    const now = (): number => Math.floor((options.clock?.now() ?? Date.now()) / 1000)
    const onTrouble = options.onTrouble ?? (() => undefined)
    return new OpenWitness({ dir, disk, held, cosigner, vkey: formatVkey(own), states, logs, now, onTrouble })
  } catch (error) {
    await held.release()
    throw error
  }
}

interface Parts {
  readonly dir: string
  readonly disk: Disk
  readonly held: HeldDirectory
  readonly cosigner: Cosigner
  readonly vkey: string
  readonly states: LogStates
  readonly logs: TrustedLogs
  now(): number
  onTrouble(error: WitnessError): void
}

interface Request {
  readonly old: number
  readonly proof: readonly Hash[]
  readonly note: Note
  readonly checkpoint: Checkpoint
}

/** The signed checkpoint without whatever else stood below it. */
interface Signed extends Request {
  readonly signed: string
}

class OpenWitness implements Witness {
  readonly #parts: Parts
  /** The last request of each log that is under way: the next one waits for it. */
  readonly #turns = new Map<string, Promise<Answer>>()
  #closed = false

  constructor(parts: Parts) {
    this.#parts = parts
  }

  get name(): string {
    return this.#parts.cosigner.name
  }

  get vkey(): string {
    return this.#parts.vkey
  }

  async add(body: Uint8Array): Promise<Answer> {
    const request = parse(body)
    if (request === undefined) return refusal(400, 'not a request of add-checkpoint')
    const { origin, size } = request.checkpoint
    const { keys, named } = this.#parts.logs.keysOf(origin)
    if (keys.length === 0) return refusal(404, 'this log is not known here')
    const signers = signersOf(request.note, keys)
    if (signers.length === 0) return refusal(403, 'none of the keys trusted for this log signed')
    if (request.old > size) return refusal(400, 'the old size is larger than the checkpoint')
    if (this.#closed) return refusal(500, 'the witness is stopping')
    return this.#inTurn(origin, async () => {
      const state = this.#parts.states.find(origin)
      // Whoever spoke first for an origin that nobody named is the only one who may.
      if (!named && state && signersOf(state.note, signers).length === 0)
        return refusal(403, 'another key speaks for this log')
      const signed = { ...request, signed: keepOnly(request.note, signers) }
      return (await this.#compare(signed, state)) ?? (await this.#cosign(signed, state))
    })
  }

  async close(): Promise<void> {
    this.#closed = true
    await Promise.all(this.#turns.values())
    await this.#parts.held.release()
  }

  /** One after the other for each log: nothing may come between comparing and storing. */
  #inTurn(origin: string, work: () => Promise<Answer>): Promise<Answer> {
    const before = this.#turns.get(origin)
    const turn = (before ?? Promise.resolve()).then(work).catch((error: unknown) => this.#failed(error))
    this.#turns.set(origin, turn)
    return turn.finally(() => {
      if (this.#turns.get(origin) === turn) this.#turns.delete(origin)
    })
  }

  /** Why this is not the log the witness remembers, or undefined. */
  async #compare(request: Signed, state: LogState | undefined): Promise<Answer | undefined> {
    const { old, proof, checkpoint, signed } = request
    const { origin, size, root } = checkpoint
    const from = state?.checkpoint.size ?? 0
    const fromRoot = state?.checkpoint.root ?? emptyRoot
    if (old !== from) return conflict(from)
    if (size === from && root !== fromRoot) {
      this.#tell(new WitnessError('WITNESS_FORK', `${quote(origin)} signed another tree of size ${size}`))
      await keepFork(this.#parts.disk, this.#parts.dir, { origin, size, note: signed })
      return conflict(from)
    }
    if (verifyConsistency({ from, fromRoot, to: size, toRoot: root, proof })) return undefined
    this.#tell(new WitnessError('WITNESS_PROOF_REFUSED', `${quote(origin)}: from size ${from} to ${size}`))
    return refusal(422, 'the consistency proof does not lead from what is held to this checkpoint')
  }

  async #cosign({ note, checkpoint, signed }: Signed, state: LogState | undefined): Promise<Answer> {
    const { cosigner, held, now, states } = this.#parts
    const timeS = timeAfter(state, now())
    // The same words at the same second: the same signature. Whoever repeats a note cannot keep the disk busy.
    if (state?.durable && state.timeS === timeS && state.note.text === note.text) return cosigned(state.line)
    if (!held.isOurs()) throw new WitnessError('WITNESS_HELD', 'another process took this directory over')
    const line = cosign(note.text, cosigner, timeS)
    await states.store(checkpoint.origin, Buffer.from(signed + line), { checkpoint, note, timeS, line, durable: true })
    return cosigned(line)
  }

  #failed(error: unknown): Answer {
    const why = error instanceof Error ? error.message : String(error)
    const known = error instanceof WitnessError ? error : new WitnessError('WITNESS_STATE_UNWRITTEN', why)
    this.#tell(known)
    return refusal(500, `not cosigned (${known.code})`)
  }

  #tell(error: WitnessError): void {
    try {
      this.#parts.onTrouble(error)
    } catch {
      // Whoever listens has trouble of his own.
    }
  }
}

function parse(body: Uint8Array): Request | undefined {
  const framed = parseAddCheckpoint(body)
  const note = framed && parseNote(framed.note)
  const checkpoint = note && parseCheckpoint(note.text)
  return framed && note && checkpoint && { old: framed.old, proof: framed.proof, note, checkpoint }
}

/** Cosignatures of one log never go back in time: a later one would otherwise deny an earlier one. */
function timeAfter(state: LogState | undefined, nowS: number): number {
  if (state === undefined || nowS >= state.timeS) return nowS
  if (state.timeS - nowS <= clockBackSMax) return state.timeS
  const why = `it says ${nowS}, and ${quote(state.checkpoint.origin)} was cosigned at ${state.timeS}`
  throw new WitnessError('WITNESS_CLOCK_BACK', why)
}

function hold(disk: Disk, dir: string): HeldDirectory {
  try {
    makeDirectoryDurably(disk, dir)
    return holdDirectory(dir, disk)
  } catch (error) {
    if (error instanceof LedgerError && error.code === 'LEDGER_HELD')
      throw new WitnessError('WITNESS_HELD', `another process holds ${dir}`, { cause: error })
    throw new WitnessError('WITNESS_DIR_UNUSABLE', `${dir}: ${systemCode(error) || 'unknown error'}`, { cause: error })
  }
}

function checkOptions({ dir, name, keyFile, logs }: WitnessOptions): void {
  const wrong = (why: string) => new WitnessError('WITNESS_OPTION_INVALID', why)
  if (typeof dir !== 'string' || dir === '') throw wrong('dir has to be the path of a directory')
  if (keyFile === '') throw wrong('keyFile has to be the path of a file')
  if (name !== undefined && (typeof name !== 'string' || !isKeyName(name)))
    throw wrong('name has to be 1 to 512 characters without white space and +')
  if (!Array.isArray(logs) || !logs.every((one) => typeof one === 'string'))
    throw wrong('logs has to be a list of verifier keys')
}

function quote(origin: string): string {
  return JSON.stringify(origin.slice(0, 200))
}
