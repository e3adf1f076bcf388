/**
 * Words that make a name harmless, and what else a name says about its value: a time, an id, a URL, a body.
 */

/** Last words that turn a secret or a personal word into a measure of it: `tokenCount`, `passwordLength`. */
export const measures = `
    count counts counter length len size sizes bytes kb mb max min limit limits total totals num avg average mean median sum
    rate rates ratio percent percentage usage used remaining left quota budget cost costs price index offset position width
    height ms millis seconds secs minutes hours days ttl age attempts attempt retries retry tries failures score strength
    entropy bits rounds iterations capacity depth rank weight duration interval timeout delay latency frequency threshold
    unit units second minute hour enabled disabled supported required available per throughput p50 p95 p99 decimals supply`

/** Last words that tell a state or a kind of it: `emailVerified`, `tokenType`. */
export const states = `
    verified unverified verification valid invalid validated validity validation enabled disabled enable disable required
    optional missing present absent exists exist expired revoked rotated rotation changed change updated created deleted
    removed added sent received delivered bounced opened clicked failed succeeded success status state type types kind mode
    method methods policy policies rule rules format formats algorithm algorithms alg algo strategy provider providers
    issuer audience version versions level scope scopes check checks checked source template templates subject
    column columns table schema event events action actions error errors matched match mismatch mismatched confirmed
    available taken unique allowed blocked locked supported unused active inactive flag consent banner domain
    secure samesite httponly service server queue job worker handler manager engine bucket notifications notification
    preference preferences optin optout brand network symbol model country family currency locale encoding parser
    validator factory helper middleware component module plugin button page screen dialog icon view controller
    reader writer ttls limiter protection strict less grant grants permission permissions role roles category class
    complexity requirements requirement expires expiry expiration expiring rejected accepted malformed
    introspection exchange lifetime option options choice choices result results outcome step band bands bracket region provided discount discounts campaign
    reminder reminders greeting refreshed refreshing loading loaded visible hidden shown hide show toggle`

/** First words of measures: `maxTokens`, `totalEmails`. */
export const measurePrefixes = `max min num total avg average count mean sum per n`

/** With `tokens` these are amounts of a language model: `promptTokens`. */
export const tokenAmounts = `
    prompt completion input output cached cache reasoning thinking context response used remaining estimated billed audio
    image text accepted prediction rejected generated predicted max budget`

/** First words of names that are true or false. */
export const booleanPrefixes = `
    is has had have are was were can could should shall would will did does do need needs requires require must allow allows
    use uses using enable disable show hide include includes exclude skip ignore supports wants want`

export const times = `
    at date time datetime timestamp ts expires expiry expiration exp iat nbf since until deadline day month year epoch
    created updated modified deleted started ended finished start end ttl maxage duration elapsed latency millis
    ms ns us seconds uptime lastlogin lastseen lastmodified`

export const ids = `
    id ids uuid guid ulid oid ref reference sku version versions digest hash checksum etag sha sha1 sha256 sha384 sha512 md5
    crc crc32 revision rev commit build release tag trace span traceparent tracestate request correlation kid jti nonce
    fingerprint thumbprint sequence seq number no num order ordernumber invoice invoicenumber ticket tracking trackingnumber
    serial serialnumber batch lot amount amounts subtotal total price balance port code codes status key slug cursor offset
    model upc ean gtin isbn arn lsn shard partition block height frames operationid idempotencykey semver integrity sri pid`

/** Ends that keep an id an id behind a secret or personal word: `tokenId`, `emailId` excepted. */
export const idEnds = `id ids uuid guid ref arn version versions index`

export const urls = `
    url uri urls uris href endpoint link links location referer referrer redirect redirecturi redirecturl callback
    callbackurl originalurl baseurl requesturl origin permalink src path pathname route`
/** The part of these that keeps a secret word a URL: `tokenEndpoint`. */
export const urlEnds = `url uri urls uris href endpoint link links path route`

export const bodies = `
    body rawbody requestbody responsebody payload rawpayload postdata rawdata xml json html soap graphql sql statement
    querytext sqltext sqlquery sqlmessage ndjson yaml multipart rawpacket rawbytes rawrequest rawresponse`

export const queries = `query querystring search searchparams queryparams querystringparameters rawquery qs querystrings`

export const headerNames = `
    headers rawheaders requestheaders responseheaders httpheaders trailers rawtrailers reqheaders resheaders headersdistinct
    internalrepr grpcmetadata initialmetadata trailingmetadata outgoingheaders multivalueheaders headerslist headersmap
    extraheaders defaultheaders customheaders`

export const cookieNames = `cookie cookies setcookie cookiejar cookieheader requestcookies responsecookies rawcookies signedcookies
    cookiestring cookieparams setcookieheader setcookies setcookie2 cookie2`

/** Shown whatever their words are. */
export const shown = `
    publickey publickeys publickeyid primarykey foreignkey idempotencykey partitionkey sortkey routingkey cachekey
    groupkey objectkey keyid kid jwks jwksuri jwkset jti functionsignature methodsignature typesignature
    tokenizer tokenbucket secretary lastlogin firstlogin failedlogin failedlogins loginattempts phonebook mailbox
    memoryaddress baseaddress startaddress endaddress addressfamily addressspace addressof
    mailer maildir mailgun mailserver mailhost cardinality cardlayout zipfile zipentry
    passthrough passcount passrate tokenization tokencount passwordless useragent 
    contactid customerid patientid employeeid userid memberid guestid studentid signaturealgorithm
    authorid authority authorized authenticated authentication sessiontimeout sessionduration
    namespace eventname filename hostname pathname classname functionname tablename servicename 
    frames issuedat expiresin expiresat tokentype passed failed`

/** Names that are of a person when something else beside them is, or when they stand under a person. */
export const personParts = `
    name first last middle given family full maiden nick handle bio suburb line1 line2 line3 suite unit pob honorific preferred
    aliases alias knownas display names notes location avatar photo picture relationship occupation healthstatus
    policynumber policyno groupnumber membernumber`

/** The same for places: only where the value is no plain word, as `active` in a `state`. */
export const placeParts = `state region county province district title`

/** Nouns for people: an object under one is about a person. */
export const personNouns = `
    user users person people patient patients customer customers employee employees recipient recipients sender member
    members profile contact contacts author authors owner owners assignee guest guests student students teacher doctor
    physician nurse driver passenger passengers cardholder holder beneficiary payee payer spouse child children parent
    parents relative kin account actor principal identity applicant applicants candidate candidates subscriber buyer seller
    visitor attendee attendees participant participants billing shipping delivery billingdetails shippingdetails
    ownerdetails userinfo userdata personaldata personalinfo personaldetails customerdetails traveler traveller insured
    signatory signer client clients friend friends manager supervisor agent creator
    createdby updatedby deletedby reporter approver reviewer victim suspect witness tenantuser loginuser
    currentuser me whoami viewer address addresses billingaddress shippingaddress homeaddress`

/** Containers that change nothing: what is true of their parent is true inside. */
export const containers = `data attributes attrs fields values payload body input info details detail result item items
    record records row rows node nodes edges list entry entries params args value document doc form new old before after
    current previous changes datavalues insurance`

/** Keys whose value names another key's value. */
export const pairNames = `
    name key field fieldname header headername param parameter property prop attribute attr column path instancepath
    datapath label k variable option flag setting configkey metakey columnname propertyname paramname keyname
    attributename prompt question questionid selector locator xpath target inputname fieldid id type`

/** Keys whose value is named by another key's. */
export const pairValues = `
    value values val v input before after from to old new oldvalue newvalue previous previousvalue current currentvalue
    original originalvalue actual received content text raw answer default defaultvalue data stringvalue rawvalue
    updated prior was now got provided given instance lhs rhs left right beforevalue aftervalue invalidvalue
    argument valuestring displayvalue initialvalue response params context number args attemptedvalue rejectedvalue`

export const sqlTexts = `sql text query querytext statement sqltext sqlquery cql command stmt preparedstatement prepare`
export const bindings = `bindings params parameters values binds args arguments bindvalues bindparams replacements bind vars
    parameter bindvariables queryparameters positional executeparams`

export const argvNames = `argv args arguments execargv spawnargs argvs command cmd cmdline commandline processargv rawargs`

/** What is put before or after a word without a separator: `userpassword`, `dbpwd`. Besides the words themselves. */
export const affixes = `
    user users my new old current previous admin root login app client server access auth refresh api web hook webhook bot
    github gitlab slack stripe aws azure gcp google smtp imap mysql postgres postgresql redis mongo mongodb ftp sftp ssh wifi
    confirm confirmed repeat retype temp tmp default hash hashed hint plain raw text enc encrypted value string str field
    input db pg id ids my service account session device member customer patient employee person contact owner home work
    office primary secondary alt alternate backup billing shipping number num no line code date name first last full test
    prod production dev staging master main public private super sys system http https proxy mail email db2 oracle mssql sql
    ldap vault kafka rabbit amqp elastic es twilio sendgrid mailgun paypal facebook twitter firebase npm docker registry
    cloud data base key keys answer is has reset change update set get signin signup register registration verify again
    verification original guest host remote local peer source src dest destination company business emergency card credit
    debit bank payment guardian parent mother father spouse city zip postal street file url uri count length type expiry
    verified status sent`

/** Names under which a person's full name is looked for. */
export const fullNames = `name names display displaytext label owner manager sender author creator createdby updatedby editor
    assignee approver reviewer reporter requestedby signedby subject holder from to`

/** Nouns for errors. */
export const errorNouns = `
    err error exception cause rootcause lasterror originalerror innererror innerexception failure wrappederror previouserror`

/** What stands only beside the number of a payment card. */
export const cardSigns = 'cvv cvc cvv2 cvc2 cvn cardcvv cardcvc'
/** What is the card's beside those. */
export const cardParts = `
    expiry expirydate expiration expirationdate exp expdate expires expmonth expyear expirymonth expiryyear expirationmonth
    expirationyear month year validthru validto goodthru validuntil bin holder`

/** Nouns for things that have names as people do: `plan: { name: 'Gold Tier' }`. */
export const thingNouns = `
    product products plan plans subscriptionplan feature features category categories tier tiers sku skus variant variants
    addon addons lineitem lineitems package packages bundle bundles course courses module modules report reports
    dashboard widget job jobs queue service services cluster environment project projects repository release milestone
    model template campaign menu recipe workflow step steps pipeline stage suite test tests metric metrics alert alerts rule rules policy role roles permission permissions`
/** What only things have: beside them `name` is a thing's. */
export const thingSigns = `
    sku price unitprice listprice baseprice pricing category categoryid barcode ean upc gtin stock inventory brand variant
    manufacturer partnumber isbn warranty interval billinginterval`

/** A member that gives short names beside it a meaning: keys of a JWK, the code of a grant. */
export const companions: Readonly<Record<string, readonly string[]>> = {
  kty: ['d', 'k', 'p', 'q', 'dp', 'dq', 'qi', 'oth'],
  granttype: ['code'],
  // What was validated.
  instancepath: ['data'],
  // Of a secret of Kubernetes: asked for only where that is its kind.
  kind: ['data', 'stringData'],
}

/** Lists of column names, and what holds the columns of one or many rows beside them. */
export const columnLists = 'columns fields fieldnames columnnames keys names headers header cols'
export const columnValues = 'values rows row data records tuple tuples'
