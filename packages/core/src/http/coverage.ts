/** How adapters tell which routes are mounted, and what was declared of them. */
import type { Audit } from '../audit.ts'
import type { CoverageRegister } from '../coverage.ts'
import { runtimeOf } from '../runtime.ts'

/** The register of this audit's coverage, for a framework that says when a route is mounted. */
export function coverageOf(audit: Audit): CoverageRegister {
  return runtimeOf(audit).coverage
}

/** For a framework that does not: `tell` is asked whenever somebody asks for the coverage. */
export function watchCoverage(audit: Audit, tell: (register: CoverageRegister) => void): void {
  const register = coverageOf(audit)
  register.watch(() => tell(register))
}
