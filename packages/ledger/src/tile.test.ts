import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { reference } from './prove/rfc6962.fixture.ts'
import { foldTile, formatTile, parseTile, partialDirectory, tileFile } from './tile.ts'
import { leafOf } from './tree.ts'

describe('the name of a tile', () => {
  it.each([
    [{ level: 0, index: 0, width: 256 }, 'tile/0/000'],
    [{ level: 0, index: 67, width: 256 }, 'tile/0/067'],
    [{ level: 1, index: 999, width: 256 }, 'tile/1/999'],
    [{ level: 0, index: 1000, width: 256 }, 'tile/0/x001/000'],
    [{ level: 0, index: 1_234_067, width: 256 }, 'tile/0/x001/x234/067'],
    [{ level: 2, index: 0, width: 17 }, 'tile/2/000.p/17'],
    [{ level: 0, index: 1_234_067, width: 1 }, 'tile/0/x001/x234/067.p/1'],
    [{ level: 0, index: Number.MAX_SAFE_INTEGER, width: 256 }, 'tile/0/x009/x007/x199/x254/x740/991'],
  ])('of %j is %s', (place, name) => {
    expect(tileFile(place)).toBe(name)
  })

  it('is in the directory of partial tiles exactly when it is one', () => {
    fc.assert(
      fc.property(fc.nat(6), fc.nat(), fc.integer({ min: 1, max: 256 }), (level, index, width) => {
        const inside = tileFile({ level, index, width }).startsWith(`${partialDirectory(level, index)}/`)
        expect(inside).toBe(width < 256)
      }),
    )
  })
})

describe('a tile', () => {
  it('is read back as it was written, and only at its width', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 256 }), fc.integer({ min: 1, max: 256 }), (width, other) => {
        const hashes = Array.from({ length: width }, (_, i) => leafOf(String(i)))
        const bytes = formatTile(hashes)
        expect(parseTile(bytes, width)).toEqual(hashes)
        expect(parseTile(bytes, other)).toEqual(other === width ? hashes : undefined)
      }),
    )
  })

  it('is no tile when a byte is missing or too many, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 9000 }), fc.integer({ min: 1, max: 256 }), (bytes, width) => {
        const found = parseTile(Buffer.from(bytes), width)
        expect(found?.length).toBe(bytes.length === width * 32 ? width : undefined)
      }),
    )
  })

  it('folds to the root over its leaves', () => {
    const tree = reference(Array.from({ length: 256 }, (_, i) => String(i)))
    for (let count = 1; count <= 256; count *= 2) {
      const leaves = Array.from({ length: count }, (_, i) => tree.leaf(i))
      expect(foldTile(leaves)).toBe(tree.root(count))
    }
  })
})
