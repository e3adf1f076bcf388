/** What clients of services raise: answers with account names, card data, recipients and whole dialogues. */
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { createTransport, type SendMailOptions } from 'nodemailer'
import Stripe from 'stripe'
import { closedPort, withHttp, withTcp } from './loopback.ts'
import { person, secret } from './plants.ts'
import { type Provoked, provoked } from './provoked.ts'

const credentials = { accessKeyId: secret.awsKey, secretAccessKey: secret.hmac, sessionToken: secret.session }
const aws = [secret.awsKey, secret.hmac, secret.session, person.user]

function refusedByAws(status: number, code: string, message: string): Promise<unknown> {
  return withHttp(
    (req, res) => {
      req.resume()
      res.writeHead(status, { 'content-type': 'text/xml', 'x-amzn-requestid': '3c1f8d2e-0000-4000-8000-5c2a7b9d1e4f' })
      res.end(
        `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code>` +
          `<Message>${message}</Message></Error><RequestId>3c1f8d2e-0000-4000-8000-5c2a7b9d1e4f</RequestId></ErrorResponse>`,
      )
    },
    (port) =>
      new STSClient({ endpoint: `http://127.0.0.1:${port}`, region: 'eu-west-1', credentials, maxAttempts: 1 }).send(
        new AssumeRoleCommand({
          RoleArn: `arn:aws:iam::481516234200:role/${person.user}`,
          RoleSessionName: person.user,
        }),
      ),
  )
}

function refusedByStripe(status: number, error: object, work: (stripe: Stripe) => Promise<unknown>): Promise<unknown> {
  return withHttp(
    (req, res) => {
      req.resume()
      res.writeHead(status, { 'content-type': 'application/json', 'request-id': 'req_TmQ2v8Lk1xYz' })
      res.end(JSON.stringify({ error }))
    },
    (port) => work(stripeAt(port)),
  )
}

const stripeAt = (port: number): Stripe =>
  new Stripe(secret.apiKey, { host: '127.0.0.1', port, protocol: 'http', maxNetworkRetries: 0, telemetry: false })

const charge = (stripe: Stripe): Promise<unknown> =>
  stripe.paymentIntents.create({
    amount: 1_200,
    currency: 'eur',
    receipt_email: person.email,
    description: person.diagnosis,
  })

const stripePlanted = [secret.apiKey, person.email, person.diagnosis, person.name, person.card]

const mail: SendMailOptions = {
  from: 'ward@clinic.example',
  to: person.email,
  subject: person.diagnosis,
  text: `${person.name}, ${person.ssn}`,
}
const mailPlanted = [person.email, person.diagnosis, person.name, person.ssn, secret.password, person.user]

/** A mail server that answers the command with this name, and says yes to the rest. */
function inSmtp(refused: string, answer: string, more: object = {}): Promise<unknown> {
  return withTcp(
    (socket) => {
      socket.setEncoding('utf8')
      socket.write('220 mail.example ESMTP\r\n')
      socket.on('data', (text: string) => {
        for (const line of text.split('\r\n')) {
          if (line === '') continue
          if (line.startsWith(refused)) socket.write(`${answer}\r\n`)
          else if (line.startsWith('EHLO')) socket.write('250-mail.example\r\n250 AUTH PLAIN LOGIN\r\n')
          else if (line.startsWith('DATA')) socket.write('354 go on\r\n')
          else socket.write('250 fine\r\n')
        }
      })
    },
    (port) => sending(port, more),
  )
}

async function sending(port: number, more: object = {}): Promise<unknown> {
  const transport = createTransport({ host: '127.0.0.1', port, secure: false, ignoreTLS: true, ...more })
  try {
    return await transport.sendMail(mail)
  } finally {
    transport.close()
  }
}
const login = { auth: { user: person.user, pass: secret.password } }

export const services: readonly Provoked[] = [
  provoked('@aws-sdk/client-sts', 'a role nobody may assume', {
    planted: aws,
    expect: { type: 'AccessDenied', template: /AccessDenied|not authorized/ },
    work: () =>
      refusedByAws(
        403,
        'AccessDenied',
        `User: arn:aws:iam::481516234200:user/${person.user} is not authorized to perform: sts:AssumeRole`,
      ),
  }),
  provoked('@aws-sdk/client-sts', 'a token that is expired', {
    planted: aws,
    expect: { type: /^ExpiredToken(Exception)?$/, template: /ExpiredToken|expired/ },
    work: () => refusedByAws(403, 'ExpiredTokenException', `The security token ${secret.session} is expired`),
  }),
  provoked('@aws-sdk/client-sts', 'a signature that does not match', {
    planted: aws,
    expect: { type: 'SignatureDoesNotMatch', template: /SignatureDoesNotMatch|signature/ },
    work: () =>
      refusedByAws(403, 'SignatureDoesNotMatch', `Signature of ${secret.awsKey} does not match: host:${person.user}`),
  }),
  provoked('@aws-sdk/client-sts', 'an answer that is no XML', {
    planted: aws,
    expect: { type: /^(Error|TypeError|SyntaxError)$/ },
    work: () =>
      withHttp(
        (_req, res) => void res.writeHead(500).end(`<html>${person.user}`),
        (port) =>
          new STSClient({
            endpoint: `http://127.0.0.1:${port}`,
            region: 'eu-west-1',
            credentials,
            maxAttempts: 1,
          }).send(new GetCallerIdentityCommand({})),
      ),
  }),
  provoked('@aws-sdk/client-sts', 'a connection refused', {
    planted: aws,
    expect: { type: 'Error', code: 'ECONNREFUSED', template: /connect/ },
    work: async () =>
      new STSClient({
        endpoint: `http://127.0.0.1:${await closedPort()}`,
        region: 'eu-west-1',
        credentials,
        maxAttempts: 1,
      }).send(new GetCallerIdentityCommand({})),
  }),
  provoked('stripe', 'a card that is declined', {
    planted: stripePlanted,
    expect: { type: 'StripeCardError', code: 'card_declined', template: /declined|insufficient_funds/ },
    work: () =>
      refusedByStripe(
        402,
        {
          type: 'card_error',
          code: 'card_declined',
          decline_code: 'insufficient_funds',
          message: `Card ${person.card} of ${person.name} was declined.`,
          payment_intent: { receipt_email: person.email },
        },
        charge,
      ),
  }),
  provoked('stripe', 'a key that is wrong', {
    planted: stripePlanted,
    expect: { type: 'StripeAuthenticationError', template: /Invalid API Key|authentication/i },
    work: () =>
      refusedByStripe(
        401,
        { type: 'invalid_request_error', message: `Invalid API Key provided: ${secret.apiKey}` },
        charge,
      ),
  }),
  provoked('stripe', 'a parameter that is wrong', {
    planted: stripePlanted,
    expect: {
      type: 'StripeInvalidRequestError',
      code: 'resource_missing',
      template: /No such|resource_missing|invalid_request_error/,
    },
    work: () =>
      refusedByStripe(
        404,
        {
          type: 'invalid_request_error',
          code: 'resource_missing',
          param: 'customer',
          message: `No such customer: '${person.email}'`,
        },
        charge,
      ),
  }),
  provoked('stripe', 'a connection refused', {
    planted: stripePlanted,
    expect: { type: 'StripeConnectionError', template: /connection to Stripe/ },
    work: async () => charge(stripeAt(await closedPort())),
  }),
  provoked('stripe', 'a webhook whose signature does not match', {
    planted: [secret.hmac, person.email, secret.bearer],
    expect: { type: 'StripeSignatureVerificationError', template: /signature/ },
    work: () =>
      new Stripe(secret.apiKey).webhooks.constructEvent(
        JSON.stringify({ email: person.email }),
        `t=1,v1=${secret.bearer}`,
        secret.hmac,
      ),
  }),
  provoked('nodemailer', 'a recipient who is refused', {
    planted: mailPlanted,
    expect: { type: 'Error', code: 'EENVELOPE', template: /recipients were rejected|Can't send mail/ },
    work: () => inSmtp('RCPT', `550 5.1.1 <${person.email}>: no such ${person.name}`),
  }),
  provoked('nodemailer', 'a password that is wrong', {
    planted: [...mailPlanted, Buffer.from(`\0${person.user}\0${secret.password}`).toString('base64')],
    expect: { type: 'Error', code: 'EAUTH', template: /Invalid login/ },
    work: () => inSmtp('AUTH', `535 5.7.8 ${person.user}, ${secret.password} is wrong`, login),
  }),
  provoked('nodemailer', 'a message that is refused', {
    planted: mailPlanted,
    expect: { type: 'Error', code: /^(EMESSAGE|EENVELOPE)$/, template: /Data command failed|Message failed/ },
    work: () => inSmtp('DATA', `554 5.6.0 ${person.diagnosis} is spam`),
  }),
  provoked('nodemailer', 'a connection refused', {
    planted: mailPlanted,
    expect: { type: 'Error', code: /^(ESOCKET|ECONNREFUSED|ECONNECTION)$/, template: /connect/ },
    work: async () => sending(await closedPort(), login),
  }),
  provoked('nodemailer', 'an attachment that is not there', {
    planted: [...mailPlanted, 'quirina-zandvoort'],
    expect: { type: 'Error', code: /^(ENOENT|ESTREAM|EFILE)$/, template: /no such file/, frames: false },
    work: () =>
      createTransport({ streamTransport: true, buffer: true }).sendMail({
        ...mail,
        attachments: [{ path: '/srv/qz-archive/quirina-zandvoort.pdf' }],
      }),
  }),
]
