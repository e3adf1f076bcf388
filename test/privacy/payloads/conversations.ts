/** What people write: chats, tickets, mails, calendars, cards, and what is sent to language models. */
import { payloads } from '../payload.ts'
import { grouped, planted as p } from '../planted.ts'

const mail = `From: ${p.name.value} <${p.email.value}>\r\nTo: <${p.emailTwo.value}>\r\nSubject: Order 4711\r\nReceived: from mx [${p.ip.value}]\r\nDKIM-Signature: v=1; a=rsa-sha256; b=${p.base64Key.value}\r\n\r\nMy card is ${grouped(p.card)}.\r\n`

export const conversations = payloads('texts', [
  [
    'chat message',
    () => ({
      channel: 'support',
      message: { author: p.username.value, text: `mail me at ${p.email.value} or ${p.phone.value}` },
    }),
    [p.username, p.email, p.phone],
    ['support'],
  ],
  [
    'chat with a card',
    () => ({ text: `ok, my card is ${grouped(p.card)}, cvv ${p.cvv.value}, exp 12/29` }),
    [p.card, p.cvv],
  ],
  [
    'chat with a password',
    () => ({ text: `my password is ${p.plainPassword.value} can you check?` }),
    [p.plainPassword],
  ],
  ['chat with a PIN', () => `customer said: pin is ${p.pin.value}`, [p.pin]],
  [
    'ticket',
    () => ({
      ticket: {
        id: 48211,
        status: 'open',
        requester: { name: p.name.value, email: p.email.value },
        description: `I cannot log in with ${p.emailTwo.value}. Call ${p.phoneUs.value}.`,
      },
    }),
    [p.name, p.email, p.emailTwo, p.phoneUs],
    [48211, 'open'],
  ],
  [
    'ticket comments',
    () => ({
      comments: [{ body: `IBAN ${grouped(p.iban)}`, public: false }, { body: `SSN is ${p.ssn.value}` }],
      count: 2,
    }),
    [p.iban, p.ssn],
    [2],
  ],
  [
    'LLM messages',
    () => ({
      model: 'gpt-4.1-mini',
      messages: [
        { role: 'system', content: `Key: ${p.openai.value}` },
        { role: 'user', content: `I am ${p.name.value}, born ${p.birthday.value}, mail ${p.email.value}` },
      ],
      temperature: 0.2,
      max_tokens: 512,
    }),
    [p.openai, p.name, p.email],
    ['gpt-4.1-mini', 0.2, 512],
  ],
  [
    'LLM tool call',
    () => ({
      tool_calls: [
        {
          id: 'call_1',
          type: 'function',
          function: {
            name: 'create_user',
            arguments: JSON.stringify({ email: p.email.value, password: p.password.value }),
          },
        },
      ],
      usage: { prompt_tokens: 91, completion_tokens: 12 },
    }),
    [p.email, p.password],
    ['create_user', 91, 12],
  ],
  [
    'LLM tool call cut short',
    () => ({
      delta: {
        tool_calls: [
          { function: { arguments: `{"email":"${p.email.value}","password":"${p.plainPassword.value.slice(0, 18)}` } },
        ],
      },
    }),
    [p.email, p.plainPassword],
  ],
  [
    'LLM tool result',
    () => ({ role: 'tool', content: JSON.stringify([{ name: p.name.value, ssn: p.ssn.value }]) }),
    [p.name, p.ssn],
    ['tool'],
  ],
  [
    'LLM prompt',
    () => ({ prompt: `Summarise: patient ${p.name.value}, phone ${p.phoneE164.value}`, completion: 'Done.' }),
    [p.name, p.phoneE164],
  ],
  [
    'MCP call',
    () => ({
      jsonrpc: '2.0',
      id: 7,
      method: 'tools/call',
      params: { name: 'send_mail', arguments: { to: p.email.value, apiKey: p.hexKey.value } },
    }),
    [p.email, p.hexKey],
    ['2.0', 'tools/call'],
  ],
  ['raw mail', () => ({ raw: mail }), [p.name, p.email, p.emailTwo, p.ip, p.card]],
  ['raw mail as a message', () => mail, [p.email, p.emailTwo, p.ip, p.card]],
  ['raw mail in base64', () => ({ raw: Buffer.from(mail).toString('base64url') }), [p.name, p.email, p.card]],
  [
    'nodemailer options',
    () => ({
      envelope: { from: p.email.value, to: [p.emailTwo.value] },
      subject: `Welcome ${p.firstName.value}`,
      html: `<p>Your password is ${p.plainPassword.value}</p>`,
      attachments: 1,
    }),
    [p.email, p.emailTwo, p.firstName, p.plainPassword],
  ],
  [
    'nodemailer info',
    () => ({
      accepted: [p.email.value],
      rejected: [p.emailTwo.value],
      response: `250 2.0.0 OK <${p.email.value}>`,
      messageTime: 301,
    }),
    [p.email, p.emailTwo],
    [301],
  ],
  ['SMTP response', () => `550 5.1.1 <${p.email.value}>: Recipient address rejected: User unknown`, [p.email]],
  [
    'addresses with names',
    () => ({
      to: `"${p.name.value}" <${p.email.value}>`,
      cc: [{ name: p.germanName.value, address: p.worldEmail.value }],
    }),
    [p.name, p.email, p.germanName, p.worldEmail],
  ],
  [
    'iCalendar',
    () => ({
      ics: `BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nATTENDEE;CN=${p.name.value}:mailto:${p.email.value}\r\nLOCATION:${p.street.value}\r\nSUMMARY:Check-up\r\nEND:VEVENT\r\nEND:VCALENDAR`,
    }),
    [p.name, p.email, p.street],
  ],
  [
    'vCard',
    () => ({
      vcard: `BEGIN:VCARD\nVERSION:4.0\nFN:${p.name.value}\nN:${p.lastName.value};${p.firstName.value};;;\nTEL;TYPE=cell:${p.phoneE164.value}\nEMAIL:${p.email.value}\nBDAY:19730829\nADR:;;${p.street.value};${p.city.value}\nEND:VCARD`,
    }),
    [p.name, p.lastName, p.firstName, p.phoneE164, p.email, p.street, p.city],
  ],
  [
    'vCard as a message',
    () => `BEGIN:VCARD\nFN:${p.name.value}\nTEL:${p.phoneE164.value}\nEND:VCARD`,
    [p.name, p.phoneE164],
  ],
  [
    'jCard',
    () => [
      'vcard',
      [
        ['version', {}, 'text', '4.0'],
        ['fn', {}, 'text', p.name.value],
        ['email', {}, 'text', p.email.value],
      ],
    ],
    [p.name, p.email],
  ],
  [
    'SMS',
    () => ({ sms: { to: p.phoneE164.value, body: `G-${p.otp.value} is your code`, segments: 1 } }),
    [p.phoneE164, p.otp],
  ],
  [
    'push notification',
    () => ({
      notification: { title: `Hi ${p.firstName.value}`, body: `Login code ${p.otp.value}` },
      android: { priority: 'high' },
    }),
    [p.firstName, p.otp],
    ['high'],
  ],
  [
    'transcript',
    () => ({
      transcript: [{ speaker: 'caller', text: `My name is ${p.name.value} and I live at ${p.street.value}` }],
      language: 'en-GB',
    }),
    [p.name, p.street],
    ['en-GB'],
  ],
  [
    'free-text fields',
    () => ({
      notes: `spoke with ${p.name.value}`,
      comment: `${p.germanName.value} will call back`,
      feedback: `from ${p.email.value}`,
      rating: 4,
    }),
    [p.name, p.germanName, p.email],
    [4],
  ],
  ['search of a person', () => ({ search: p.name.value, searchTerm: p.email.value, results: 0 }), [p.email], [0]],
  [
    'diff of a text',
    () => ({ patch: `@@ -1 +1 @@\n-password: ${p.shortPassword.value}\n+password: ${p.newPassword.value}\n` }),
    [p.shortPassword, p.newPassword],
  ],
  [
    'screen of a terminal',
    () => `\u001b[32mlogin\u001b[0m: ${p.username.value}\nPassword: ${p.plainPassword.value}\n`,
    [p.plainPassword],
  ],
])
