/** What nodemailer raises: recipients, and the server's answers with whatever they repeat. */
import { createTransport, type SendMailOptions } from 'nodemailer'
import { closedPort, withTcp } from './loopback.ts'
import { person, secret } from './plants.ts'
import { type Provoked, provoked } from './provoked.ts'

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

export const mailErrors: readonly Provoked[] = [
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
