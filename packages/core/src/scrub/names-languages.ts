/**
 * The same words in other languages. Latin ones are written without accents, as folding leaves them. The others are looked
 * for anywhere in a name, because their scripts or their grammar do not set words apart.
 */

/** Spanish, Portuguese, French, German, Dutch, Italian, Swedish, Norwegian, Danish, Finnish, Polish, Czech, Hungarian, Turkish, Romanian, Croatian, Indonesian, Vietnamese. */
export const latinSecretWords = `
    contrasena contrasenia clave claveprivada claveapi claveacceso clavesecreta secreto palabraclave codigoseguridad codigoacceso codigodeacceso codigoverificacion codigodeverificacion
    senha senhaatual novasenha segredo chaveprivada chavesecreta chaveapi codigoseguranca
    motdepasse mdp motpasse cleprivee clesecrete cleapi jetonacces jeton codesecret phrasesecrete
    passwort kennwort kennsatz geheim geheimnis geheimzahl geheimschluessel privaterschluessel schluessel zugangscode
    zugangsdaten zugriffstoken zugangstoken schlussel geheimerschlussel privaterschlussel geheimschlussel losungswort geheimwort geheimcode geheimnummer merkwort passworter
    wachtwoord wachtwoorden geheimesleutel privesleutel pincodewoord toegangscode
    parola parolachiave chiaveprivata chiavesegreta segreto
    losenord losen hemlighet hemlig passord hemmelighet adgangskode kodeord hemmelig salasana tunnussana salainen
    haslo hasla klucztajny kluczprywatny tajne sekret sekretny
    heslo hesla tajemstvi soukromyklic tajny
    jelszo jelszava titkoskulcs titok sifre sifresi parolasi gizlianahtar gizli
    salasona slaptazodis geslo katalaluan lozinka zaporka katasandi sandi kunci rahasia matkhau khoabimat parolautilizator`

export const latinPersonalWords = `
    correo correoelectronico nombre nombres nombrecompleto apellido apellidos telefono movil celular direccion calle ciudad
    codigopostal fechanacimiento fechadenacimiento cedula pasaporte tarjeta numerotarjeta genero
    nomecompleto sobrenome telefone celular endereco cidade rua cep datanascimento datadenascimento cartao numerocartao
    prenom nomfamille nomdefamille nomcomplet courriel adresse adressepostale rue ville codepostal datenaissance
    datedenaissance telephone numerotelephone carteidentite passeport
    vorname nachname familienname geburtsname benutzername anschrift strasse wohnort ort postleitzahl geburtsdatum
    geburtstag telefonnummer handynummer handy telefon mobilnummer kontonummer kreditkarte kartennummer
    reisepass ausweisnummer personalausweis geschlecht
    voornaam achternaam gebruikersnaam telefoonnummer telefoon straat woonplaats geboortedatum adres huisnummer
    cognome indirizzo citta codicepostale datadinascita telefono cellulare
    fornamn efternamn anvandarnamn adress gata postnummer fodelsedatum telefonnummer mobilnummer
    fornavn etternavn efternavn brukernavn brugernavn fodselsdato etunimi sukunimi kayttajatunnus puhelin puhelinnumero
    osoite syntymaaika
    imie nazwisko imieinazwisko uzytkownik ulica miasto kodpocztowy dataurodzenia numertelefonu adreszamieszkania
    jmeno prijmeni ulice mesto psc datumnarozeni keresztnev vezeteknev telefonszam lakcim szuletesidatum
    soyad soyadi soyisim adsoyad kullaniciadi nom nome naam navn namn nimi isim nev eposta telefonu dogumtarihi nume prenume ime prezime`

/** What means a key or a password, and in longer names other things too: only as the whole name. */
export const latinSecretAlone = 'cle chiave klucz klic kljuc gettone parole sleutel nyckel nokkel avain'
export const otherSecretAlone = 'ключ رمز מפתח'

/** Short words of other scripts, which stand in longer ones too: only as the whole name. */
export const otherPersonalAlone = 'имя фио имена имени'

/** Russian, Ukrainian, Bulgarian, Greek, Hebrew, Arabic, Persian, Hindi, Thai, Chinese, Japanese, Korean. */
export const otherSecretWords = `
    лозинк парол секрет токен ключдоступа приватныйключ закрытыйключ пинкод тайна
    κωδικος συνθηματικο μυστικο
    סיסמה סיסמא ססמה סוד
    كلمةالمرور كلمةالسر كلمهالمرور رمزالمرور گذرواژه رمزعبور
    पासवर्ड गुप्त कूटशब्द
    รหัสผ่าน ความลับ
    密码 密碼 口令 密钥 密鑰 令牌 私钥 私鑰 验证码 驗證碼 確認コード 認証コード 验证代码 秘钥
    パスワード 暗証番号 秘密鍵 秘密 トークン 合言葉
    비밀번호 암호 비밀키 개인키 토큰 인증번호`

export const otherPersonalWords = `
    фамили отчеств имяпользователя полноеимя телефон электроннаяпочта почта адрес улица паспорт снилс датарождения деньрождения прізвище
    ονομα επωνυμο τηλεφωνο διευθυνση ημερομηνιαγεννησης
    טלפון כתובת שםמשפחה שםפרטי תאריךלידה
    البريدالإلكتروني رقمالهاتف العنوان تاريخالميلاد الاسم
    नाम ईमेल फोन पता जन्मतिथि
    อีเมล เบอร์โทร ที่อยู่ วันเกิด
    姓名 名字 手机 手機 电话 電話 邮箱 郵箱 电子邮件 地址 身份证 身份證 生日 出生日期 银行卡 住址
    氏名 名前 苗字 メールアドレス 電話番号 住所 生年月日 誕生日 マイナンバー 郵便番号
    이름 성명 이메일 전화번호 휴대폰 주소 생년월일 주민등록번호 주민번호`
