import { expect, test } from 'vitest'
import { reportOf, reportOfWarning } from './crash-report.ts'

const error = {
  type: 'TypeError',
  code: 'E_BAD',
  message: '* is not a function',
  frames: ['emit (node:events:1:1)', 'load (src/load.ts:2:3)'],
  fingerprint: 'p1_x',
  causes: [{ type: 'Error', code: 'ENOENT', frames: ['read (src/read.ts:1:1)'] }],
}

test('a report is one line for machines, with the rest as JSON', () => {
  const report = reportOf(error, false, 'req-1')
  expect(report).not.toContain('\n')
  expect(report).toMatch(/^TypeError \(E_BAD, request req-1, fingerprint p1_x\): \* is not a function \{/)
  expect(JSON.parse(report.slice(report.indexOf('{')))).toEqual({ frames: error.frames, causes: error.causes })
  expect(reportOf({ type: 'Error' }, false)).toBe('Error')
})

test('on a terminal frames and causes stand below each other', () => {
  expect(reportOf(error, true).split('\n')).toEqual([
    'TypeError (E_BAD, fingerprint p1_x): * is not a function',
    '    at emit (node:events:1:1)',
    '    at load (src/load.ts:2:3)',
    '  caused by Error (ENOENT)',
    '      at read (src/read.ts:1:1)',
  ])
})

test('a warning is its head and the first frame outside Node', () => {
  expect(reportOfWarning(error)).toBe('TypeError (E_BAD): * is not a function at load (src/load.ts:2:3)')
  expect(reportOfWarning({ type: 'DeprecationWarning', code: 'DEP0005' })).toBe('DeprecationWarning (DEP0005)')
})
