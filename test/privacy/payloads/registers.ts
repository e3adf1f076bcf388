/** Registers of people: applicants, patients, passengers, guests, employees, contacts. */
import { payloads } from '../payload.ts'
import { planted as p } from '../planted.ts'

export const registers = payloads('personal names', [
  [
    'KYC check',
    () => ({
      applicant: { name: p.name.value, dob: p.birthday.value, nationality: 'GB' },
      documents: [
        {
          type: 'passport',
          number: p.passport.value,
          mrz: `P<GBR${p.lastName.value.toUpperCase()}<<${p.firstName.value.toUpperCase()}<<<<`,
        },
      ],
      result: 'clear',
    }),
    [p.name, p.birthday, p.passport, p.lastName, p.firstName],
    ['clear'],
  ],
  [
    'MRZ in text',
    () => ({
      ocr: `P<GBR${p.lastName.value.toUpperCase()}<<${p.firstName.value.toUpperCase()}<<<<<<<<<<<<<<<<\nC01X00T478GBR7308298F3001018<<<<<<<<<<<<<<02`,
    }),
    [p.lastName, p.firstName],
  ],
  [
    'FHIR patient',
    () => ({
      resourceType: 'Patient',
      id: 'example',
      name: [{ use: 'official', family: p.lastName.value, given: [p.firstName.value] }],
      telecom: [
        { system: 'phone', value: p.phone.value },
        { system: 'email', value: p.email.value },
      ],
      birthDate: p.birthday.value,
      address: [{ line: [p.street.value], city: p.city.value, postalCode: p.postcode.value }],
      identifier: [{ system: 'urn:mrn', value: p.mrn.value }],
    }),
    [p.lastName, p.firstName, p.phone, p.email, p.birthday, p.street, p.city, p.postcode, p.mrn],
    ['Patient', 'official'],
  ],
  [
    'FHIR observation',
    () => ({
      resourceType: 'Observation',
      status: 'final',
      subject: { reference: 'Patient/f001', display: p.name.value },
      performer: [{ display: p.germanName.value }],
    }),
    [p.name, p.germanName],
    ['Observation', 'final'],
  ],
  [
    'FHIR as text',
    () => ({
      body: JSON.stringify({
        resourceType: 'Patient',
        name: [{ family: p.lastName.value, given: [p.firstName.value] }],
        birthDate: p.birthday.value,
      }),
    }),
    [p.lastName, p.firstName, p.birthday],
  ],
  [
    'HL7',
    () => ({
      hl7: `MSH|^~\\&|LAB|HOSP|||202601151200||ORU^R01|MSG00001|P|2.5\rPID|1||${p.mrn.value}||${p.lastName.value}^${p.firstName.value}||19730829|F|||${p.street.value}^^${p.city.value}||${p.phone.value}`,
    }),
    [p.mrn, p.lastName, p.firstName, p.street, p.city, p.phone],
  ],
  [
    'HL7 as a message',
    () => `PID|1||${p.mrn.value}||${p.lastName.value}^${p.firstName.value}||19730829|F`,
    [p.mrn, p.lastName, p.firstName],
  ],
  [
    'medical record',
    () => ({
      patient: { mrn: p.mrn.value, diagnosis: p.diagnosis.value, medications: [p.medication.value], bloodType: 'A+' },
      ward: 'W-12',
      beds: 4,
    }),
    [p.mrn, p.diagnosis, p.medication],
    [4],
  ],
  [
    'PNR',
    () => ({
      recordLocator: p.recoveryCode.value.slice(0, 4),
      passengers: [
        {
          title: 'MS',
          lastName: p.lastName.value,
          firstName: p.firstName.value,
          passport: p.passport.value,
          frequentFlyer: 'LH992003',
        },
      ],
      segments: [{ flight: 'LH400', from: 'FRA', to: 'JFK' }],
    }),
    [p.lastName, p.firstName, p.passport],
    ['LH400', 'FRA', 'JFK'],
  ],
  [
    'PNR text',
    () => ({
      pnr: `1.${p.lastName.value.toUpperCase()}/${p.firstName.value.toUpperCase()} MR\n2 LH 400 Y 15JAN FRAJFK HK1\nAP ${p.phone.value}`,
    }),
    [p.lastName, p.firstName, p.phone],
  ],
  [
    'hotel booking',
    () => ({
      booking: {
        confirmation: 'HB-48211',
        guest: p.name.value,
        guests: [{ name: p.germanName.value, age: 41 }],
        arrival: '2026-03-01',
        nights: 3,
        email: p.email.value,
      },
    }),
    [p.name, p.germanName, p.email],
    ['2026-03-01', 3],
  ],
  [
    'HR record',
    () => ({
      employeeId: 'E-4471',
      legalName: p.name.value,
      manager: p.germanName.value,
      religion: p.religion.value,
      salary: Number(p.salary.value),
      homePhone: p.phone.value,
      department: 'Logistics',
    }),
    [p.name, p.germanName, p.religion, p.salary, p.phone],
    ['Logistics'],
  ],
  [
    'address book',
    () => ({
      contacts: [
        { name: p.name.value, mobile: p.phoneE164.value },
        { name: p.chineseName.value, mobile: p.phoneFr.value },
      ],
      total: 2,
    }),
    [p.name, p.phoneE164, p.chineseName, p.phoneFr],
    [2],
  ],
  [
    'CSV export',
    () => ({
      csv: `id,first_name,email,ssn\n1,${p.firstName.value},${p.email.value},${p.ssn.value}\n2,Bo,${p.emailTwo.value},`,
    }),
    [p.firstName, p.email, p.ssn, p.emailTwo],
  ],
  [
    'people keyed by e-mail',
    () => ({ quotas: { [p.email.value]: 4, [p.emailTwo.value]: 9 }, total: 13 }),
    [p.email, p.emailTwo],
    [13],
  ],
  [
    'people keyed by phone in a Map',
    () =>
      new Map([
        [p.phoneE164.value, { calls: 2 }],
        [p.phone.value, { calls: 3 }],
      ]),
    [p.phoneE164, p.phone],
  ],
  ['set of people', () => ({ online: new Set([p.email.value, p.emailTwo.value]), n: 2 }), [p.email, p.emailTwo], [2]],
  [
    'e-mail in texts',
    () => `no account for ${p.email.value}, did you mean <${p.worldEmail.value}>?`,
    [p.email, p.worldEmail],
  ],
  ['e-mail with plus, quoted', () => `"${p.plusEmail.value}" is taken`, [p.plusEmail]],
  ['e-mail percent-encoded in a text', () => `GET /u/${encodeURIComponent(p.email.value)} 404`, [p.email]],
  ['e-mail with (at)', () => ({ contact: `${p.username.value} at nordvinter.example` }), [p.username]],
  [
    'phones in texts',
    () => `call ${p.phone.value} or ${p.phoneE164.value} or ${p.phoneUs.value} today`,
    [p.phone, p.phoneE164, p.phoneUs],
  ],
  [
    'addresses of machines in texts',
    () => `blocked ${p.ip.value} and ${p.ipv6.value} after 5 attempts`,
    [p.ip, p.ipv6],
  ],
  [
    'addresses of machines, decorated',
    () => `peer [${p.ipv6.value}]:443, ::ffff:${p.ip.value}, ${p.ipTwo.value}:51234`,
    [p.ipv6, p.ip, p.ipTwo],
  ],
  [
    'device',
    () => ({
      device: {
        mac: p.mac.value,
        advertisingId: '6D92078A-8246-4BA4-AE5B-76104861E7DC',
        deviceName: `${p.firstName.value}s iPhone`,
        os: 'iOS 18.2',
      },
    }),
    [p.mac, p.firstName],
    ['iOS 18.2'],
  ],
  [
    'birthdays of other shapes',
    () => ({
      dob: '29/08/1973',
      geburtsdatum: p.germanBirthday.value,
      birth_date: new Date(`${p.birthday.value}T00:00:00.000Z`),
    }),
    [p.germanBirthday, p.birthday],
  ],
])
