/**
 * What every adapter promises, written once and run by each over real connections.
 *
 * A behaviour is a sentence and a function. What a framework cannot do is listed by its sentence with the reason, and shows
 * up as skipped; a sentence that does not exist fails, so that the list cannot rot.
 */
import { describe, expect, it } from 'vitest'
import type { Harness } from './application.ts'
import { blocking } from './block.ts'
import { debugGuard } from './debug-guard.ts'
import { decisions } from './decisions.ts'
import { declaredAccess } from './declared-access.ts'
import { declaredLogin } from './declared-login.ts'
import { errors } from './errors.ts'
import { holding } from './hold.ts'
import { hostileInput } from './hostile-input.ts'
import { ids } from './ids.ts'
import { logsSayNothing } from './logs-say-nothing.ts'
import { routePolicy } from './route-policy.ts'
import { openStage, type Stage, type StageOptions } from './stage.ts'
import { survival } from './survival.ts'
import { terminalLine } from './terminal-line.ts'
import { traceHeaders } from './trace-headers.ts'

export interface Bench {
  readonly harness: Harness
  open(application: StageOptions): Promise<Stage>
}

/** Registers one behaviour; the title is a claim in the present tense. */
export type Behaviour = (title: string, run: (bench: Bench) => Promise<void>) => void

export interface ConformanceOptions {
  /** Titles of behaviours this framework cannot have, each with the reason. */
  readonly skip?: Readonly<Record<string, string>>
}

const themes: Readonly<Record<string, (behaviour: Behaviour) => void>> = {
  'request ids': ids,
  'trace headers and trust': traceHeaders,
  'the terminal line': terminalLine,
  'decisions by status': decisions,
  'declared access': declaredAccess,
  'declared logins and events': declaredLogin,
  'routes declared by configuration': routePolicy,
  errors,
  'hostile input': hostileInput,
  'the context survives': survival,
  'class block': blocking,
  'held answers': holding,
  'the debug guard': debugGuard,
  'what is written': logsSayNothing,
}

export function adapterConformance(name: string, harness: Harness, { skip = {} }: ConformanceOptions = {}): void {
  const bench: Bench = { harness, open: (application) => openStage(harness, application) }
  const titles = new Set<string>()
  describe(name, () => {
    for (const [theme, register] of Object.entries(themes)) {
      describe(theme, () => {
        register((title, run) => {
          titles.add(title)
          const reason = skip[title]
          if (reason === undefined) it(title, () => run(bench))
          else it.skip(`${title} (${reason})`)
        })
      })
    }
    it('skips no behaviour that does not exist', () => {
      expect(Object.keys(skip).filter((title) => !titles.has(title))).toEqual([])
    })
  })
}
