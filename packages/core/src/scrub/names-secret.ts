/**
 * Words and phrases that say a value opens something: passwords, keys, tokens, signatures. Phrases are written joined
 * (`apikey`) and found in every spelling (`api_key`, `x-api-key`, `APIKey`, `apikey`).
 *
 * `anywhere` hits wherever it stands in a name, unless the name goes on to something harmless (`tokenCount`); `atTheEnd` hits
 * as the last word alone; `alone` hits only as the whole name.
 */
import type { WordLists } from './names-rules.ts'

export const secretNames: WordLists = {
  anywhere: `
    password passwd passwrd pwd pswd passphrase passcode passwordhash passwordsalt pword psw
    secret secretid secretkey secretvalue secrettext clientsecret sharedsecret appsecret webhooksecret signingsecret
    consumersecret totpsecret mfasecret otpsecret
    token accesstoken refreshtoken idtoken authtoken bearertoken sessiontoken csrftoken xsrftoken apitoken devicetoken
    pushtoken fcmtoken resettoken invitetoken verificationtoken sastoken securitytoken logintoken usertoken bottoken
    personalaccesstoken registrationtoken
    apikey apisecret apipassword apicredential subscriptionkey appkey applicationkey consumerkey serverkey servicekey
    privatekey privkey secretaccesskey accesskey accesskeyid encryptionkey decryptionkey cipherkey signingkey signkey
    masterkey authkey authenticationkey authorizationkey sshkey sshprivatekey rsakey aeskey hmackey tlskey sslkey pemkey
    gpgkey pgpkey licensekey licencekey productkey activationkey sharedkey presharedkey psk sessionkey accountkey storagekey
    deploykey webhookkey recoverykey symmetrickey wrappingkey datakey keymaterial keypair keyfiledata hostkey passkey
    keystorepassword serviceaccountkey rootkey wifikey webkey jwtkey jwtsecret cookiesecret sessionsecret cookiekey kek dek
    credential cred authorization proxyauthorization authheader basicauth httpauth authdata authstring authvalue authinfo
    wwwauthenticate sessionid sessionidentifier sessid phpsessid jsessionid connectsid sessionhash sessioncookie
    authcookie signature hmac jwt jws jwe bearer csrf xsrf samlresponse samlassertion assertion clientassertion
    otp totp hotp mfa mfacode otpcode totpcode onetimepassword onetimecode onetimepasscode twofactor twofactorcode 2fa 2facode
    tfacode smscode verificationcode verifycode confirmationcode activationcode resetcode recoverycode backupcode logincode
    authcode authorizationcode accesscode securitycode pincode pinnumber pinblock devicecode codeverifier codechallenge
    invitecode magiccode
    cvv cvv2 cvc cvc2 cvn cardverificationvalue cardsecuritycode cardcode
    mnemonic seedphrase recoveryphrase secretphrase walletseed pepper privatepem
    connectionstring connstring connstr connectionurl connectionuri dsn databaseurl databaseuri dburl dburi mongourl
    mongouri mongodburi mongodburl redisurl redisuri postgresurl postgresuri postgresqlurl pgurl mysqlurl jdbcurl amqpurl
    amqpuri rabbitmqurl brokerurl smtpurl webhookurl slackwebhook magiclink presignedurl signedurl sasurl
    smtppass dbpass userpass adminpass rootpass mysqlpass pgpass redispass mailpass emailpass ftppass sshpass loginpass
    authpass proxypass keypass storepass masterpass newpass oldpass wifipass basicpass mongopass httppass userpwd dbpwd
    securityanswer secretanswer securityquestion passwordhint
    clientkey clientkeydata keydata customerkey ssecustomerkey sdkkey instrumentationkey requirepass masterauth usercode
    npmtoken githubtoken gitlabtoken slacktoken xapikey xauthtoken xcsrftoken xamzsecuritytoken
    sharedaccesssignature ticketgrantingticket serviceticket puk pukcode mtan tancode phototan emailcode challengecode
    captcharesponse recaptcharesponse hcaptcharesponse oauthverifier xprv snmpcommunity communitystring laravelsession
    cisession railssession appsession httpsession websession pairingcode invitationcode pickupcode giftcardcode geheimwort
    dockerconfigjson dockercfg netrc htpasswd kubeconfig pkcs12 pfx`,
  atTheEnd: `pin salt seed sig sid auth pat pw`,
  alone: `pw streams datasource pass session sessions authn authz pwhash passhash digestauth hashedpass oauth oauthcode sas ticket tickets tgt wif cavv csc usersession nexttoken`,
}

/** Long enough that a lower-case word which contains one is about nothing else: `mynewpasswordagain`. */
export const secretStems: readonly string[] = `
    password passwd passphrase passcode apikey accesstoken refreshtoken authtoken sessiontoken privatekey secretkey clientsecret
    sessionid connectionstring passwort kennwort contrasena wachtwoord motdepasse losenord salasana jelszo adgangskode`
  .trim()
  .split(/\s+/)

/** Before `Key`: who gave it, or what it opens. A key of a table, a cache or a keyboard has none of these. */
export const keyOwners = `
    stripe kms sendgrid twilio mailgun mailchimp mandrill postmark sparkpost paypal braintree adyen square plaid openai
    anthropic gemini cohere mistral huggingface replicate algolia maps googlemaps mapbox google firebase fcm aws azure gcp
    cloudflare fastly digitalocean linode heroku vercel netlify github gitlab bitbucket slack discord telegram zoom pagerduty
    opsgenie sentry datadog newrelic rollbar bugsnag honeycomb segment amplitude mixpanel posthog intercom zendesk hubspot
    salesforce shopify pusher ably pubnub onesignal nexmo vonage messagebird plivo recaptcha hcaptcha turnstile captcha vault
    crypto bitwarden contentful sanity supabase planetscale deepl rapidapi airtable notion merchant partner vendor sandbox live
    admin write ingest ingestion machine validation decrypt encrypt vapid push otp totp mfa setup wallet enrollment unseal des crypt cryptography integration read serial pairing wpa
    wep unlock backup`

/** Before `Code`, `Pin` and `Combination`: what it opens. */
export const lockNouns =
  'door gate alarm safe lock locker padlock entry garage vault unlock keypad building panel panic duress'

/** Before `pw`, without anything between: too short a word to be looked for inside others. */
export const passwordOwners =
  'bind user root db admin login auth ldap smtp imap mail ftp ssh wifi my new old key store http proxy'
