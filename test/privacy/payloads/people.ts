/** Registers of people: customers, patients, passengers, employees. */
import { payloads } from '../payload.ts'
import { planted as p } from '../planted.ts'

export const people = payloads('personal names', [
  [
    'user',
    () => ({
      user: {
        id: 'usr_8f3k2p',
        firstName: p.firstName.value,
        lastName: p.lastName.value,
        email: p.email.value,
        phone: p.phone.value,
        createdAt: '2026-01-15T12:00:00.000Z',
        loginCount: 17,
      },
    }),
    [p.firstName, p.lastName, p.email, p.phone],
    [17, '2026-01-15T12:00:00.000Z'],
  ],
  [
    'snake case',
    () => ({
      first_name: p.firstName.value,
      last_name: p.lastName.value,
      date_of_birth: p.birthday.value,
      phone_number: p.phoneFr.value,
      home_address: p.street.value,
      zip_code: p.postcode.value,
    }),
    [p.firstName, p.lastName, p.birthday, p.phoneFr, p.street, p.postcode],
  ],
  [
    'other names for names',
    () => ({
      fullName: p.name.value,
      surname: p.lastName.value,
      maidenName: p.maidenName.value,
      middle_name: p.firstName.value,
      displayName: p.germanName.value,
      nickname: p.username.value,
    }),
    [p.name, p.lastName, p.maidenName, p.firstName, p.germanName, p.username],
  ],
  [
    'prefixed names',
    () => ({
      customerName: p.name.value,
      billing_email: p.email.value,
      emergencyContactPhone: p.phoneUs.value,
      shippingStreet: p.street.value,
      patientLastName: p.lastName.value,
      orderCount: 3,
    }),
    [p.name, p.email, p.phoneUs, p.street, p.lastName],
    [3],
  ],
  [
    'plural names',
    () => ({
      emails: [p.email.value, p.emailTwo.value],
      phoneNumbers: [p.phone.value, p.phoneFr.value],
      addresses: [{ line1: p.street.value, town: p.city.value }],
      recipients: [p.plusEmail.value],
    }),
    [p.email, p.emailTwo, p.phone, p.phoneFr, p.street, p.city, p.plusEmail],
  ],
  [
    'address',
    () => ({ address: { street: p.street.value, city: p.city.value, postalCode: p.postcode.value, country: 'GB' } }),
    [p.street, p.city, p.postcode],
  ],
  ['address as a text', () => ({ deliveryAddress: p.fullAddress.value, parcels: 2 }), [p.fullAddress], [2]],
  [
    'coordinates',
    () => ({
      location: { lat: Number(p.latitude.value), lng: Number(p.longitude.value) },
      gps: [Number(p.latitude.value), Number(p.longitude.value)],
      zoom: 14,
    }),
    [p.latitude],
    [14],
  ],
  [
    'coordinates in GeoJSON',
    () => ({ userLocation: { type: 'Point', coordinates: [Number(p.longitude.value), Number(p.latitude.value)] } }),
    [p.latitude],
  ],
  [
    'national ids',
    () => ({
      ssn: p.ssn.value,
      passportNumber: p.passport.value,
      driverLicense: p.licence.value,
      taxId: p.taxId.value,
      nationalInsurance: p.niNumber.value,
    }),
    [p.ssn, p.passport, p.licence, p.taxId, p.niNumber],
  ],
  [
    'national ids elsewhere',
    () => ({ cpf: p.cpf.value, aadhaar: p.aadhaar.value, steuerId: p.taxId.value, socialSecurityNumber: p.ssn.value }),
    [p.cpf, p.aadhaar, p.taxId, p.ssn],
  ],
  ['SSN in a sentence', () => `caller gave SSN ${p.ssn.value} for check`, [p.ssn]],
  ['SSN under a neutral name', () => ({ result: p.ssn.value }), [p.ssn]],
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
