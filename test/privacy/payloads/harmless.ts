/** Names that only resemble secret ones: each leaf must come out as it went in. */
import { harmless } from '../payload.ts'

export const harmlessNames = harmless([
  [
    'names that only look secret',
    () => ({
      tokenCount: 512,
      secretary: 'desk-4',
      passed: 12,
      passes: 3,
      company: 'Acme',
      latency: 41,
      compass: 'NNW',
      passenger_count: 180,
    }),
  ],
  [
    'flags about personal things',
    () => ({
      emailVerified: true,
      hasPassword: false,
      phoneConfirmed: true,
      passwordExpired: false,
      isSecret: false,
      requiresToken: true,
    }),
  ],
  [
    'ids and kinds of keys',
    () => ({
      keyId: 'key-2026-01',
      kid: 'a1b2c3d4',
      publicKeyAlgorithm: 'RS256',
      primaryKey: 'id',
      foreignKey: 'order_id',
      sortKey: 'created_at',
      keyType: 'oct',
    }),
  ],
  [
    'keys that are no keys',
    () => ({
      keyboard: 'de',
      keyframe: 12,
      monkey: 'grey',
      hotkey: 'ctrl+k',
      keyspace: 'app',
      cacheKey: 'orders:list:v2',
      partitionKey: 7,
    }),
  ],
  [
    'tokens that are no tokens',
    () => ({
      maxTokens: 4096,
      promptTokens: 91,
      completion_tokens: 12,
      total_tokens: 103,
      tokenType: 'Bearer',
      tokenizer: 'cl100k',
      tokensPerSecond: 41.5,
    }),
  ],
  [
    'passwords that are no passwords',
    () => ({
      passwordLengthMin: 12,
      passwordPolicy: 'strict',
      passwordResetCount: 3,
      passwordStrength: 4,
      passwordChangedAt: '2026-01-15T12:00:00.000Z',
    }),
  ],
  [
    'sessions that are no secrets',
    () => ({ sessionCount: 17, sessionDurationMs: 120000, sessionState: 'open', sessions: 4 }),
  ],
  [
    'authors and auth',
    () => ({ authMethod: 'totp', authProvider: 'google', authorized: true, authority: 'b2c', oauth: true }),
  ],
  [
    'names of things',
    () => ({
      hostname: 'web-7f9c',
      filename: 'report.pdf',
      eventName: 'order.paid',
      queueName: 'mail.send',
      tableName: 'orders',
      className: 'OrderService',
      functionName: 'handler',
    }),
  ],
  [
    'more names of things',
    () => ({
      serviceName: 'billing',
      nodeName: 'worker-3',
      podName: 'api-6d4cf56db6-x2v9k',
      bucketName: 'exports',
      fieldName: 'amount',
      jobName: 'nightly',
      metric_name: 'http_requests_total',
    }),
  ],
  [
    'addresses of memory and code',
    () => ({ baseAddress: '0x7fff5fbff8c0', offset: 4096, addressFamily: 'IPv4', addressSpace: 'low' }),
  ],
  [
    'cards and mails that are none',
    () => ({
      cardinality: 12,
      dashboardCards: 4,
      emailsSent: 210,
      emailTemplate: 'welcome',
      phoneCalls: 9,
      mailQueueSize: 30,
    }),
  ],
  [
    'words around them',
    () => ({
      discard: true,
      wildcard: '*',
      postcard: 2,
      hashtag: 'node',
      accountType: 'business',
      streetlights: 80,
      cityCount: 4,
    }),
  ],
  [
    'pin and otp inside words',
    () => ({ spinner: 'dots', pinned: true, pingMs: 12, option: 'b', mapping: 'v2', opinion: 'fine', shipping: 'dhl' }),
  ],
  ['secrets counted', () => ({ secretsFound: 0, secretVersion: 4, rotatedSecrets: 3 })],
  [
    'states and codes',
    () => ({
      state: 'running',
      code: 'E_TIMEOUT',
      statusCode: 503,
      exitCode: 137,
      errorCode: 'ECONNRESET',
      countryCode: 'DE',
      languageCode: 'en-GB',
      sqlState: '23505',
    }),
  ],
])
