/** What clients of AWS and Stripe raise: account names, card data, keys. */
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import Stripe from 'stripe'
import { closedPort, withHttp } from './loopback.ts'
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
]
