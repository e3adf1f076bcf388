/** Values that look like something and harm nobody: ids, digests, versions, times, amounts, places in systems. */
import { harmless } from '../payload.ts'

export const harmlessValues = harmless([
  [
    'ids',
    () => ({
      requestId: 'req_01HZY8Q0V8',
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      spanId: '00f067aa0ba902b7',
      correlationId: '018f3f2e-7c1a-7b3d-9e55-3c1d2a4b5c6d',
      jobId: '118',
    }),
  ],
  ['traceparent', () => ({ traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' })],
  [
    'git',
    () => ({
      commit: '6113728f27ae82c7b1a177c8d03f9e96e0adf246',
      short: '6113728',
      branch: 'feature/login-page',
      tag: 'v1.24.0',
    }),
  ],
  [
    'digests',
    () => ({
      digest: 'sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824',
      etag: 'W/"33a64df551425fcc55e4d42a148795d9f25f89d4"',
      checksum: 'd41d8cd98f00b204e9800998ecf8427e',
    }),
  ],
  [
    'integrity',
    () => ({
      integrity: 'sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==',
    }),
  ],
  ['uuids', () => ['018f3f2e-7c1a-7b3d-9e55-3c1d2a4b5c6d', '9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d'] as const],
  [
    'object ids',
    () => ({ _id: '507f1f77bcf86cd799439011', ulid: '01HZY8Q0V8T4K7N2M3P5R6S9WX', nanoid: 'V1StGXR8_Z5jdHi6B-myT' }),
  ],
  [
    'versions',
    () => ({
      version: '1.24.0-beta.3',
      node: 'v24.21.0',
      range: '^10.4.0',
      build: '2026.1.15.4711',
      image: 'acme/app:1.4.2',
    }),
  ],
  [
    'times',
    () => ({
      at: '2026-01-15T12:00:00.000Z',
      day: '2026-01-15',
      ms: 1768478400123,
      s: 1768478400,
      http: 'Thu, 15 Jan 2026 12:00:00 GMT',
      offset: '2026-01-15T13:00:00+01:00',
    }),
  ],
  [
    'epoch milliseconds under time-like names',
    () => ({ timestamp: 1768478400123, createdAt: 1700000000000, expires: 1893456000000, lastSeen: 1768478399999 }),
  ],
  ['epoch nanoseconds', () => ({ timeUnixNano: '1768478400123456789', startTime: 1768478400.123 })],
  ['money', () => ({ amount: 4999, total: '1,190.50', price: 19.99, currency: 'EUR', vat: 0.19, balance: -12.5 })],
  [
    'order numbers',
    () => ({
      orderNumber: 'ORD-2026-004811',
      invoice: 'INV-2026-00481',
      sku: 'KB-104-DE-BLK',
      ean: '4006381333931',
      tracking: '1Z999AA10123456784',
    }),
  ],
  ['long numbers', () => ({ orderId: 4000123412341, rows: 123456789012, bytes: 9007199254740991, lsn: 24023128 })],
  [
    'sizes and durations',
    () => ({ bytes: 20481, size: '12 kB', durationMs: 12.75, uptime: 86400, retries: 3, ratio: 0.97, percent: '97 %' }),
  ],
  ['ports and hosts', () => ({ port: 8080, host: 'localhost', bind: '0.0.0.0', listen: ':3000' })],
  [
    'methods and routes',
    () => ({ method: 'GET', route: '/users/:userId/orders/:orderId', status: 200, protocol: 'HTTP/1.1' }),
  ],
  [
    'media types',
    () => ({
      contentType: 'application/json; charset=utf-8',
      accept: 'text/html',
      encoding: 'gzip',
      language: 'de-DE',
    }),
  ],
  [
    'file paths',
    () => ({
      file: '/app/src/orders/service.ts',
      module: 'node:internal/process/task_queues',
      cwd: '/srv/app',
      config: './config/production.json',
    }),
  ],
  ['packages', () => ({ package: '@trailmark/core', dependency: 'pino@10.4.0', import: 'node:crypto' })],
  [
    'Kubernetes',
    () => ({
      pod: 'api-6d4cf56db6-x2v9k',
      namespace: 'shop-prod',
      node: 'ip-10-0-3-17.eu-west-1.compute.internal',
      image: 'registry.example/shop/api@sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824',
    }),
  ],
  [
    'cloud names',
    () => ({
      region: 'eu-west-1',
      arn: 'arn:aws:lambda:eu-west-1:123456789012:function:resize',
      zone: 'europe-west3-a',
      instance: 'i-0abcd1234efgh5678',
    }),
  ],
  ['cron and durations', () => ({ cron: '*/5 * * * *', every: 'PT15M', at: '04:30' })],
  ['points of a screen', () => ({ x: 118, y: 240.5, width: 1280, height: 720, viewport: '1280x720' })],
  ['colours and units', () => ({ color: '#ff8800', margin: '12px', font: 'Inter, sans-serif' })],
  ['percentiles', () => ({ p50: 12, p95: 88, p99: 240, count: 4711, histogram: [1, 4, 9, 16, 25] })],
  [
    'levels and modes',
    () => ({
      level: 'WARNING',
      env: 'production',
      mode: 'cluster',
      feature: 'new-checkout',
      enabled: true,
      reason: 'quota_exceeded',
    }),
  ],
  ['test results', () => ({ suites: 14, passed: 132, failed: 0, skipped: 1, file: 'tree.test.ts' })],
  ['build output', () => ({ chunk: 'index-4b7f2c1a.js', gzip: 18.22, modules: 412, hash: '4b7f2c1a' })],
  [
    'database facts',
    () => ({
      table: 'orders',
      rowCount: 41,
      constraint: 'orders_pkey',
      schema: 'public',
      code: '23505',
      isolation: 'read committed',
    }),
  ],
  [
    'statement with places for values',
    () => ({ sql: 'SELECT id, total FROM orders WHERE status = $1 AND created_at > $2 LIMIT 50' }),
  ],
  ['queue facts', () => ({ topic: 'orders.v1', partition: 3, offset: '4711', lag: 12, consumerGroup: 'billing' })],
  ['cache facts', () => ({ hits: 912, misses: 88, cacheStatus: 'HIT', ttl: 300, key: 'orders:list:v2' })],
  [
    'garbage collection',
    () => ({ kind: 'scavenge', durationMs: 1.25, heapUsed: 48234496, heapTotal: 67108864, rss: 104857600 }),
  ],
  ['flags and nothing', () => ({ a: true, b: false, c: null, d: 0, e: '', f: [], g: {} })],
  ['numbers of all kinds', () => [0, -1, 1.5, 1e21, 2147483648, 4503599627370496]],
  [
    'currencies and countries',
    () => ({ country: 'Germany', currencyCode: 'USD', locale: 'pt-BR', timezone: 'Europe/Berlin' }),
  ],
  [
    'semantic events',
    () => ({ event: 'order.shipped', type: 'com.acme.order.v1', source: '/orders/service', specversion: '1.0' }),
  ],
  ['feature of a browser', () => ({ browser: 'Firefox 134', os: 'Linux', touch: false, viewportWidth: 1440 })],
  ['regular expression as a text', () => ({ pattern: '^[A-Z]{3}-\\d{4}$' })],
  ['error facts', () => ({ type: 'TypeError', code: 'ERR_INVALID_ARG_TYPE', errno: -104, syscall: 'connect' })],
  ['ISBN and serial numbers', () => ({ isbn: '978-3-16-148410-0', serial: 'SN-88A1-2234', batch: 'L20260115B' })],
  ['list of words', () => ['created', 'paid', 'shipped', 'delivered']],
  [
    'matrix',
    () => ({
      matrix: [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ],
    }),
  ],
  ['dates', () => ({ from: '2026-01-01', to: '2026-12-31', week: '2026-W03', quarter: 'Q1/2026' })],
  ['base names of assets', () => ({ script: 'main.4b7f2c1a9e.js', style: 'app.css', map: 'main.js.map' })],
  [
    'HTTP caching',
    () => ({ 'cache-control': 'public, max-age=31536000, immutable', age: 120, vary: 'Accept-Encoding' }),
  ],
])
