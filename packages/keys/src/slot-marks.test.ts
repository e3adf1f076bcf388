/** Births noted in their slots: records of new people stand behind this, so it must not take a turn of the process each. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { stateSpan } from './slot.ts'
import { realIo, type SlotIo, type Step } from './slot-io.ts'
import { openSubjectFiles } from './subject-files.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'trailmark-marks-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const people = 40
/** A note is no more than state and checksum; slots themselves are written in one piece. */
const markBytes = stateSpan.to - stateSpan.from

interface Watched {
  readonly io: SlotIo
  /** Notes under way: the most at once, and how many there are now. */
  readonly most: () => number
  readonly now: () => number
}

function watch(fail: () => boolean): Watched {
  let most = 0
  let now = 0
  const io: SlotIo = {
    ...realIo,
    write(fd, bytes, position) {
      const step = realIo.write(fd, bytes, position)
      if (bytes.length > markBytes) return step
      const watched: Step = {
        now: () => step.now(),
        async later() {
          now += 1
          most = Math.max(most, now)
          const refused = fail()
          try {
            if (refused) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' })
            await step.later()
          } finally {
            now -= 1
          }
        },
      }
      return watched
    },
  }
  return { io, most: () => most, now: () => now }
}

async function noted(fail: () => boolean) {
  const watched = watch(fail)
  const clock = { now: () => Date.parse('2026-06-15T12:00:00Z') }
  const open = (io: SlotIo) => openSubjectFiles({ dir: root, create: true, clock, io, onProblem: () => {} })
  const subjects = open(watched.io)
  const kids = Array.from({ length: people }, (_, i) => subjects.current({ id: `usr_${i}` })?.kid ?? 'none')
  await subjects.persist()
  subjects.told(kids)
  // Only what is due is written, and the notes with it.
  subjects.current({ id: 'one more' })
  return { watched, subjects, reopen: () => open(realIo) }
}

test('births are noted all at once', async () => {
  const { watched, subjects, reopen } = await noted(() => false)
  await subjects.persist()
  expect(watched.most()).toBe(people)
  const next = reopen()
  for (let i = 0; i < people; i++) next.current({ id: `usr_${i}` })
  expect(next.takeNews()).toEqual([])
})

test('where one cannot be noted, none is still on its way when that is said', async () => {
  let asked = 0
  const { watched, subjects } = await noted(() => {
    asked += 1
    return asked === 1
  })
  await expect(subjects.persist()).rejects.toMatchObject({ code: 'ENOSPC' })
  expect([asked, watched.now()]).toEqual([people, 0])
})
