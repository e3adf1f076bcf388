/** What `doctor` hands on: one answer for each thing it looked at. */

export interface Finding {
  /** Stable name, for scripts: `keys_in_git_tree`. */
  readonly name: string
  /** `weak` makes the exit code 1; `note` is worth knowing; `ok` was looked at and is as it should be. */
  readonly state: 'ok' | 'note' | 'weak'
  /** What is the case. */
  readonly text: string
  /** What to do about it. */
  readonly advice?: string
}

/** What the checks may look at. */
export interface Patient {
  readonly root: string
  readonly keysDir: string
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  readonly nowMs: number
}

export const ok = (name: string, text: string): Finding => ({ name, state: 'ok', text })
export const note = (name: string, text: string, advice?: string): Finding => finding('note', name, text, advice)
export const weak = (name: string, text: string, advice?: string): Finding => finding('weak', name, text, advice)

function finding(state: Finding['state'], name: string, text: string, advice: string | undefined): Finding {
  return { name, state, text, ...(advice !== undefined && { advice }) }
}
