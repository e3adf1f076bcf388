/**
 * Errors, and their stacks where only the text of one is left: what is written was parsed and checked, not copied.
 */
import { framesOf, frameText } from '../fault/frames.ts'
import { type SafeError, safeError } from '../fault/safe-error.ts'
import { copyMembers } from './walk-members.ts'
import { isFrame } from './walk-text.ts'
import { trusted, unnamed } from './walk-verdicts.ts'
import type { Walker } from './walker.ts'

/** The skeleton of an error. */
export function copyError(walk: Walker, error: object, level: number): unknown {
  return copySkeleton(walk, safeError(error, undefined, walk.hosts), level)
}

/** Its frames were parsed and checked one by one, and are not looked at again. */
export function copySkeleton(walk: Walker, { frames, causes, ...rest }: SafeError, level: number): unknown {
  const copied = copyMembers(walk, rest, unnamed, 0, level)
  if (typeof copied !== 'object' || copied === null) return copied
  const [framesShown, causesShown] = [
    frames && !walk.full ? walk.copy(frames, trusted, 0, level + 1) : undefined,
    causes && !walk.full ? walk.copy(causes, unnamed, 0, level + 1) : undefined,
  ]
  walk.wrote(12, 0)
  return {
    ...copied,
    ...(framesShown === undefined ? {} : { frames: framesShown }),
    ...(causesShown === undefined ? {} : { causes: causesShown }),
  }
}

/** The frames in the text of a stack. Its message goes, and names of functions with it: they could be parts of it. */
export function copyStack(walk: Walker, text: string): string | string[] {
  const frames = framesOf({ stack: text }).map(frameText)
  walk.removed('stack')
  const shown = frames.filter(isFrame)
  for (const frame of shown) walk.wrote(frame.length, 1)
  return shown.length === 0 ? '[withheld stack]' : shown
}
