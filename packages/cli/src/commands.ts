/**
 * The commands by name, in the order of the overview. Each is loaded when it is asked for: all of them together take longer than
 * most have to do.
 */
import type { Command } from './command.ts'

const loads: Readonly<Record<string, () => Promise<Command>>> = {
  verify: async () => (await import('./commands/verify.ts')).verifyCommand,
  prove: async () => (await import('./commands/prove.ts')).proveCommand,
  tail: async () => (await import('./commands/tail.ts')).tail,
  query: async () => (await import('./commands/query.ts')).queryCommand,
  timeline: async () => (await import('./commands/timeline.ts')).timelineCommand,
  reveal: async () => (await import('./commands/reveal.ts')).revealCommand,
  doctor: async () => (await import('./commands/doctor.ts')).doctor,
  coverage: async () => (await import('./commands/coverage.ts')).coverageCommand,
  keys: async () => (await import('./commands/keys.ts')).keysCommand,
  anchor: async () => (await import('./commands/anchor.ts')).anchorCommand,
  seal: async () => (await import('./commands/seal.ts')).sealCommand,
  scrub: async () => (await import('./commands/scrub.ts')).scrubCommand,
  witness: async () => (await import('./commands/witness.ts')).witnessCommand,
}

export const commandNames: readonly string[] = Object.keys(loads)

/** Undefined for a name that no command has. */
export async function loadCommand(name: string): Promise<Command | undefined> {
  return Object.hasOwn(loads, name) ? loads[name]?.() : undefined
}

/** All of them, for the overview. */
export function loadCommands(): Promise<readonly Command[]> {
  return Promise.all(Object.values(loads).map((load) => load()))
}
