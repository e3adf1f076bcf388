/** Random numbers that are the same in every run: a seed that found something is a test. */

/** Gives numbers from 0 to `choices` - 1, by the 32-bit generator mulberry32. */
export function seeded(seed: number): (choices: number) => number {
  let state = seed >>> 0
  return (choices) => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * choices)
  }
}

/** A pick of versions that is biased by its seed: some crashes lose nearly everything, others a sector or two. */
export function seededLoss(seed: number): (choices: number) => number {
  const random = seeded(seed)
  const kept = [0.02, 0.3, 0.5, 0.7, 0.9, 0.98, 1][random(7)] ?? 0.5
  return (choices) => (random(1000) < kept * 1000 ? choices - 1 : random(choices))
}
