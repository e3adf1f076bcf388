import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/**
 * True where a program that a test needs is not installed: the test is then skipped by name. Where everything has to be
 * there (`TRAILMARK_REQUIRE_COMPONENTS=1`) it is never missing, so that the test runs and fails instead.
 */
export function missing(program: string): boolean {
  if (process.env['TRAILMARK_REQUIRE_COMPONENTS'] === '1') return false
  return !(process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}
