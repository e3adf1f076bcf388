/**
 * Rows in aligned columns, one at a time: widths are settled before the first row, so that a table can stream.
 *
 * On a terminal a row fits the screen, and what is too long ends in `…`. Elsewhere nothing is ever cut, since the reader is
 * `grep` or a file.
 */
import { printable } from './printable.ts'
import type { Screen, Style } from './terminal.ts'

export interface Column {
  readonly title: string
  /** Width in characters. */
  readonly width: number
  /** Width where nothing is cut: off the screen, tokens and ids stand whole. Default: `width`. */
  readonly wholeWidth?: number
  /** Takes a share of the space that is left; 0 stays as it is. */
  readonly grow?: number
  /** Shown only on screens at least so wide. */
  readonly fromColumns?: number
}

export interface Cell {
  readonly text: string
  readonly style?: Style
}

export interface TableLayout {
  header(): string
  /** One cell for each column, by position in the list that the layout was made from. */
  row(cells: readonly (Cell | string | undefined)[]): string
}

const gap = '  '

export function layout(columns: readonly Column[], screen: Screen): TableLayout {
  const shown = columns.map((column) => !screen.fits || (column.fromColumns ?? 0) <= screen.columns)
  const widths = settle(columns, shown, screen)
  const line = (cells: readonly (Cell | string | undefined)[]) => {
    const last = shown.lastIndexOf(true)
    return columns
      .flatMap((_, at) => {
        if (!shown[at]) return []
        const cell = cells[at]
        const { text, style } = typeof cell === 'object' ? cell : { text: cell ?? '', style: undefined }
        const fitted = fit(printable(text), widths[at] ?? 0, screen.fits)
        const padded = at === last ? fitted : fitted.padEnd(widths[at] ?? 0)
        return [style && fitted !== '' ? screen.paint(style, fitted) + padded.slice(fitted.length) : padded]
      })
      .join(gap)
      .trimEnd()
  }
  return {
    header: () => screen.paint('dim', line(columns.map(({ title }) => title))),
    row: line,
  }
}

function settle(columns: readonly Column[], shown: readonly boolean[], screen: Screen): number[] {
  const widths = columns.map(({ width }) => width)
  if (!screen.fits) return columns.map(({ width, wholeWidth }) => wholeWidth ?? width)
  const used = columns.reduce((sum, { width }, at) => (shown[at] ? sum + width + gap.length : sum), -gap.length)
  const spare = Math.max(0, screen.columns - used)
  const shares = columns.reduce((sum, { grow = 0 }, at) => (shown[at] ? sum + grow : sum), 0)
  return widths.map((width, at) => width + (shares === 0 ? 0 : Math.floor((spare * (columns[at]?.grow ?? 0)) / shares)))
}

function fit(text: string, width: number, cut: boolean): string {
  return cut && text.length > width ? `${text.slice(0, Math.max(0, width - 1))}…` : text
}
