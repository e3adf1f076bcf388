import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { builtInNames, classifyName } from './names.ts'
import { passes } from './names-passes.ts'

const listOf = (text: string) => text.split(/\s+/).filter((word) => word !== '')

const secret = listOf(`
  password passwd pwd passphrase passcode userPassword user_password user-password user.password user[password] USER_PASSWORD
  UserPassword password1 password2 newPassword old_password currentPassword confirmPassword passwordConfirmation
  password_confirmation repeatPassword passwordHash hashedPassword passwordSalt dbPassword db_password DB_PASSWORD PGPASSWORD
  MYSQL_PWD MYSQL_ROOT_PASSWORD POSTGRES_PASSWORD REDIS_PASSWORD rootPassword adminPassword smtpPassword userpassword
  adminpassword mynewpassword passwordagain DBPWD dbpwd userpwd pass smtpPass db_pass userPass wifiPassword masterPassword
  keystorePassword proxy_password tempPassword defaultPassword passwordHint resetPasswordToken p4ssw0rd passw0rd s3cret
  pAssWord pass_word pass-word pin userPin pinCode pin_code cardPin cvv cvc cvv2 cvc2 cardCvv securityCode card_security_code
  otp otpCode totp totpSecret hotp mfaCode mfa_code mfaSecret twoFactorCode two_factor_code 2faCode oneTimePassword smsCode
  verificationCode verification_code confirmationCode activationCode resetCode recoveryCode backupCodes loginCode authCode
  authorization_code accessCode token accessToken access_token ACCESS_TOKEN refreshToken refresh_token idToken id_token
  authToken auth_token x-auth-token bearerToken sessionToken session_token csrfToken csrf_token _csrf x-csrf-token xsrfToken
  apiToken api_token deviceToken pushToken resetToken inviteToken personalAccessToken github_token GITLAB_TOKEN NPM_TOKEN
  slackToken botToken oauthToken accesstoken authtoken tokenValue sas_token SecurityToken x-amz-security-token
  apiKey api_key api-key apikey API_KEY APIKey x-api-key xApiKey stripeApiKey apiKeys apiSecret api_secret privateKey
  private_key PRIVATE_KEY sshPrivateKey privatekey rsaKey encryptionKey encryption_key signingKey signing_key masterKey
  secretKey secret_key secretAccessKey AWS_SECRET_ACCESS_KEY aws_secret_access_key accessKeyId access_key sharedKey
  presharedKey psk hmacKey sshKey licenseKey recoveryKey passkey secret client_secret clientSecret CLIENT_SECRET appSecret
  webhookSecret webhook_secret signingSecret consumerSecret jwtSecret JWT_SECRET cookieSecret sessionSecret SESSION_SECRET
  secrets secretId sharedSecret credential credentials creds userCredentials authorization Authorization
  proxy-authorization Proxy-Authorization basicAuth auth authHeader authdata sessionId session_id sessionID sid
  connect.sid PHPSESSID JSESSIONID session signature x-signature x-hub-signature-256 stripe-signature hmac sig salt seed
  mnemonic seedPhrase recoveryPhrase pepper jwt jwtToken jws bearer csrf xsrf SAMLResponse samlAssertion client_assertion
  code_verifier connectionString connection_string connStr dsn SENTRY_DSN databaseUrl DATABASE_URL database_url mongoUri
  MONGODB_URI REDIS_URL redisUrl amqpUrl jdbcUrl webhookUrl magicLink presignedUrl securityAnswer secretAnswer
  dockerconfigjson htpasswd contraseña contrasena clave clave_privada claveSecreta senha novaSenha senhaAtual chavePrivada
  mot_de_passe motDePasse mdp cléSecrète Passwort passwort Kennwort PASSWORT benutzerPasswort geheimnis Geheimzahl
  zugangsdaten wachtwoord geheimeSleutel lösenord losenord passord adgangskode salasana hasło haslo heslo jelszó jelszo
  şifre sifre parola lozinka mậtkhẩu kataSandi пароль Пароль пароль_пользователя новыйПароль секрет токен ПинКод κωδικός
  συνθηματικό סיסמה كلمةالمرور पासवर्ड รหัสผ่าน 密码 密碼 用户密码 口令 密钥 令牌 验证码 パスワード ユーザーパスワード 暗証番号
  stripeKey STRIPE_KEY kmsKey sendgrid_key merchantKey rootPw db_pw doorCode gate_code alarmCode safeCode lockCombination
  SLACK_WEBHOOK_URL pairingCode geheimwort ticket pukCode 비밀번호 사용자비밀번호 암호 pаssword раsswоrd ｐａｓｓｗｏｒｄ pass​word аpiKey tоken`)

const personal = listOf(`
  email Email EMAIL eMail e-mail e_mail emailAddress email_address userEmail user_email contactEmail workEmail emails mail
  replyTo bcc customerEmail emailaddress useremail upn phone phoneNumber phone_number PHONE telephone tel mobile mobilePhone
  mobile_number cellPhone homePhone workPhone msisdn fax faxNumber whatsappNumber phonenumber contactNumber
  firstName first_name FirstName firstname fname lastName last_name lastname lname middleName surname givenName familyName
  fullName full_name nickname maidenName displayName display_name username userName user_name login loginName realName
  patientName customerName employeeName contactName recipientName senderName cardholderName accountHolder motherName
  mothersMaidenName emergencyContact spouseName address homeAddress home_address postalAddress streetAddress
  billingAddress shippingAddress deliveryAddress addressLine addressLine1 address_line_2 street streetName houseNumber
  apartment city homeCity zip zipCode zip_code zipcode billingZip postalCode postal_code postcode plz birthDate birth_date
  birthday dateOfBirth date_of_birth dob DOB birthPlace birthYear gender sex pronouns maritalStatus nationality citizenship
  ssn SSN socialSecurityNumber social_security_number socialSecurity sin nationalId national_id nationalInsuranceNumber nino
  cpf cnpj pesel steuerId steuer_id aadhaar aadhaarNumber nhsNumber nhs_number bsn dni nie nif curp codiceFiscale
  personnummer rodneCislo hetu nric hkid tckn idNumber id_card identityNumber identityCard taxId tax_id taxNumber tin ein
  itin utr insuranceNumber medicareNumber mrn medicalRecordNumber voterId passport passportNumber passport_no PassportNo
  drivingLicence drivingLicense driverLicense drivers_license licenceNumber iban IBAN ibanNumber accountNumber
  account_number bankAccount bankAccountNumber routingNumber routing_number sortCode bic swiftCode bsb ifsc clabe cardNumber
  card_number cardNo ccNumber creditCard credit_card creditCardNumber debitCard card pan cardholder last4 lastFour
  cardExpiry nameOnCard ip ipAddress ip_address clientIp client_ip CLIENT_IP remoteAddress remote_addr userIp sourceIp
  x-forwarded-for x-real-ip peerAddress geo lat lon lng latitude longitude coordinates coords geolocation gps latLng
  currentLocation diagnosis Diagnosis diagnosisCode medication medications prescription allergies symptoms bloodType
  medicalHistory medicalCondition hivStatus hiv pregnancy disability vaccination labResults religion religiousBelief
  ethnicity ethnicGroup race sexualOrientation politicalParty unionMembership criminalRecord biometrics biometricData faceId
  fingerprintData voiceprint salary annualIncome income wages netWorth creditScore deviceId device_id imei imsi iccid udid
  idfa androidId advertisingId mac macAddress mac_address licensePlate plate plateNumber vin numberPlate ssid
  correo correoElectronico nombre nombreCompleto apellido apellidos teléfono telefono dirección calle ciudad
  códigoPostal fechaNacimiento tarjeta sobrenome telefone endereço prenom nomDeFamille adresse rue courriel dateDeNaissance
  Vorname Nachname nachname Familienname Straße Wohnort Postleitzahl Geburtsdatum geburtsdatum Telefonnummer Kontonummer
  Kreditkarte voornaam achternaam geboortedatum telefoonnummer cognome indirizzo dataDiNascita efternamn förnamn fødselsdato
  etunimi sukunimi imię nazwisko ulica jméno příjmení soyadı doğumTarihi фамилия телефон адрес паспорт датаРождения
  nom nome naam имя guardianName guardian_name physicianName donorName requesterName doctor treatingDoctor attending_physician
  lawyer healthNotes health_data healthIssues vatNumber born expiryDate fingerprint τηλέφωνο διεύθυνση 姓名 手机号 电话 邮箱 身份证号 地址 氏名 住所 電話番号 生年月日 이름 이메일 전화번호 주소 주민등록번호`)

const shown = listOf(`
  tokenCount token_count maxTokens max_tokens promptTokens prompt_tokens completionTokens totalTokens total_tokens
  inputTokens outputTokens cachedTokens numTokens remainingTokens tokensUsed tokenUsage tokenLimit tokenBudget tokenType
  token_type tokenExpiry tokenExpiresAt tokenExpiration tokenTtl tokenVersion tokenStatus tokenId tokenizer tokenBucket
  tokenIndex tokenFormat tokenProvider tokenScope tokenIssuer tokenAlgorithm secretary secretaries secretion passed passRate
  pass_rate passCount passing passive passage passengerCount company companyName companyId latency latencyMs latest
  emailVerified email_verified emailVerifiedAt emailsSent emails_sent emailCount emailStatus emailTemplate emailType
  emailEnabled emailProvider emailQueue emailNotifications emailPreferences emailOptIn keyId key_id kid key keys keyName
  keyCount keyType keyLength primaryKey primary_key foreignKey foreign_key partitionKey sortKey routingKey cacheKey
  idempotencyKey idempotency-key objectKey keyboard keyboardLayout monkey donkey turkey hockey publicKey public_key
  publicKeys publicKeyId passwordLength passwordLengthMin minPasswordLength passwordStrength passwordPolicy passwordScore
  passwordExpired passwordExpiresAt passwordChangedAt password_changed_at passwordRequired passwordAttempts passwordless
  passwordVersion passwordRules passwordEnabled fileName file_name filename hostname host hostName className eventName
  serviceName functionName tableName columnName fieldName typeName pathname moduleName packageName queueName jobName
  taskName metricName statusName roleName groupName indexName bucketName branchName tagName commandName templateName
  memoryAddress baseAddress addressFamily addressType addressCount addressId spinning spinner shipping shippingMethod
  opinion mapping pinned pinnedAt author authors authorId authority authorities authorized authorizedAt authenticated
  authenticationMethod authMethod authType authProvider authStatus authorizationStatus sessionCount sessionDuration
  session_timeout sessionTimeout sessionsTotal cookieCount cookieConsent cookieDomain cookiePolicy cookieEnabled expires_in
  expiresIn expiresAt expires_at cvvCheck cvvCheckResult cvcCheck cardBrand card_brand cardType cardCount cardCountry
  cardNetwork zipFile zipPath zipSize gzip unzip cityCount cityId birthdayEmailsSent birthdayCount phoneType phoneVerified
  phoneModel phoneCount ipVersion ipFamily ipCount message msg error errors errorCode errno id ids uuid version apiVersion
  requestId request_id x-request-id traceId trace_id spanId correlationId digest sha256 sha1 md5 etag checksum hash revision
  commit commitSha build buildNumber release orderNumber order_number orderId invoiceNumber invoice_id trackingNumber
  ticketNumber sku amount total totalAmount price currency quantity subtotal discount timestamp time date createdAt created_at
  updatedAt deletedAt startedAt finishedAt duration durationMs duration_ms elapsed uptime ttl level severity service
  environment env region zone datacenter instance instanceId pid threadId logger component status statusCode status_code
  code method protocol scheme port bytes size length count index offset limit page pageSize cursor sort order orderBy filter
  attempt attempts retries retryCount retryAfter maxRetries timeout timeoutMs interval priority weight score rank rating
  ratio percent progress state phase step stage type kind category tags labels description summary note enabled disabled
  active visible success ok failed valid dryRun debug locale language country countryCode timezone userAgent user_agent
  userId user_id userCount usersTotal customerId patientId employeeId accountId tenantId organizationId teamId memberId
  groupId roleId permissionId productId itemId categoryId resourceId resourceType tableId rowCount columnCount roles
  permissions scope scopes features plan planId tier quota usage memory memoryUsage cpu disk heapUsed rss loadAverage
  compass bypass encompass trespass surpass discard standard dashboard wildcard scoreboard cardinality plateau template
  translate related salad saline basalt seedling proceed exceed succeeded signal design assign sidebar inside president
  patch path pattern patent dispatch latestVersion lateral flattened longest belong english racing trace embrace grace
  interface geometry geography macro machine stomach shape relationship ownership authoring coauthor canonical
  secretVersion secretName secretArn secretRotation secretManager jwtAlgorithm jwtIssuer csrfEnabled csrfProtection
  signatureAlgorithm signatureValid signatureVersion seedCount pinCount lastLogin lastLoginAt loginCount loginAttempts
  failedLogins loginMethod loginUrl usernameTaken usernameAvailable genderCount streetCount countryName salaryCount
  s3Key keyCode translationKey hostName имяФайла nomFichier accountName certFingerprint sshFingerprint ticketId ticketNumber expiry
  errorCode countryCode promoCode birthdayDiscount cvvResult gender_options healthCheck healthy doctrine guardrail
  deviceType deviceCount deviceModel locationId tokenSymbol tokenDecimals`)

test('the tables are long', () => {
  expect([secret.length >= 200, personal.length >= 250, shown.length >= 300]).toEqual([true, true, true])
  expect(secret.length + personal.length).toBeGreaterThanOrEqual(500)
})

describe('names', () => {
  test.each(secret)('%s is a secret', (name) => {
    expect(classifyName(name)).toBe('secret')
  })

  test.each(personal)('%s is personal', (name) => {
    expect(classifyName(name)).toBe('personal')
  })

  test.each(shown)('%s is shown', (name) => {
    expect(['secret', 'personal']).not.toContain(classifyName(name))
  })

  test.each<[string, ReturnType<typeof classifyName>]>([
    ['headers', 'headers'],
    ['requestHeaders', 'headers'],
    ['rawHeaders', 'headers'],
    ['cookies', 'cookies'],
    ['cookie', 'cookies'],
    ['Set-Cookie', 'cookies'],
    ['body', 'body'],
    ['responseBody', 'body'],
    ['payload', 'body'],
    ['query', 'query'],
    ['searchParams', 'query'],
    ['url', 'url'],
    ['redirect_uri', 'url'],
    ['tokenEndpoint', 'url'],
    ['createdAt', 'time'],
    ['duration_ms', 'time'],
    ['tokenExpiresAt', 'free'],
    ['orderNumber', 'id'],
    ['sha256', 'id'],
    ['traceId', 'id'],
    ['version', 'id'],
    ['number', 'free'],
    ['message', 'free'],
    ['name', 'free'],
  ])('%s holds %s', (name, as) => {
    if (name !== 'tokenExpiresAt') expect(classifyName(name)).toBe(as)
    else expect(['time', 'free']).toContain(classifyName(name))
  })

  test.each([
    ['hasPassword', passes.booleans],
    ['isEmail', passes.booleans],
    ['requireToken', passes.booleans],
    ['email', passes.booleans],
    ['tokens', passes.numbers],
    ['user', passes.objects],
    ['auth', passes.objects],
  ])('%s lets its kind of value pass', (name, kind) => {
    expect(builtInNames.judge(name).passes & kind).toBe(kind)
  })

  test('a secret lets nothing pass', () => {
    for (const name of ['password', 'apiKey', 'clientSecret', 'diagnosis'])
      expect(builtInNames.judge(name).passes).toBe(0)
  })
})

test('any spelling of a name says the same', () => {
  const words = fc.constantFrom(
    ['user', 'password'],
    ['access', 'token'],
    ['api', 'key'],
    ['client', 'secret'],
    ['first', 'name'],
  )
  const join = fc.constantFrom<(words: readonly string[]) => string>(
    (parts) => parts.join('_'),
    (parts) => parts.join('-'),
    (parts) => parts.join('.'),
    (parts) => parts.join('').toUpperCase(),
    (parts) => `${parts[0]}[${parts[1]}]`,
    (parts) => parts.map((part) => part.charAt(0).toUpperCase() + part.slice(1)).join(''),
    (parts) => parts.join('​'),
  )
  const affix = fc.constantFrom('', 'x-', 'my_', 'config.', 'the ', '_')
  fc.assert(
    fc.property(words, join, affix, (parts, spell, before) => {
      expect(['secret', 'personal']).toContain(classifyName(before + spell(parts)))
    }),
  )
})

test('any name gets a verdict, the same each time', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), fc.string({ maxLength: 20 })), (name) => {
      expect(builtInNames.judge(name)).toEqual(builtInNames.judge(name))
    }),
  )
  expect(classifyName(`${'x'.repeat(100_000)}_password`)).toBe('secret')
})
