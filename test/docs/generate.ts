import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../architecture/imports.ts'
import { render as renderErrors } from './errors.ts'
import { render as renderEvents } from './events.ts'

/** Writes the pages of docs/ that are made from the code. */
export const pages: Record<string, () => string | Promise<string>> = {
  'docs/errors.md': renderErrors,
  'docs/events.md': renderEvents,
}

if (import.meta.main) {
  for (const [path, render] of Object.entries(pages)) writeFileSync(join(root, path), await render())
}
