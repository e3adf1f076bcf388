import { describe, expect, it } from 'vitest'
import { layout } from './table.ts'
import type { Screen } from './terminal.ts'

const screen = (tty: boolean, columns: number): Screen => ({
  tty,
  fits: tty,
  columns,
  paint: (_, text) => text,
  write: () => Promise.resolve(),
  draw: () => undefined,
})
const columns = [
  { title: 'TIME', width: 12 },
  { title: 'ACTOR', width: 10, grow: 1 },
  { title: 'MORE', width: 20, fromColumns: 100 },
]
const cells = ['10:04:05.123', 'x'.repeat(200), 'y'.repeat(200)]

describe('a table', () => {
  it.each([80, 100, 137, 250])('fits a screen of %i columns', (width) => {
    const table = layout(columns, screen(true, width))
    expect(table.row(cells).length).toBeLessThanOrEqual(width)
    expect(table.header()).toContain('TIME')
    expect(table.row(cells)).toContain('…')
    expect(table.row(cells).includes('y')).toBe(width >= 100)
  })

  it('cuts nothing and leaves nothing out where no person looks', () => {
    const row = layout(columns, screen(false, 80)).row(cells)
    for (const cell of cells) expect(row).toContain(cell)
  })

  it('aligns cells, and shows no control characters', () => {
    const table = layout(columns, screen(true, 80))
    const a = table.row(['1', 'a', ''])
    const b = table.row(['22', 'b\u001b[2J\n', ''])
    expect(a.indexOf('a')).toBe(b.indexOf('b'))
    expect(b).not.toMatch(/\p{Cc}/u)
  })
})
