import { expect, it } from 'vitest'
import { barChart } from './chart.ts'

const chart = barChart({
  title: 'CPU',
  groups: [
    {
      title: 'A & B',
      bars: [
        { label: 'bare', value: 10, low: 8, high: 12, kind: 'base' },
        { label: '<ours>', value: 20, low: 15, high: 40, kind: 'ours' },
      ],
    },
  ],
})

it('draws bars to scale, each with its figure', () => {
  const widths = [...chart.matchAll(/<rect class="\w+" [^>]*width="([\d.]+)"/g)].map(([, width]) => Number(width))
  expect(widths).toHaveLength(2)
  expect(widths[1]).toBeCloseTo(2 * (widths[0] ?? 0), 0)
  expect(chart).toContain('>10</text>')
  expect(chart).toContain('>20</text>')
})

it('keeps every bar and spread inside the picture', () => {
  const width = Number(/ width="(\d+)"/.exec(chart)?.[1])
  for (const [, x] of chart.matchAll(/ x2="([\d.]+)"/g)) expect(Number(x)).toBeLessThan(width)
})

it('escapes what it is given', () => {
  expect(chart).not.toContain('<ours>')
  expect(chart).toContain('&#60;ours&#62;')
  expect(chart).toContain('A &#38; B')
})

it('has colours for a dark page', () => {
  expect(chart).toContain('@media (prefers-color-scheme:dark)')
})
