/** Payments, transfers, invoices. */
import { payloads } from '../payload.ts'
import { grouped, planted as p } from '../planted.ts'

const fullWidth = (digits: string): string =>
  [...digits].map((digit) => String.fromCharCode(0xff10 + Number(digit))).join('')

export const money = payloads('personal names', [
  [
    'card object',
    () => ({
      card: { number: p.card.value, exp_month: 12, exp_year: 2029, cvc: p.cvv.value, name: p.name.value },
      amount: 4999,
    }),
    [p.card, p.cvv, p.name],
    [4999],
  ],
  [
    'card under other names',
    () => ({
      pan: p.card.value,
      primaryAccountNumber: p.cardMastercard.value,
      cc_number: p.cardAmex.value,
      securityCode: p.cvv.value,
      cardholder: p.name.value,
    }),
    [p.card, p.cardMastercard, p.cardAmex, p.cvv, p.name],
  ],
  ['card as a number', () => ({ reference: Number(p.card.value), amount: 12 }), [p.card], [12]],
  [
    'card under a neutral name',
    () => ({ note: p.card.value, list: [p.cardMastercard.value], deep: { a: { b: p.cardAmex.value } } }),
    [p.card, p.cardMastercard, p.cardAmex],
  ],
  ['card in a sentence', () => `card ${p.card.value} was declined with code 51`, [p.card]],
  ['card with spaces', () => ({ comment: `paid with ${grouped(p.card)} on Monday` }), [p.card]],
  ['card with dashes', () => `charged ${grouped(p.cardMastercard, '-')} twice`, [p.cardMastercard]],
  ['card with dots', () => `charged ${grouped(p.card, '.')} twice`, [p.card]],
  ['card with no-break spaces', () => `charged ${grouped(p.card, '\u00a0')}`, [p.card]],
  [
    'amex grouped',
    () => `amex ${p.cardAmex.value.slice(0, 4)} ${p.cardAmex.value.slice(4, 10)} ${p.cardAmex.value.slice(10)}`,
    [p.cardAmex],
  ],
  ['card in full-width digits', () => `カード ${fullWidth(p.card.value)} を使用`, [p.card]],
  [
    'card in Arabic digits',
    () => ({ note: [...p.card.value].map((digit) => String.fromCharCode(0x660 + Number(digit))).join('') }),
    [p.card],
  ],
  ['card with zero-width spaces', () => ({ note: [...p.card.value].join('\u200b') }), [p.card]],
  ['card in a JSON text', () => `{"n":"${p.card.value}","x":1}`, [p.card]],
  ['card glued to words', () => `pan=${p.card.value};exp=1229`, [p.card]],
  [
    'track data',
    () => ({
      track2: `;${p.card.value}=29121010000012300000?`,
      track1: `%B${p.card.value}^${p.lastName.value}/${p.firstName.value}^29121010000?`,
    }),
    [p.card, p.lastName, p.firstName],
  ],
  ['track data in text', () => `swipe: ;${p.card.value}=29121010000012300000?`, [p.card]],
  [
    'IBAN object',
    () => ({ iban: p.iban.value, bic: 'DEUTDEFFXXX', accountHolder: p.germanName.value, currency: 'EUR' }),
    [p.iban, p.germanName],
    ['EUR'],
  ],
  [
    'IBAN under a neutral name',
    () => ({ text: p.ibanGb.value, reference: p.ibanFr.value, n: 9 }),
    [p.ibanGb, p.ibanFr],
    [9],
  ],
  ['IBAN grouped in a sentence', () => `transfer to ${grouped(p.iban)} over 120.50 EUR`, [p.iban]],
  ['IBAN in lower case', () => `iban ${p.ibanGb.value.toLowerCase()} rejected`, [p.ibanGb]],
  [
    'SEPA transfer',
    () => ({
      debtor: { name: p.name.value, iban: p.iban.value },
      creditor: { name: p.germanName.value, iban: p.ibanFr.value },
      amount: '250.00',
      endToEndId: 'E2E-2026-000481',
      remittance: `Miete ${p.lastName.value}`,
    }),
    [p.name, p.iban, p.germanName, p.ibanFr, p.lastName],
    ['250.00'],
  ],
  [
    'SWIFT MT103',
    () => ({
      mt103: `:20:TRX20260115\n:32A:260115EUR1250,00\n:50K:/${p.iban.value}\n${p.name.value}\n${p.street.value}\n:59:/${p.ibanGb.value}\n${p.germanName.value}\n:71A:SHA`,
    }),
    [p.iban, p.name, p.street, p.ibanGb, p.germanName],
  ],
  [
    'ACH',
    () => ({
      routingNumber: '021000021',
      accountNumber: p.accountNumber.value,
      accountType: 'checking',
      nameOnAccount: p.name.value,
    }),
    [p.accountNumber, p.name],
    ['checking'],
  ],
  [
    'UK account',
    () => ({ sort_code: '60-16-13', account_no: p.accountNumber.value, payee: p.name.value }),
    [p.accountNumber, p.name],
  ],
  [
    'plaid',
    () => ({
      access_token: `access-sandbox-${p.sessionId.value}`,
      accounts: [{ mask: '0000', type: 'depository' }],
      owners: [{ names: [p.name.value], emails: [{ data: p.email.value }] }],
    }),
    [p.sessionId, p.name, p.email],
    ['depository'],
  ],
  [
    'adyen',
    () => ({
      additionalData: { 'card.encrypted.json': `adyenjs_0_1_25$${p.azureKey.value}` },
      shopperEmail: p.email.value,
      shopperIP: p.ip.value,
      amount: { value: 1000, currency: 'EUR' },
    }),
    [p.azureKey, p.email, p.ip],
    [1000],
  ],
  [
    'apple pay',
    () => ({
      token: { paymentData: { data: p.base64Key.value, signature: p.signature.value, version: 'EC_v1' } },
      billingContact: { givenName: p.firstName.value },
    }),
    [p.base64Key, p.signature, p.firstName],
  ],
  [
    'wallet',
    () => ({ mnemonic: p.mnemonic.value, privateKey: `0x${p.hexKey.value}${p.twilio.value}` }),
    [p.mnemonic, p.hexKey, p.twilio],
  ],
  ['wallet in a sentence', () => `seed phrase: ${p.mnemonic.value}`, [p.mnemonic]],
  [
    'invoice',
    () => ({
      invoiceNumber: 'INV-2026-00481',
      billTo: { company: 'Acme', contact: p.name.value, street: p.street.value, vatId: p.taxId.value },
      total: 1190.5,
    }),
    [p.name, p.street, p.taxId],
    ['INV-2026-00481', 1190.5],
  ],
  [
    'salary',
    () => ({ employee: { name: p.name.value, salary: Number(p.salary.value), bankAccount: p.iban.value }, month: 12 }),
    [p.name, p.salary, p.iban],
    [12],
  ],
])
