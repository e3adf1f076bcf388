/** Keys that die with the process: for tests, and for running without a disk. */
import { generateLogKey, parseLogKey } from './log-key.ts'
import { memoryEpochs } from './memory-epochs.ts'
import type { Keys, TokenKey, TokenScope } from './ports.ts'
import { memorySubjects } from './subject-files.ts'
import { generateTokenKey, parseTokenKey } from './token-key.ts'

/**
 * New keys that are never written anywhere: one for signing, one for stable tokens, one for monthly ones whatever the month,
 * and those of epochs and of people as they come.
 * Records made with them cannot be linked to those of another run.
 */
export function memoryKeys(): Keys {
  const log = parseLogKey(generateLogKey())
  const keys: Record<TokenScope, TokenKey | undefined> = {
    stable: parseTokenKey(generateTokenKey(Date.now())),
    monthly: parseTokenKey(generateTokenKey(Date.now())),
  }
  const { stable, monthly } = keys
  if (log === undefined || stable === undefined || monthly === undefined) throw new TypeError('unreadable new key')
  return {
    dir: '',
    created: true,
    log,
    epochs: memoryEpochs(),
    tokens: {
      current: (scope) => (scope === 'stable' ? stable : monthly),
      all: (scope) => [scope === 'stable' ? stable : monthly],
    },
    subjects: memorySubjects(),
  }
}
