/** The tiles of a log, worked out from its lines by themselves; and what may happen to a tile. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { formatTile, tileFile } from '../tile.ts'
import { type Hash, Tree } from '../tree.ts'

/** Writes every full tile over these leaves, and partial ones from tile level `partialFrom` on. */
export function writeTiles(dir: string, leaves: readonly Hash[], partialFrom = 2): string[] {
  const files: string[] = []
  let level = 0
  for (let hashes = [...leaves]; hashes.length > 0; level++) {
    const above: Hash[] = []
    for (let first = 0; first < hashes.length; first += 256) {
      const part = hashes.slice(first, first + 256)
      if (part.length === 256) above.push(rootOver(part))
      if (part.length < 256 && level < partialFrom) continue
      const file = tileFile({ level, index: first / 256, width: part.length })
      mkdirSync(dirname(join(dir, file)), { recursive: true })
      writeFileSync(join(dir, file), formatTile(part))
      files.push(file)
    }
    hashes = above
  }
  return files
}

/** Over hashes of any level: a subtree's root is made of its halves in the same way at each of them. */
function rootOver(hashes: readonly Hash[]): Hash {
  const tree = new Tree()
  for (const hash of hashes) tree.push(hash)
  return tree.root()
}
