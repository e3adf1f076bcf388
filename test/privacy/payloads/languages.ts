/** Names of members in other languages, and names in disguise. */
import { type Payload, payloads } from '../payload.ts'
import { type Planted, planted as p } from '../planted.ts'

/** Per language: names for a password, a person's name, and one more. */
const words: readonly (readonly [string, string, string, readonly [string, Planted]])[] = [
  ['de', 'passwort', 'nachname', ['geburtsdatum', p.germanBirthday]],
  ['de, run together', 'benutzerpasswort', 'vorname', ['kontonummer', p.accountNumber]],
  ['fr', 'motDePasse', 'nomDeFamille', ['adresse', p.street]],
  ['fr, accents', 'mot_de_passe', 'prénom', ['numéroDeSécuritéSociale', p.ssn]],
  ['es', 'contraseña', 'apellido', ['fechaNacimiento', p.birthday]],
  ['es, without accents', 'contrasena', 'apellidos', ['telefono', p.phone]],
  ['pt', 'senha', 'sobrenome', ['endereço', p.street]],
  ['it', 'parolaChiave', 'cognome', ['codiceFiscale', p.taxId]],
  ['nl', 'wachtwoord', 'achternaam', ['geboortedatum', p.birthday]],
  ['sv', 'lösenord', 'efternamn', ['personnummer', p.ssn]],
  ['pl', 'hasło', 'nazwisko', ['adresZamieszkania', p.street]],
  ['pl, without accents', 'haslo', 'imie', ['pesel', p.taxId]],
  ['cs', 'heslo', 'příjmení', ['datumNarození', p.birthday]],
  ['tr', 'şifre', 'soyadı', ['doğumTarihi', p.birthday]],
  ['ru', 'пароль', 'фамилия', ['телефон', p.phone]],
  ['uk', 'пароль_користувача', 'прізвище', ['адреса', p.street]],
  ['el', 'κωδικός', 'επώνυμο', ['τηλέφωνο', p.phone]],
  ['ar', 'كلمة_المرور', 'الاسم', ['الهاتف', p.phone]],
  ['he', 'סיסמה', 'שם_משפחה', ['טלפון', p.phone]],
  ['hi', 'पासवर्ड', 'नाम', ['पता', p.street]],
  ['zh', '密码', '姓名', ['身份证号', p.passport]],
  ['zh, traditional', '密碼', '姓名', ['地址', p.street]],
  ['ja', 'パスワード', '氏名', ['住所', p.street]],
  ['ja, old word', '暗証番号', '名前', ['電話番号', p.phone]],
  ['ko', '비밀번호', '이름', ['주소', p.street]],
]

const disguised = payloads('secret names', [
  [
    'Cyrillic a in password',
    () => ({ 'p\u0430ssword': p.plainPassword.value, 't\u043eken': p.csrf.value }),
    [p.plainPassword, p.csrf],
  ],
  [
    'full-width letters',
    () => ({ '\uff50\uff41\uff53\uff53\uff57\uff4f\uff52\uff44': p.plainPassword.value }),
    [p.plainPassword],
  ],
  [
    'zero-width characters',
    () => ({ 'pass\u200bword': p.plainPassword.value, 'sec\u00adret': p.csrf.value, '\ufefftoken': p.access.value }),
    [p.plainPassword, p.csrf, p.access],
  ],
  [
    'mathematical letters',
    () => ({ '\u{1d429}\u{1d41a}\u{1d42c}\u{1d42c}\u{1d430}\u{1d428}\u{1d42b}\u{1d41d}': p.plainPassword.value }),
    [p.plainPassword],
  ],
  [
    'combining accents',
    () => ({ 'contrasen\u0303a': p.plainPassword.value, 'lo\u0308senord': p.shortPassword.value }),
    [p.plainPassword, p.shortPassword],
  ],
  [
    'spaces around',
    () => ({ ' password ': p.plainPassword.value, 'api key': p.hexKey.value, 'access\ttoken': p.csrf.value }),
    [p.plainPassword, p.hexKey, p.csrf],
  ],
  [
    'digits for letters',
    () => ({ passw0rd: p.plainPassword.value, p4ssword: p.shortPassword.value }),
    [p.plainPassword, p.shortPassword],
  ],
  [
    'camel case with digits',
    () => ({ password1: p.plainPassword.value, newPassword2Confirm: p.newPassword.value, oauth2Token: p.access.value }),
    [p.plainPassword, p.newPassword, p.access],
  ],
  [
    'capitals run together',
    () => ({
      userAPIKey: p.hexKey.value,
      OAUTHTOKEN: p.access.value,
      DBPassword: p.dbPassword.value,
      XSRFToken: p.csrf.value,
    }),
    [p.hexKey, p.access, p.dbPassword, p.csrf],
  ],
  [
    'separators of all kinds',
    () => ({
      'api/key': p.hexKey.value,
      'client::secret': p.clientSecret.value,
      'access~token': p.access.value,
      'user|password': p.plainPassword.value,
    }),
    [p.hexKey, p.clientSecret, p.access, p.plainPassword],
  ],
  ['percent-encoded name', () => ({ 'user%5Bpassword%5D': p.plainPassword.value }), [p.plainPassword]],
  ['translated texts', () => `Anmeldung fehlgeschlagen, Passwort: ${p.plainPassword.value}`, [p.plainPassword]],
  ['translated text, Spanish', () => `contraseña incorrecta: contraseña=${p.plainPassword.value}`, [p.plainPassword]],
  ['translated text, Russian', () => `неверный вход, пароль: ${p.plainPassword.value}`, [p.plainPassword]],
  ['translated form', () => `benutzer=x&passwort=${p.plainPassword.value}&seite=2`, [p.plainPassword]],
  ['translated JSON', () => ({ body: JSON.stringify({ 密码: p.plainPassword.value, 名: 1 }) }), [p.plainPassword]],
])

export const languages: readonly Payload[] = [
  ...payloads(
    'secret names',
    words.map(
      ([language, password, name, [another, value]]) =>
        [
          `names in ${language}`,
          () => ({ [password]: p.plainPassword.value, [name]: p.lastName.value, [another]: value.value, n: 53 }),
          [p.plainPassword, p.lastName, value],
          [53],
        ] as const,
    ),
  ),
  ...disguised,
]
