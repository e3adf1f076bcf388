/**
 * The values that must never come out, each unique and recognisable, and none of them real.
 *
 * Look-alike tokens are put together from pieces, so that nobody's scanner takes this file for a leak. Cards and IBANs get valid
 * check digits here, because a detector is allowed to ask for them.
 */
export type PlantedClass =
  | 'secret'
  | 'token'
  | 'personal'
  | 'email'
  | 'phone'
  | 'card'
  | 'iban'
  | 'national id'
  | 'address'
  | 'network'

export interface Planted {
  readonly class: PlantedClass
  readonly value: string
  /** So many characters at the start are public, such as the prefix of a token family: showing them is no leak. */
  readonly open: number
}

const plant = (kind: PlantedClass, value: string, open = 0): Planted => Object.freeze({ class: kind, value, open })
const token = (prefix: string, rest: string): Planted => plant('token', prefix + rest, prefix.length)

/** Completes a card number with its Luhn digit. */
export function luhn(body: string): string {
  const sum = [...body].reverse().reduce((total, digit, at) => {
    const doubled = at % 2 === 0 ? Number(digit) * 2 : Number(digit)
    return total + (doubled > 9 ? doubled - 9 : doubled)
  }, 0)
  return body + ((10 - (sum % 10)) % 10)
}

/** Puts the check digits of ISO 13616 between country and account. */
function iban(country: string, account: string): string {
  const digits = [...`${account}${country}00`].map((char) => Number.parseInt(char, 36).toString()).join('')
  return `${country}${(98n - (BigInt(digits) % 97n)).toString().padStart(2, '0')}${account}`
}

const base64url = (text: string): string => Buffer.from(text).toString('base64url')
const jwtOf = (claims: object, signature: string): Planted =>
  token(`${base64url('{"alg":"HS256","typ":"JWT"}')}.`, `${base64url(JSON.stringify(claims))}.${signature}`)

export const planted = {
  // Passwords: strong, weak, with spaces, with everything that needs escaping, not ASCII, as people choose them.
  password: plant('secret', 'Tr0ub4dor&Zanzibar!9'),
  plainPassword: plant('secret', 'correcthorsezebrastaple'),
  spacedPassword: plant('secret', 'my dog barks Loudly 77'),
  quotedPassword: plant('secret', 'Qu"ote\\Back/sl<a>sh%&x'),
  worldPassword: plant('secret', 'Пароль—Überß9漢字'),
  shortPassword: plant('secret', 'hunter2zq'),
  newPassword: plant('secret', 'N3wPlum-Crocodile$42'),
  pin: plant('secret', '8362'),
  otp: plant('secret', '604918'),
  cvv: plant('secret', '917'),
  recoveryCode: plant('secret', 'QK7R-ZX4M-PT9W'),
  mnemonic: plant('secret', 'velvet orbit cactus lantern muffin pigeon quartz ribbon saddle tundra umbrella walnut'),
  totp: plant('secret', 'JBSWY3DPEHPK3PXPKQ7T'),
  answer: plant('secret', 'Grandmas-Poodle-Fifi'),
  // Keys without a recognisable family: only their name or place gives them away.
  hexKey: plant('secret', '9f3c61d8b27ae450c1f98d3376be02a4'),
  base64Key: plant('secret', 'q8Xw2Zr7Vt5Lk1Nf3Pd9Hs6Jb4Gm0CyEeUuOo+/AiTQ='),
  sessionId: plant('secret', 'kZ8vQw3xRt6yLp1mNb5c'),
  connectSid: plant('secret', 's:Vd7Gh2Kq9Ws4Xz6Bn1Mj8Ty.Lp3Rf5Cg0Hv'),
  csrf: plant('secret', 'Yb4Nw8Kd2Sv6Qj0Hx3Zr'),
  refresh: plant('secret', 'def50200c7a91e64f3b8d025'),
  access: plant('secret', 'ya0A-Fg7Jk2Lm9Qw4Er6Ty1Ui'),
  clientSecret: plant('secret', 'cs7Hq-Wm3Zx9Lt5Rv1Bn6Kd'),
  resetToken: plant('secret', 'rT5x9Kq2Wz7Lm4Nv8Bc1Hd3F'),
  magicToken: plant('secret', 'mG6p-Ls3Dk9Xw1Tz5Qn7Vb2R'),
  authCode: plant('secret', 'Splx1OBeZQQYbYS6WxSbIAq7'),
  nonceProof: plant('secret', 'Kp4Tw9Zs1Xr6Mv3Lq8Bd5Hn2'),
  signature: plant('secret', 'b7e1d4a09c3f58e26a71d0c94f8b35e2a6d17c40f9e83b52'),
  awsSecret: plant('secret', 'wJa7rXUtn/FEM1K7MDENGbPxRfiCYzEXQMPLEkey'),
  azureKey: plant('secret', 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tqZZ=='),
  privateKey: plant(
    'secret',
    'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQDLq7Zr4Xw9Kp2Vt6Ns1Hd8Yf3Bm5Gj0QzRcWuXeTaI',
    40,
  ),
  basic: plant('secret', Buffer.from('ingrid:Basic-Walrus-551').toString('base64')),
  basicPassword: plant('secret', 'Basic-Walrus-551'),
  dbPassword: plant('secret', 'pgW0mbat-77-sesame'),
  dbPasswordEncoded: plant('secret', 'p@ss:w0/rd?Kiwi#7'),
  redisPassword: plant('secret', 'r3disOtter-0815'),
  mongoPassword: plant('secret', 'm0ngoLemur-4242'),
  smtpPassword: plant('secret', 'smtpBadger-9911'),
  // Families with a prefix.
  stripe: token(`sk_${'live_'}`, '51Hq8ZtKx2Lw9Rm4Vn7Bc3Df6'),
  stripeRestricted: token(`rk_${'live_'}`, '38Ad6UzKv3Df4Ds2Xv3Lp9Hq'),
  webhookSecret: token(`whsec${'_'}`, 'Wh9Jq4Wc7Ta5Wy7Ke7Nu4Mv3'),
  github: token(`ghp${'_'}`, 'R7kX2mQ9wZ4tL6vN1bH8dP3sJ5gF0cYeUaTo'),
  githubFine: token(`github${'_pat_'}`, '63NMGDP6N8k2DvM8Cn2Gf6_Zh9Mc8Lu5Qm2Ry4Kw3Lw9Ct3Zu7'),
  gitlab: token(`glpat${'-'}`, 'Hk4Ms3Zc6Gw6Ge3Uu3Xd'),
  slack: token(`xox${'b-'}`, '4433948256-7372286695-Jg5Qj4Te3Yv6Wk4Ah9Rm3Su'),
  slackHook: plant('token', 'T3Z2VS3KA/B3QN5AH3VN/Cy9Wn2Vj3Nf6RoGsNpGuDcBz'),
  awsKey: token(`AK${'IA'}`, 'Q7ZT2XWM9RLV4NKB'),
  awsTemporary: token(`AS${'IA'}`, 'W3HK8PZJ5TQX6RVD'),
  awsSession: plant('token', `FwoGZXIvYXdzE${'Kq7Rz2Wm9Qt4Lv6Nb1Hd8Ps3Jf5Gc0YeUaToXkRzWmLtVnKb'}`, 13),
  google: token(`AI${'za'}`, 'JvE4Vn9Hc7Yy7Qq2Wv3Uo2Pv8Pp9Zs2HvFq'),
  googleOauth: token(`GOC${'SPX-'}`, 'Tj3St4Rz4Qu3Rj5Dv5Wd7Hn8Yw8'),
  sendgrid: token(`SG${'.'}`, 'Ky9Dp5Wv9Ef2Tu2Qq6Xm5D.o2Bn3Cz8MiSdMzVgTu6Uq6Yh7Ag5Yf3Wz2Wr2'),
  twilio: plant('token', '5f0c7a92e1d84b36a9f2c05d7e81b34c'),
  twilioKey: token(`SK`, '8d2e6f90a1b3c4d57e68f9012a3b4c5d'),
  npm: token(`npm${'_'}`, 'Mm8Fk7Dv7Gj9Fp6Bd5Qr8Ut8Sd6Wn7ZmSoRy'),
  openai: token(`sk-${'proj-'}`, 'Je9Nk8Sw9Px7Tp4Ra5Wn8Jm4Mm6Gp5CuQdTqQyHg'),
  anthropic: token(`sk-${'ant-api03-'}`, 'Lc3Xd4Ua4Bp8Sp5Kf7Nm3KoWjXaMoHmNv7La3Ew2'),
  huggingface: token(`hf${'_'}`, 'YqPuHsHyHmXbBjFkWwVcKyTqFaNfDiZzHk'),
  telegram: token('7190', `482613:AA${'HqZt7Xw2Lm9Rv4Nb6Kd1Ps8Jf3Gc5Yu0Te'}`),
  digitalocean: token(`dop${'_v1_'}`, '4f8a1c7d92e0b35f6a8d5e0f3b1c9d7e2a4f6b8c0d1e3f5a7b9c1d2e4f6a8b0c'),
  shopify: token(`shp${'at_'}`, '24cfc53f775e6ea8324c3f979cd47576'),
  mailgun: token(`key${'-'}`, '3ax6xnjp29jd6fds4gc373sgvjxteol0'),
  docker: token(`dckr${'_pat_'}`, 'Fx5Ez5Ei7Zu8Jy4Lo3Xu4Rq3Vy3'),
  pypi: token(`pypi${'-'}`, 'AgEIcHlwaS5vcmcXZFX5Cs4Ua6Xm9Zy3Qq2Df7Zg7Ww3Up9KkBcJcNm'),
  vault: token(`hvs${'.'}`, 'SJYACLa4Xf8Du9Uo2Fp5Qh2Gy8Af2Pc8'),
  databricks: token(`da${'pi'}`, '84c7949baec77d01e4dd32e112722455'),
  linear: token(`lin${'_api_'}`, 'Za4Kv4Jb9Xw9Nq9Rt6Xv9Km9Vb6Ry2AhWeZdJj'),
  square: token(`sq0${'atp-'}`, 'Ko5Lx8Rx3Lj4Mp9Cj3Nt3M'),
  newRelic: token(`NR${'AK-'}`, 'GQ6CV2LQ2UA2PA2NT2BD6YW8TK7'),
  postman: token(`PM${'AK-'}`, '28303a395f18565632113014-ee8a8e54e4dfe16206307fd1534835ab96'),
  discord: plant('token', `MTk4NjIyNDgzNDcxOTI1MjQ4.${'Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs'}`),
  jwt: jwtOf({ sub: 'usr-44871', email: 'saga.jwt@nordvinter.example' }, 'Cr5Lj8Ty4Ut8Sd9Fh5Zp6Ex7Lg2Fk3Va'),
  idToken: jwtOf({ iss: 'https://id.example', name: 'Ottoline Jwtbury' }, 'Xy5Sc8Rc6Ni2Kp8Wz6Gs8Lj2So4Rq4Wu'),
  // People.
  name: plant('personal', 'Wilhelmina Featherstonehaugh'),
  firstName: plant('personal', 'Thaddeus'),
  lastName: plant('personal', 'Quackenbush'),
  maidenName: plant('personal', 'Pfefferkornova'),
  germanName: plant('personal', 'Jörg Müßiggangheimer'),
  chineseName: plant('personal', '欧阳娜娜子'),
  cyrillicName: plant('personal', 'Святослав Крузенштерн'),
  username: plant('personal', 'zebrafish_wilma88'),
  birthday: plant('personal', '1973-08-29'),
  germanBirthday: plant('personal', '29.08.1973'),
  street: plant('address', '1742 Butterscotch Crescent'),
  city: plant('address', 'Llanfairpwllgwyn'),
  postcode: plant('address', 'LL61 5UJ'),
  fullAddress: plant('address', 'Marzipanstraße 93, 50667 Pumpernickelhausen'),
  latitude: plant('address', '51.5033641'),
  longitude: plant('address', '-0.1276250'),
  diagnosis: plant('personal', 'Hashimoto thyroiditis'),
  medication: plant('personal', 'Levothyroxinum 75'),
  salary: plant('personal', '93471'),
  employer: plant('personal', 'Snickerdoodle Holdings'),
  religion: plant('personal', 'Pastafarianism'),
  email: plant('email', 'wilma.zebrafish@nordvinter.example'),
  plusEmail: plant('email', 'ottokar+billing@trundlewood.example'),
  worldEmail: plant('email', 'jörg.müßig@büchergarten.example'),
  emailTwo: plant('email', 'saga_9.berg@sub.fjellkatt.example'),
  phone: plant('phone', '+44 20 7946 0958'),
  phoneE164: plant('phone', '+4915234567801'),
  phoneUs: plant('phone', '(415) 555-2671'),
  phoneFr: plant('phone', '06 12 34 56 78'),
  ssn: plant('national id', '536-90-4382'),
  passport: plant('national id', 'C01X00T47'),
  licence: plant('national id', 'QUACK753116SM9IJ'),
  taxId: plant('national id', '86095742719'),
  mrn: plant('national id', 'MRN-4471902'),
  niNumber: plant('national id', 'QQ 71 84 29 C'),
  cpf: plant('national id', '529.982.247-25'),
  aadhaar: plant('national id', '2345 6789 0124'),
  ip: plant('network', '203.0.113.197'),
  ipTwo: plant('network', '198.51.100.23'),
  ipv6: plant('network', '2001:db8:85a3::8a2e:370:7334'),
  mac: plant('network', '3c:22:fb:9a:71:0e'),
  card: plant('card', luhn('453201511283036')),
  cardMastercard: plant('card', luhn('542523343010990')),
  cardAmex: plant('card', luhn('37444820033456')),
  iban: plant('iban', iban('DE', '370400440532013000')),
  ibanGb: plant('iban', iban('GB', 'NWBK60161331926819')),
  ibanFr: plant('iban', iban('FR', '20041010050500013M02606')),
  accountNumber: plant('iban', '000123456789'),
} as const

/** A card or an IBAN in groups of four, as people write them. */
export const grouped = (one: Planted, separator = ' '): string => (one.value.match(/.{1,4}/g) ?? []).join(separator)
