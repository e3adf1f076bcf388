/** 600 bytes, as small JSON bodies have. */
const body = JSON.stringify({ note: 'x'.repeat(589) })

/** The request every server is asked: a note is posted in the name of a person, whose number becomes an id of fixed length. */
export function postNote(note: number, person: number): Buffer {
  const headers = [
    `POST /notes/${note} HTTP/1.1`,
    'host: 127.0.0.1',
    'content-type: application/json',
    'user-agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36',
    'accept: */*',
    `x-user: usr_${person.toString(36).padStart(6, '0')}`,
    `content-length: ${body.length}`,
  ]
  return Buffer.from(`${headers.join('\r\n')}\r\n\r\n${body}`)
}
