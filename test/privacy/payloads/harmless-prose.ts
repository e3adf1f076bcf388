/** Sentences of operators, in which nothing is to be hidden. */
import { harmless } from '../payload.ts'

export const harmlessProse = harmless([
  ['sentence about a page', () => 'password reset page loaded in 412 ms'],
  ['sentence about tokens', () => 'refreshed 3 tokens, 2 still valid; token bucket refilled'],
  ['sentence about cards', () => 'the card component rendered 12 cards'],
  ['sentence about mail', () => 'sent 210 e-mails in 4.2 s, 3 bounced'],
  ['sentence about a session', () => 'session store connected, 41 sessions restored'],
  ['sentence about keys', () => 'rotated signing keys: 2 new, 1 retired'],
  ['sentence about authorisation', () => 'authorization failed: policy billing-read denied by rule 7'],
  ['sentence with a stop', () => 'Done. Next run at 04:30. See docs for details.'],
  ['sentence with numbers', () => 'processed 1234567 rows in 12.5 s (98765 rows/s), 0 errors'],
  ['sentence with a path', () => 'wrote dist/index.js (18.22 kB) and dist/index.d.ts'],
  ['sentence with a version', () => 'upgraded pino from 9.6.0 to 10.4.0'],
  [
    'sentence with a digest',
    () => 'image sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824 is up to date',
  ],
  ['sentence with a route', () => 'GET /users/:id answered 200 in 12 ms'],
  ['start-up line', () => 'listening on port 8080 (pid 4711)'],
  ['sentence in German', () => 'Bestellung ORD-2026-004811 wurde versendet'],
  ['sentence in Japanese', () => '注文を受け付けました'],
  [
    'sentence under neutral names',
    () => ({ summary: 'nightly job finished', result: 'ok', step: 'copy tables', hint: 'retry later' }),
  ],
  ['question and equals sign', () => 'a = b + c; x == y ? left : right'],
  ['arrows and bullets', () => 'build → test → deploy • 3 of 3'],
  ['hint about options', () => 'use --force to overwrite, --help for help'],
])
