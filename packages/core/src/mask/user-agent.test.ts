import fc from 'fast-check'
import { expect, test } from 'vitest'
import { agentFamily } from './user-agent.ts'

test.each([
  [
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36',
    'Chrome',
    'Linux',
  ],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36 Edg/120.0',
    'Edge',
    'Windows',
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1 (KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1',
    'Safari',
    'iOS',
  ],
  ['Mozilla/5.0 (Macintosh; Intel Mac OS X 14.0; rv:120.0) Gecko/20100101 Firefox/120.0', 'Firefox', 'macOS'],
  ['Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)', 'bot', 'other'],
  ['curl/8.4.0', 'curl', 'other'],
  ['node', 'Node.js', 'other'],
  ['my-internal-client/7 (alice@clinic.example)', 'other', 'other'],
])('%s is %s on %s', (agent, ua_family, os_family) => {
  expect(agentFamily(agent)).toEqual({ ua_family, os_family })
})

test('no user agent, however long or strange, reaches the answer', () => {
  const families = new Set<string>()
  fc.assert(
    fc.property(fc.oneof(fc.string({ maxLength: 2_000 }), fc.anything()), (agent) => {
      const family = agentFamily(agent)
      if (family) for (const text of Object.values(family)) families.add(text)
      else expect(typeof agent !== 'string' || agent === '').toBe(true)
    }),
  )
  expect([...families].every((text) => /^[A-Za-z. 0-9]{2,20}$/.test(text))).toBe(true)
})
