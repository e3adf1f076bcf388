/** What the language and its parsers raise: messages that quote their input, or source text. */
import vm from 'node:vm'
import { body, bodyPlanted, person, secret } from './plants.ts'
import { type Provoked, provoked } from './provoked.ts'

const json = JSON.stringify(body)

export const nodeLanguage: readonly Provoked[] = [
  provoked('node', 'JSON.parse of text that is no JSON', {
    planted: [person.email, 'quirina.za'],
    expect: { type: 'SyntaxError', template: /not valid JSON/ },
    work: () => JSON.parse(person.email),
  }),
  provoked('node', 'JSON.parse of a body with a fault in the middle', {
    planted: [...bodyPlanted, 'zebra-77'],
    expect: { type: 'SyntaxError', template: /JSON/ },
    work: () => JSON.parse(json.replace('"password":"', '"password":').replace(/"}$/, '}')),
  }),
  provoked('node', 'JSON.parse of a truncated body', {
    planted: bodyPlanted,
    expect: { type: 'SyntaxError', template: /JSON/ },
    work: () => JSON.parse(json.slice(0, -4)),
  }),
  provoked('node', 'JSON.stringify of a circle', {
    planted: [person.email],
    expect: { type: 'TypeError', template: /circular structure/ },
    work: () => {
      const patients: Record<string, unknown> = {}
      patients[person.email] = { patients }
      JSON.stringify(patients)
    },
  }),
  provoked('node', 'a URL that is none', {
    planted: [secret.databasePassword, person.user],
    expect: { type: 'TypeError', code: 'ERR_INVALID_URL', template: /Invalid URL/ },
    work: () => new URL(`postgres://${person.user}:${secret.databasePassword}@[db/ward`),
  }),
  provoked('node', 'decodeURIComponent', {
    planted: [person.email],
    expect: { type: 'URIError', template: /URI malformed/ },
    work: () => decodeURIComponent(`${person.email}%E0%A4%A`),
  }),
  provoked('node', 'a regular expression of user input', {
    planted: [person.name, 'Zandvoort'],
    expect: { type: 'SyntaxError', template: /Invalid regular expression/ },
    work: () => new RegExp(`(${person.name}`),
  }),
  provoked('node', 'BigInt of a word', {
    planted: [person.ssn],
    expect: { type: 'SyntaxError', template: /Cannot convert .*to a BigInt/ },
    work: () => BigInt(person.ssn),
  }),
  provoked('node', 'a property of undefined', {
    planted: [person.email],
    expect: { type: 'TypeError', template: /Cannot read properties of undefined/ },
    work: () => vm.runInThisContext(`(patients, email) => patients[email][email]`)({}, person.email),
  }),
  provoked('node', 'a property of null that is set', {
    planted: [person.email],
    expect: { type: 'TypeError', template: /Cannot set properties of null/ },
    work: () => vm.runInThisContext(`(patients, email) => { patients[email] = 1 }`)(null, person.email),
  }),
  provoked('node', 'a call of what is no function', {
    planted: [person.email],
    expect: { type: 'TypeError', template: /is not a function/ },
    work: () => vm.runInThisContext(`({})['${person.email}']()`),
  }),
  provoked('node', 'a name that is not defined', {
    planted: ['quirinaZandvoort529'],
    expect: { type: 'ReferenceError', template: /is not defined/ },
    work: () => vm.runInThisContext('quirinaZandvoort529 + 1'),
  }),
  provoked('node', 'something that is not iterable', {
    planted: [person.diagnosis],
    expect: { type: 'TypeError', template: /is not iterable|not a function or its return value is not iterable/ },
    work: () => vm.runInThisContext(`const [qz] = { '${person.diagnosis}': 1 }['${person.diagnosis}']`),
  }),
  provoked('node', 'a vm script with a fault, and source in its stack', {
    planted: [secret.password, person.email],
    expect: { type: 'SyntaxError', template: /Unexpected|missing|Invalid/ },
    work: () => new vm.Script(`login('${person.email}', '${secret.password}'`),
  }),
  provoked('node', 'a vm script of a file named after somebody', {
    planted: ['quirina-zandvoort'],
    expect: { type: 'TypeError', template: /Cannot read properties of null/ },
    work: () => vm.runInThisContext('null.x', { filename: '/srv/qz-archive/quirina-zandvoort.tpl' }),
  }),
  provoked('node', 'a module of source text', {
    planted: [secret.password],
    expect: { type: 'Error' },
    work: () => import(`data:text/javascript,throw new Error('${secret.password}')`),
  }),
  provoked('node', 'structuredClone of a function', {
    planted: [secret.password],
    expect: { type: /^(DOMException|DataCloneError)$/, template: /could not be cloned/ },
    work: () => structuredClone(vm.runInThisContext(`() => '${secret.password}'`)),
  }),
  provoked('node', 'an array length of user input', {
    planted: [person.email],
    expect: { type: 'RangeError', template: /Invalid array length/ },
    work: () => Reflect.construct(Array, [-Object.keys({ [person.email]: 1 }).length]),
  }),
  provoked('node', 'a currency that is none', {
    planted: [person.name, 'zandvoort'],
    expect: { type: 'RangeError', template: /Invalid currency/ },
    work: () => new Intl.NumberFormat('en', { style: 'currency', currency: person.name }),
  }),
  provoked('node', 'a locale that is none', {
    planted: [person.user],
    expect: { type: 'RangeError', template: /Incorrect locale|Invalid language tag/ },
    work: () => new Intl.DateTimeFormat(`${person.user}!`),
  }),
  provoked('node', 'a time zone that is none', {
    planted: ['Wyckerbrugstraat'],
    expect: { type: 'RangeError', template: /Invalid time zone/ },
    work: () => new Intl.DateTimeFormat('en', { timeZone: person.street }),
  }),
  provoked('node', 'a date that is none', {
    planted: [person.birth],
    expect: { type: 'RangeError', template: /Invalid time value/ },
    work: () => new Date(`${person.birth}T99:99`).toISOString(),
  }),
  provoked('node', 'a Symbol in a text', {
    planted: [person.email],
    expect: { type: 'TypeError', template: /Cannot convert a Symbol value/ },
    work: () => vm.runInThisContext('(symbol) => `` + symbol')(Symbol(person.email)),
  }),
  provoked('node', 'assignment to a frozen record', {
    planted: [person.email],
    expect: { type: 'TypeError', template: /Cannot assign to read only property|Cannot add property/ },
    work: () =>
      vm.runInThisContext("'use strict'; (o, k, v) => { o[k] = v }")(
        Object.freeze({ [person.email]: 1 }),
        person.email,
        2,
      ),
  }),
]
