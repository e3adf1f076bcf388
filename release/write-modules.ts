/**
 * The JavaScript of a published package: what `tsc` made of its sources, put together into one file an entry and few files that
 * entries share. Loading a package then reads a handful of files where it read hundreds.
 *
 * Names and lines stay as they were written, because stacks and auditors are read. Comments go: the sources keep them.
 */
import { basename, dirname, join } from 'node:path'
import { type Plugin, rolldown } from 'rolldown'

/** Writes what `entries` need into `out`, flat, so that `./` and `../package.json` mean the same in each of the files. */
export async function writeModules(entries: readonly string[], out: string): Promise<void> {
  const bundle = await rolldown({
    cwd: dirname(out),
    input: Object.fromEntries(entries.map((file) => [basename(file, '.js'), file])),
    external: (id) => !id.startsWith('.') && !id.startsWith('/'),
    platform: 'node',
    plugins: [startedFiles, oneByteACharacter],
    onLog(_level, log) {
      throw new Error(log.message)
    },
  })
  await bundle.write({
    dir: out,
    keepNames: true,
    minifyInternalExports: false,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: '[name].js',
    comments: false,
    // One statement a line: a frame of a stack names the line.
    minify: {
      compress: { sequences: false, joinVars: false },
      mangle: false,
      codegen: { removeWhitespace: false },
    },
  })
  await bundle.close()
}

/** A file that another one starts in a thread or a process of its own is named, not imported, and looked for beside it. */
const startedFiles: Plugin = {
  name: 'started files',
  transform(code, id) {
    for (const [, name = ''] of code.matchAll(/new URL\(['"`]\.\/([\w-]+)[^,]*, import\.meta\.url\)/g))
      this.emitFile({
        type: 'chunk',
        id: join(dirname(id), `${name}.js`),
        fileName: `${name}.js`,
        preserveSignature: 'allow-extension',
      })
  },
}

/**
 * One character beyond Latin-1 and V8 keeps the whole file with two bytes for each: it is compiled later and takes twice the
 * memory for as long as the process lives. Words of other scripts are therefore escaped.
 */
const oneByteACharacter: Plugin = {
  name: 'one byte a character',
  generateBundle(_options, bundle) {
    for (const file of Object.values(bundle)) {
      if (file.type !== 'chunk') continue
      if (/String\.raw`[^`]*[^\0-\xff`][^`]*`/.test(file.code))
        throw new Error(`${file.fileName}: String.raw sees what is escaped`)
      file.code = file.code.replace(/[^\0-\xff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    }
  },
}
