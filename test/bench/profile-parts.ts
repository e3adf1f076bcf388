/** Which part of the work a sample of a CPU profile belongs to: by the nearest frame of our own, or by what that called of Node. */
export interface Frame {
  readonly functionName: string
  readonly url: string
  readonly lineNumber: number
}

/** What our code calls that has a price of its own, wherever it is called from. */
const called: readonly (readonly [part: string, urls: RegExp])[] = [
  ['SHA-256 and HMAC', /^node:internal\/crypto\/hash$/],
  ['encryption and keys', /^node:internal\/crypto\//],
  ['files: write, sync, open', /^node:(internal\/)?fs/],
]

/** First match counts. Paths are below `packages/`. */
const own: readonly (readonly [part: string, files: RegExp])[] = [
  ['adapter', /^(express|fastify|koa|hono|nestjs)\//],
  ['access line', /^core\/src\/record\/(access-line|line-|operational|human|duration-text)/],
  ['serialise', /^core\/src\/record\/(serialise|bodies)/],
  ['ledger: queue, batch, tree, receipts', /^(ledger\/|core\/src\/(record\/|receipt|storage))/],
  ['mask', /^(keys\/|core\/src\/(mask\/|scrub\/|pseudonyms))/],
  ['ids, trace, address', /^core\/src\/(capture\/|id\.|clock)/],
  [
    'declared access',
    /^core\/src\/(audited-call|declared-call|own-event|http\/(access|declare|stated|identifiers|statement|decisions|ask|at-end))/,
  ],
  ['context and end of the exchange', /^core\/src\/(context|http\/)/],
  ['event, policy, draft', /^core\//],
]

export const parts = [...own.map(([part]) => part), ...called.map(([part]) => part)]
/** What is there without us, too. */
export const others = [
  'framework and other packages',
  'handler and load',
  'Node',
  'garbage collector',
  'native code',
] as const

/** `stack` begins with the innermost frame. */
export function partOf(stack: readonly Frame[]): string {
  const inner = stack[0]?.functionName
  if (inner === '(garbage collector)') return 'garbage collector'
  if (inner === '(program)') return 'native code'
  const at = stack.findIndex(({ url }) => url !== '' && !url.startsWith('node:'))
  const nearest = stack[at]
  if (nearest === undefined) return 'Node'
  const file = ownFile(nearest.url)
  if (file === undefined)
    return nearest.url.includes('/node_modules/') ? 'framework and other packages' : 'handler and load'
  const below = stack.slice(0, at)
  for (const [part, urls] of called) if (below.some(({ url }) => urls.test(url))) return part
  return own.find(([, files]) => files.test(file))?.[0] ?? 'event, policy, draft'
}

/** The nearest frame of ours: its function and its file, and the line where it has no name. */
export function placeOf(stack: readonly Frame[]): string | undefined {
  const nearest = stack.find(({ url }) => url !== '' && !url.startsWith('node:'))
  const file = nearest && ownFile(nearest.url)
  return file && `\`${nearest.functionName || `line ${nearest.lineNumber + 1}`}\` ${file.replace('/src/', '/')}`
}

const ownFile = (url: string): string | undefined => /\/packages\/([^/]+\/src\/.+)$/.exec(url)?.[1]
