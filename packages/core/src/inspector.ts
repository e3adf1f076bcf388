/**
 * Whether a debugger can be attached to this process: then everything in it can be read, and changed, by whoever reaches the
 * port. Asked at start and while the process runs, because SIGUSR1 opens the inspector of a process that began without.
 */

/** `--inspect-port` alone opens nothing. */
const flag = /^--inspect(?:-brk|-wait)?(?:=|$)/

/** Never throws; false where Node was built without an inspector. */
export function isInspectorOpen(
  env: Readonly<Record<string, string | undefined>>,
  execArgv = process.execArgv,
): boolean {
  return execArgv.some(isFlag) || (env['NODE_OPTIONS']?.split(/\s/).some(isFlag) ?? false) || isListening()
}

function isFlag(argument: string): boolean {
  return flag.test(argument)
}

function isListening(): boolean {
  try {
    return process.getBuiltinModule('node:inspector').url() !== undefined
  } catch {
    return false
  }
}
