/** XML, SOAP, SAML and GraphQL as texts. */
import { payloads } from '../payload.ts'
import { planted as p } from '../planted.ts'

const escaped = p.quotedPassword.value
  .replaceAll('&', '&amp;')
  .replaceAll('<', '&lt;')
  .replaceAll('>', '&gt;')
  .replaceAll('"', '&quot;')

export const markup = payloads('bodies', [
  [
    'XML elements',
    () => ({
      xml: `<login><user>${p.username.value}</user><password>${p.plainPassword.value}</password><n>3</n></login>`,
    }),
    [p.username, p.plainPassword],
  ],
  ['XML as a message', () => `<?xml version="1.0"?><a><apiKey>${p.hexKey.value}</apiKey></a>`, [p.hexKey]],
  [
    'XML in a sentence',
    () => `gateway said <Response><Token>${p.access.value}</Token></Response>, giving up`,
    [p.access],
  ],
  [
    'XML attributes',
    () => ({ body: `<connection host="db" user="app" password="${p.dbPassword.value}" port="5432"/>` }),
    [p.dbPassword],
  ],
  ['XML attributes, single quotes', () => ({ body: `<auth token='${p.access.value}'/>` }), [p.access]],
  [
    'XML namespaces',
    () => ({
      body: `<wsse:UsernameToken><wsse:Username>${p.username.value}</wsse:Username><wsse:Password Type="#PasswordText">${p.plainPassword.value}</wsse:Password></wsse:UsernameToken>`,
    }),
    [p.username, p.plainPassword],
  ],
  ['XML entities', () => ({ body: `<password>${escaped}</password>` }), [p.quotedPassword]],
  [
    'XML numeric entities',
    () => ({
      body: `<password>${[...p.plainPassword.value].map((char) => `&#${char.charCodeAt(0)};`).join('')}</password>`,
    }),
    [p.plainPassword],
  ],
  [
    'XML CDATA',
    () => ({ body: `<pin><![CDATA[${p.pin.value}]]></pin><password><![CDATA[${p.quotedPassword.value}]]></password>` }),
    [p.pin, p.quotedPassword],
  ],
  ['XML cut short', () => ({ body: `<req><password>${p.plainPassword.value.slice(0, 16)}` }), [p.plainPassword]],
  [
    'XML nested secret',
    () => ({ body: `<credentials><part>${p.hexKey.value}</part><part>${p.csrf.value}</part></credentials>` }),
    [p.hexKey, p.csrf],
  ],
  [
    'XML escaped in JSON',
    () => ({ body: JSON.stringify({ xml: `<password>${p.plainPassword.value}</password>` }) }),
    [p.plainPassword],
  ],
  [
    'SOAP envelope',
    () => ({
      lastRequest: `<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><GetPatient><Ssn>${p.ssn.value}</Ssn><LastName>${p.lastName.value}</LastName></GetPatient></soap:Body></soap:Envelope>`,
    }),
    [p.ssn, p.lastName],
  ],
  [
    'SAML response',
    () => ({
      SAMLResponse: Buffer.from(
        `<samlp:Response><saml:NameID>${p.email.value}</saml:NameID><saml:AttributeValue>${p.name.value}</saml:AttributeValue></samlp:Response>`,
      ).toString('base64'),
    }),
    [p.email, p.name],
  ],
  [
    'SAML assertion text',
    () => ({
      assertion: `<saml:Assertion><saml:Subject><saml:NameID Format="email">${p.email.value}</saml:NameID></saml:Subject><ds:SignatureValue>${p.base64Key.value}</ds:SignatureValue></saml:Assertion>`,
    }),
    [p.email, p.base64Key],
  ],
  [
    'parsed XML of xml2js',
    () => ({
      Envelope: {
        Body: [
          { Login: [{ Username: [p.username.value], Password: [{ _: p.plainPassword.value, $: { Type: 'text' } }] }] },
        ],
      },
    }),
    [p.username, p.plainPassword],
  ],
  [
    'pain.001',
    () => ({
      document: `<CdtTrf><Dbtr><Nm>${p.name.value}</Nm></Dbtr><DbtrAcct><Id><IBAN>${p.iban.value}</IBAN></Id></DbtrAcct><InstdAmt Ccy="EUR">12.50</InstdAmt></CdtTrf>`,
    }),
    [p.name, p.iban],
  ],
  [
    'plist',
    () => ({
      plist: `<dict><key>AuthToken</key><string>${p.access.value}</string><key>Count</key><integer>3</integer></dict>`,
    }),
    [p.access],
  ],
  ['Spring XML', () => `<property name="password" value="${p.dbPassword.value}"/>`, [p.dbPassword]],
  ['web.config', () => `<add key="ApiSecret" value="${p.hexKey.value}" />`, [p.hexKey]],
  [
    'HTML form',
    () => ({
      html: `<input type="hidden" name="csrf_token" value="${p.csrf.value}"><input type="email" value="${p.email.value}">`,
    }),
    [p.csrf, p.email],
  ],
  ['HTML meta', () => ({ page: `<meta name="csrf-token" content="${p.csrf.value}">` }), [p.csrf]],
  ['SVG text', () => ({ svg: `<svg><text>${p.email.value}</text></svg>` }), [p.email]],
  [
    'GraphQL inline arguments',
    () => ({ query: `mutation { login(email: "${p.email.value}", password: "${p.plainPassword.value}") { id } }` }),
    [p.email, p.plainPassword],
  ],
  [
    'GraphQL as a message',
    () => `mutation { createCard(number: "${p.card.value}", cvc: ${p.cvv.value}) { id brand } }`,
    [p.card, p.cvv],
  ],
  [
    'GraphQL nested input',
    () => ({
      document: `mutation { signup(input: { profile: { firstName: "${p.firstName.value}" }, secret: "${p.hexKey.value}" }) { ok } }`,
    }),
    [p.firstName, p.hexKey],
  ],
  [
    'GraphQL block string',
    () => ({ gql: `mutation { save(password: """${p.spacedPassword.value}""") { ok } }` }),
    [p.spacedPassword],
  ],
  [
    'GraphQL variables',
    () => ({
      operationName: 'SignUp',
      variables: { input: { email: p.email.value, password: p.password.value, plan: 'team' } },
    }),
    [p.email, p.password],
    ['SignUp'],
  ],
  [
    'GraphQL variables as text',
    () => ({ operationName: 'Pay', variables: JSON.stringify({ iban: p.iban.value }) }),
    [p.iban],
    ['Pay'],
  ],
  [
    'GraphQL error extensions',
    () => ({
      errors: [
        {
          message: `Variable "$email" got invalid value "${p.email.value}"`,
          path: ['login'],
          extensions: { code: 'BAD_USER_INPUT', argumentName: 'email' },
        },
      ],
    }),
    [p.email],
    ['BAD_USER_INPUT'],
  ],
  [
    'Apollo request context',
    () => ({
      request: { operationName: 'Me', http: { headers: new Map([['authorization', `Bearer ${p.access.value}`]]) } },
    }),
    [p.access],
  ],
])
