/**
 * Subject keys over a slot store: who gets which key, what is new about it, and what is forgotten.
 *
 * A person who was seen lately costs two map look-ups. Otherwise their slots are looked for in memory, then in what other
 * processes added, and only then a key is made; in memory, so that no record waits for a disk.
 */
import { type KeyObject, randomBytes } from 'node:crypto'
import { KeysError } from './errors.ts'
import type {
  DestroyedSubject,
  SealedEnvelope,
  Subject,
  SubjectKey,
  SubjectKeys,
  SubjectNews,
  TendedKeys,
} from './ports.ts'
import { RecentSubjects } from './recent-subjects.ts'
import { epochOf, isErased, kekOf, kidOf, makeSlot, slotState, stateOf, unwrap } from './slot.ts'
import type { SlotStore } from './slot-store.ts'
import { nowhere, type Place } from './slot-table.ts'
import { anonymousId, type Epoch, isMonth, monthEndMs, monthOf, subjectId, yearOf } from './subject-epoch.ts'
import { OpenSubjectKey } from './subject-key.ts'

/** Keys that may wait for the disk; beyond, people are not given any. */
const pendingMax = 65_536
/** How often a busy process looks whether others destroyed keys it remembers. */
const lookMsMin = 1_000
/** Looking for new slots may take this part of the time at most: a flood of new people must not become one of looks. */
const lookShare = 20
const anonymousMsMax = 90 * 86_400_000

export interface SubjectStoreParts {
  readonly slots: SlotStore
  /** Undefined for readers of a directory without any. */
  readonly indexKey: KeyObject | undefined
  readonly clock: { now(): number }
  readonly onProblem: (error: KeysError) => void
}

export class SubjectStore implements SubjectKeys {
  readonly #parts: SubjectStoreParts
  readonly #recent = new RecentSubjects()
  /**
   * Pseudonyms by slot: deriving one costs four times as much as unwrapping its key. No more than there are slots in memory,
   * each of them larger; looked up only behind a slot that was not destroyed.
   */
  readonly #names = new Map<number, string>()
  #epoch: Epoch
  #month: { readonly number: number; readonly key: OpenSubjectKey } | undefined
  #news: SubjectNews[] = []
  /** Births told by this process and not known to be durable, by key id. */
  readonly #telling = new Map<string, number>()
  #lookedMs: number
  #mayLookAt = 0

  constructor(parts: SubjectStoreParts) {
    this.#parts = parts
    this.#lookedMs = parts.clock.now()
    this.#epoch = yearOf(this.#lookedMs)
    parts.slots.look((slot, place) => parts.slots.table.add(slot, place))
  }

  current(subject: Subject): SubjectKey | undefined {
    const now = this.#parts.clock.now()
    this.#turn(now)
    return this.#recent.get(subject) ?? this.#meet(subject, true)
  }

  find(subject: Subject): SubjectKey | undefined {
    this.#turn(this.#parts.clock.now())
    return this.#recent.get(subject) ?? this.#meet(subject, false)
  }

  anonymous(): SubjectKey | undefined {
    const number = monthOf(this.#parts.clock.now())
    if (this.#month?.number === number) return this.#month.key
    const { indexKey } = this.#parts
    if (indexKey === undefined) return undefined
    const key = this.#keyOf(anonymousId(indexKey, number), number, undefined, true)
    this.#month = key && { number, key }
    return key
  }

  all(subject: Subject): readonly SubjectKey[] {
    const { indexKey, slots } = this.#parts
    if (indexKey === undefined) return []
    this.#look()
    const keys: OpenSubjectKey[] = []
    for (const index of slots.table.ofSubject(subjectId(indexKey, subject))) {
      const key = this.#open(index)
      if (key !== undefined) keys.push(key)
    }
    return keys.toSorted((a, b) => Number(b.epoch) - Number(a.epoch))
  }

  wasErased(subject: Subject): boolean {
    const { indexKey, slots } = this.#parts
    if (indexKey === undefined) return false
    this.#look()
    return slots.table.ofSubject(subjectId(indexKey, subject)).some((index) => isErased(slots.table.slot(index)))
  }

  takeNews(): readonly SubjectNews[] {
    if (this.#news.length === 0) return none
    return this.#news.splice(0)
  }

  told(kids: readonly string[]): void {
    const { slots } = this.#parts
    for (const kid of kids) {
      const index = this.#telling.get(kid)
      this.#telling.delete(kid)
      if (index === undefined || isErased(slots.table.slot(index))) continue
      slots.table.setBorn(index)
      slots.mark(index)
    }
  }

  due(): boolean {
    return this.#parts.slots.due
  }

  persist(): Promise<void> {
    return this.#parts.slots.persist()
  }

  persistSync(): void {
    this.#parts.slots.persistSync()
  }

  open(sealed: SealedEnvelope): string {
    const { slots } = this.#parts
    const { kid, origin, recordId, pseudonym, commitment, envelope } = sealed
    const bytes = kidShape.test(kid) ? Buffer.from(kid, 'base64url') : Buffer.alloc(0)
    let index = slots.table.ofKid(bytes)
    if (index === undefined) {
      this.#look()
      index = slots.table.ofKid(bytes)
    }
    if (index === undefined) {
      if (slots.damaged.some((slot) => kidOf(slot).equals(bytes))) throw damaged(kid)
      throw new KeysError('KEYS_SUBJECT_UNKNOWN', `no slot has the subject key ${kid}`)
    }
    if (isErased(slots.table.slot(index)))
      throw new KeysError('KEYS_SUBJECT_ERASED', `subject key ${kid} was destroyed`)
    const key = this.#open(index)
    if (key === undefined) throw damaged(kid)
    if (key.commitment !== commitment) {
      throw new KeysError('KEYS_COMMITMENT_MISMATCH', `subject key ${kid} is not the one whose birth is on record`)
    }
    const fields = key.open({ origin, recordId, kid, pseudonym }, envelope)
    if (fields === undefined) {
      throw new KeysError('KEYS_ENVELOPE_DAMAGED', `the envelope under ${kid} in ${recordId} does not open`)
    }
    return fields
  }

  async destroy(subject: Subject): Promise<DestroyedSubject> {
    const { indexKey } = this.#parts
    if (indexKey === undefined) throw new KeysError('KEYS_DIR_UNUSABLE', 'there are no subject keys here')
    return this.#erase([subjectId(indexKey, subject)])
  }

  async expireAnonymous(nowMs: number): Promise<readonly string[]> {
    const { slots, indexKey } = this.#parts
    const months = new Set<number>()
    for (let index = 0; index < slots.table.count; index++) {
      const slot = slots.table.slot(index)
      const epoch = epochOf(slot)
      if (isMonth(epoch) && !isErased(slot) && monthEndMs(epoch) + anonymousMsMax < nowMs) months.add(epoch)
    }
    if (months.size === 0 || indexKey === undefined || !slots.writable) return []
    return (await this.#erase([...months].map((month) => anonymousId(indexKey, month)))).kids
  }

  rotateKek(): Promise<readonly number[]> {
    return this.#parts.slots.rotate(this.#onSlot)
  }

  async tend(nowMs: number): Promise<TendedKeys> {
    const expired = await this.expireAnonymous(nowMs)
    const keks = this.#parts.slots.rotationDue(nowMs) ? await this.rotateKek() : none
    return { expired, keks }
  }

  async #erase(subjects: readonly Buffer[]): Promise<DestroyedSubject> {
    try {
      return await this.#parts.slots.erase(subjects, this.#onSlot)
    } finally {
      // Also where a file could not be overwritten: the key must not go on being used until somebody tries again.
      this.#forget()
    }
  }

  /** A new year, a look at what others did: seldom, and nobody waits for the latter. */
  #turn(nowMs: number): void {
    if (nowMs >= this.#epoch.untilMs || nowMs < this.#epoch.fromMs) {
      this.#epoch = yearOf(nowMs)
      this.#recent.clear()
    }
    if (Math.abs(nowMs - this.#lookedMs) < lookMsMin) return
    this.#lookedMs = nowMs
    setImmediate(() => this.#look())
  }

  #meet(subject: Subject, make: boolean): OpenSubjectKey | undefined {
    const { indexKey } = this.#parts
    if (indexKey === undefined) return undefined
    const key = this.#keyOf(subjectId(indexKey, subject), this.#epoch.number, subject, make)
    if (key !== undefined) this.#recent.set(subject, key)
    return key
  }

  /** The key of an id: known, made by others meanwhile, or made now. */
  #keyOf(id: Buffer, epoch: number, subject: Subject | undefined, make: boolean): OpenSubjectKey | undefined {
    const { table } = this.#parts.slots
    let index = table.oldest(id, epoch)
    if (index === undefined && performance.now() >= this.#mayLookAt) {
      this.#look()
      index = table.oldest(id, epoch)
    }
    const known = index === undefined ? undefined : this.#open(index)
    if (index !== undefined && known !== undefined) {
      this.#tellIfUnborn(index, known, id, subject)
      return known
    }
    return make ? this.#make(id, epoch, subject) : undefined
  }

  #make(id: Buffer, epoch: number, subject: Subject | undefined): OpenSubjectKey | undefined {
    const { slots, clock } = this.#parts
    const kek = slots.kek()
    if (!slots.writable || kek === undefined || slots.pending >= pendingMax) return undefined
    const secret = randomBytes(48)
    const [kid, bytes] = [secret.subarray(0, 16), secret.subarray(16)]
    const slot = makeSlot({ subject: id, kid, epoch, createdMs: clock.now(), key: bytes }, kek.key, kek.number)
    const key = new OpenSubjectKey(kid, epoch, bytes)
    secret.fill(0)
    const { index } = slots.table.add(slot, { file: nowhere, at: nowhere })
    this.#names.set(index, key.pseudonym)
    slots.add(index)
    this.#tellBirth(index, key, id, subject)
    return key
  }

  /** A key whose birth may not be on record, since its process ended or is only just writing it: told once more. */
  #tellIfUnborn(index: number, key: OpenSubjectKey, id: Buffer, subject: Subject | undefined): void {
    const { slots } = this.#parts
    if (!slots.writable || stateOf(slots.table.slot(index)) !== slotState.made || this.#telling.has(key.kid)) return
    slots.rely(index)
    this.#tellBirth(index, key, id, subject)
  }

  #tellBirth(index: number, key: OpenSubjectKey, id: Buffer, subject: Subject | undefined): void {
    this.#telling.set(key.kid, index)
    this.#news.push({ kind: 'birth', key, ...(subject && { subject }) })
    const { clock, slots } = this.#parts
    if (subject === undefined || clock.now() >= this.#epoch.overlapUntilMs) return
    const before = slots.table.oldest(id, this.#epoch.previous)
    const previous = before === undefined ? undefined : this.#open(before)
    if (previous !== undefined) this.#news.push({ kind: 'alias', key, previous, reason: 'epoch' })
  }

  /** Reads what other processes did. What goes wrong is told and otherwise as if there were nothing new. */
  #look(): void {
    const started = performance.now()
    try {
      this.#parts.slots.look(this.#onSlot)
    } catch (error) {
      if (error instanceof KeysError) this.#parts.onProblem(error)
    }
    const ended = performance.now()
    this.#mayLookAt = ended + (ended - started) * lookShare
  }

  readonly #onSlot = (slot: Buffer, place: Place): void => {
    const { slots } = this.#parts
    const { index, change } = slots.table.add(slot, place)
    if (change === 'erased') this.#forget()
    if (change === 'new') this.#linkTwins(index)
  }

  /** Two processes made a key for one person: from now on both use the older, and both names are told to be one person's. */
  #linkTwins(index: number): void {
    const { slots } = this.#parts
    const { table } = slots
    const slot = table.slot(index)
    if (isErased(slot)) return
    const twins = table.ofSubject(slot.subarray(0, 16)).filter((other) => {
      const twin = table.slot(other)
      return other !== index && epochOf(twin) === epochOf(slot) && !isErased(twin) && slots.isOwn(other)
    })
    if (twins.length === 0) return
    this.#forget()
    for (const twin of twins) {
      const [older, newer] = table.oldest(slot.subarray(0, 16), epochOf(slot)) === twin ? [twin, index] : [index, twin]
      const [key, previous] = [this.#open(older), this.#open(newer)]
      if (key && previous) this.#news.push({ kind: 'alias', key, previous, reason: 'two_writers' })
    }
  }

  #forget(): void {
    this.#recent.clear()
    this.#names.clear()
    this.#month = undefined
  }

  #kekOf(slot: Buffer): KeyObject | undefined {
    try {
      return this.#parts.slots.findKek(kekOf(slot))
    } catch (error) {
      if (error instanceof KeysError) this.#parts.onProblem(error)
      return undefined
    }
  }

  /** The key of a slot; undefined when it was destroyed, or cannot be unwrapped, which is told. */
  #open(index: number): OpenSubjectKey | undefined {
    const { slots, onProblem } = this.#parts
    const slot = slots.table.slot(index)
    if (isErased(slot)) return undefined
    const kek = this.#kekOf(slot)
    const key = kek && unwrap(slot, kek)
    if (key === undefined) {
      onProblem(damaged(kidOf(slot).toString('base64url'), `; it names key-encryption key ${kekOf(slot)}`))
      return undefined
    }
    const name = this.#names.get(index)
    const opened = new OpenSubjectKey(kidOf(slot), epochOf(slot), key, name)
    key.fill(0)
    if (name === undefined) this.#names.set(index, opened.pseudonym)
    return opened
  }
}

const none: readonly never[] = Object.freeze([])
const kidShape = /^[A-Za-z0-9_-]{22}$/

function damaged(kid: string, more = ''): KeysError {
  return new KeysError('KEYS_SLOT_DAMAGED', `the slot of subject key ${kid} cannot be read${more}`)
}
