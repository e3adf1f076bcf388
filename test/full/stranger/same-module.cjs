'use strict'
/**
 * Requires and imports every package named on the command line, and fails where the two are not one and the same, or where a
 * function lost its name on the way: stacks show it.
 */
async function main() {
  for (const name of process.argv.slice(2)) {
    const required = require(name)
    const imported = await import(name)
    const exported = Object.keys(imported)
    if (exported.length === 0) throw new Error(`${name} exports nothing`)
    // Where there is a default export, require() answers with a copy of the namespace that has __esModule as well.
    for (const key of exported) {
      if (required[key] !== imported[key]) throw new Error(`${key} of ${name} exists twice`)
      const { name: called } = Object(imported[key])
      if (typeof imported[key] === 'function' && /\$\d*$/.test(called))
        throw new Error(`${key} of ${name} is ${called}`)
    }
  }
  console.log('ok')
}

void main()
