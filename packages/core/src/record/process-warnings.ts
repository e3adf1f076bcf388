/**
 * Process warnings without the data in them.
 *
 * Node prints every warning to stderr in full: deprecations, but also what libraries emit with an e-mail address or a query in
 * the text. Its printer is a listener like any other and the first one, so it can be taken off and put back. Listeners of the
 * application stay and get the warning itself.
 */

type Printer = (warning: unknown) => void

const printers = new Set<Printer>()
let usual: ((warning: Error) => void) | undefined
let printed = 0
/** A process that warns on every request would fill its output. */
const printedMax = 1_000

/** Prints warnings by `print` instead of Node's way, until the returned function is called; of several, the first prints. */
export function takeWarnings(print: Printer): () => void {
  if (printers.size === 0) takeOff()
  printers.add(print)
  return () => {
    if (printers.delete(print) && printers.size === 0) putBack()
  }
}

function takeOff(): void {
  // Where it is missing (`--no-warnings`), nobody wants to see any.
  usual = process.listeners('warning').find((listener) => listener.name === 'onWarning')
  if (usual === undefined) return
  process.off('warning', usual)
  process.prependListener('warning', onProcessWarning)
}

function putBack(): void {
  process.off('warning', onProcessWarning)
  if (usual !== undefined) process.prependListener('warning', usual)
  usual = undefined
}

function onProcessWarning(warning: Error & { readonly code?: unknown }): void {
  const [print] = printers
  if (print === undefined || printed >= printedMax || isSwitchedOff(warning)) return
  printed += 1
  print(warning)
}

/** What `--no-deprecation` and `--disable-warning=CODE` switch off. */
function isSwitchedOff(warning: { readonly name?: unknown; readonly code?: unknown }): boolean {
  if (warning.name === 'DeprecationWarning' && Reflect.get(process, 'noDeprecation') === true) return true
  const flags = [...process.execArgv, ...(process.env['NODE_OPTIONS'] ?? '').split(' ')]
  return flags.includes(`--disable-warning=${warning.code}`) || flags.includes(`--disable-warning=${warning.name}`)
}
