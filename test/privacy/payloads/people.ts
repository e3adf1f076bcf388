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
])
