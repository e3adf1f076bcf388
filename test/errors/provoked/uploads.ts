/** What parsers of uploads raise: names of fields and files. */
import { PassThrough } from 'node:stream'
import busboy from 'busboy'
import multer from 'multer'
import { person } from './plants.ts'
import { NotProvoked, type Provoked, provoked } from './provoked.ts'
import { type Asked, raisedInExpress } from './raising-app.ts'

export const uploads: readonly Provoked[] = [
  provoked('multer', 'a file in a field nobody expects', {
    planted: ['mri-quirina', 'qz-scan'],
    expect: { type: 'MulterError', code: 'LIMIT_UNEXPECTED_FILE', template: /Unexpected (file )?field/ },
    work: () => raisedInExpress([multer().single('avatar')], multipart('mri-quirina', 'qz-scan.dcm')),
  }),
  provoked('multer', 'a file beyond the limit', {
    planted: [person.ssn, 'mri-quirina', 'qz-scan'],
    expect: { type: 'MulterError', code: 'LIMIT_FILE_SIZE', template: /File too large/ },
    work: () => raisedInExpress([multer({ limits: { fileSize: 4 } }).any()], multipart('mri-quirina', 'qz-scan.dcm')),
  }),
  provoked('multer', 'a file that the filter refuses', {
    planted: ['qz-scan'],
    expect: { type: 'Error' },
    work: () =>
      raisedInExpress(
        [
          multer({
            fileFilter: (_req, uploaded, done) =>
              done(Object.assign(new Error(`no ${uploaded.originalname}`), { uploaded })),
          }).any(),
        ],
        multipart('scan', 'qz-scan.dcm'),
      ),
  }),
  provoked('busboy', 'a type nobody knows', {
    planted: [person.user],
    expect: { type: 'Error', template: /Unsupported content type/ },
    work: () => busboy({ headers: { 'content-type': `application/${person.user}` } }),
  }),
  provoked('busboy', 'a form that ends too early', {
    planted: [person.ssn],
    expect: { type: 'Error', template: /Unexpected end of form/ },
    work: () =>
      new Promise((_resolve, reject) => {
        const parser = busboy({ headers: { 'content-type': 'multipart/form-data; boundary=b' } })
        parser.on('error', reject).on('close', () => reject(new NotProvoked('parsed')))
        const source = new PassThrough()
        source.pipe(parser)
        source.end(`--b\r\ncontent-disposition: form-data; name="ssn"\r\n\r\n${person.ssn}`)
      }),
  }),
]

function multipart(field: string, filename: string): Asked {
  const text =
    `--b\r\ncontent-disposition: form-data; name="${field}"; filename="${filename}"\r\n` +
    `content-type: application/dicom\r\n\r\n${person.ssn}\r\n--b--\r\n`
  return { headers: { 'content-type': 'multipart/form-data; boundary=b' }, body: text }
}
