/**
 * A chart of horizontal bars as SVG, readable on white and on black: the reader's own preference chooses the colours, and bars
 * carry their figures, so that nothing hangs on telling colours apart.
 */
export interface Bar {
  readonly label: string
  readonly value: number
  /** The middle half of what was measured. */
  readonly low: number
  readonly high: number
  readonly kind: 'base' | 'other' | 'ours'
}

export interface Chart {
  readonly title: string
  readonly groups: readonly { readonly title: string; readonly bars: readonly Bar[] }[]
}

const width = 860
const labels = 330
const figures = 60
const barHeight = 16
const line = 22
const gap = 18

const style = `text{font:12px system-ui,-apple-system,'Segoe UI',sans-serif;fill:#1f2328}
.title{font-size:14px;font-weight:600}.group{font-weight:600}
.base{fill:#8c959f}.other{fill:#bf8700}.ours{fill:#0969da}.spread{stroke:#1f2328;stroke-width:1;opacity:.6}
@media (prefers-color-scheme:dark){text{fill:#e6edf3}.base{fill:#6e7681}.other{fill:#d29922}.ours{fill:#4493f8}.spread{stroke:#e6edf3}}`

export function barChart({ title, groups }: Chart): string {
  const most = Math.max(...groups.flatMap(({ bars }) => bars.map(({ value, high }) => Math.max(value, high))), 1)
  const scale = (value: number): number => round((value / most) * (width - labels - figures))
  const parts: string[] = []
  let y = 24
  for (const group of groups) {
    y += gap
    parts.push(`<text class="group" x="8" y="${y}">${escaped(group.title)}</text>`)
    for (const bar of group.bars) {
      y += line
      parts.push(drawBar(bar, y, scale))
    }
  }
  const height = y + gap
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(title)}">
<style>${style}</style>
<text class="title" x="8" y="20">${escaped(title)}</text>
${parts.join('\n')}
</svg>
`
}

function drawBar({ label, value, low, high, kind }: Bar, y: number, scale: (value: number) => number): string {
  const middle = y - barHeight / 2 + 4
  const end = labels + Math.max(scale(value), scale(high))
  return `<text x="${labels - 8}" y="${y}" text-anchor="end">${escaped(label)}</text>
<rect class="${kind}" x="${labels}" y="${y - barHeight + 4}" width="${scale(value)}" height="${barHeight}" rx="2"/>
<line class="spread" x1="${labels + scale(low)}" x2="${labels + scale(high)}" y1="${middle}" y2="${middle}"/>
<text x="${end + 6}" y="${y}">${value.toFixed(0)}</text>`
}

const round = (value: number): number => Math.round(value * 10) / 10

const escaped = (text: string): string => text.replace(/[&<>"]/g, (found) => `&#${found.charCodeAt(0)};`)
