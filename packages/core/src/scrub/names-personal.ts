/**
 * Words and phrases that say a value is about a person, by the placeholder that stands in its place. The spelling rules are
 * those of `names-secret.ts`.
 */
import type { WordLists } from './names-rules.ts'

/** E-mail addresses. */
export const emailNames: WordLists = {
  anywhere: `email emailaddress mailaddress useremail workemail homeemail contactemail mailto replyto recipientemail upn
    userprincipalname`,
  atTheEnd: `mail emailid`,
  alone: `cc bcc emails rfc822name`,
}

export const phoneNames: WordLists = {
  anywhere: `phone phonenumber phoneno telephone telephonenumber telno telnumber mobilephone mobilenumber mobileno cellphone
    cellnumber homephone workphone msisdn faxnumber faxno phonehome phonemobile whatsapp whatsappnumber smsnumber waid
    callerid callernumber dialednumber contactnumber landline`,
  atTheEnd: `tel fax mobile`,
  alone: `cell sms`,
}

export const cardNames: WordLists = {
  anywhere: `cardnumber cardno cardnum ccnumber ccno ccnum creditcard creditcardnumber debitcard debitcardnumber bankcard
    paymentcard primaryaccountnumber cardpan cardlast4 last4 last4digits lastfour cardexpiry cardexp cardexpiration
    cardexpirydate cardexpmonth cardexpyear cardholder cardholdername nameoncard cardtrack track1 track2 trackdata`,
  atTheEnd: `card`,
  alone: `pan ccn cards expirydate expirationdate expdate validthru goodthru expmonth expyear
    expirationmonth expirationyear`,
}

export const ibanNames: WordLists = {
  anywhere: `iban ibannumber bban`,
  atTheEnd: ``,
  alone: ``,
}

export const nationalNames: WordLists = {
  anywhere: `ssn ssnlast4 socialsecurity socialsecuritynumber socialsecurityno socialinsurancenumber socialnumber
    nationalid nationalidnumber nationalinsurance nationalinsurancenumber nationalidentifier nationalregistrynumber
    personalnumber personalid personalidnumber personalidentificationnumber identitynumber idnumber idcard idcardnumber
    identitycard identitydocument nino cpf cnpj pesel steuerid steueridnr steuernummer aadhaar aadhar aadhaarnumber
    nhsnumber nhsno curp codicefiscale burgerservicenummer personnummer personnr fodselsnummer henkilotunnus hetu cprnumber
    rodnecislo jmbg egn oib tckimlik tckimlikno kimlikno mynumber hkid nric taxid taxnumber taxpayerid taxidnumber
    taxidentificationnumber taxfilenumber vatid vatnumber vatno vatidnumber vatregistrationnumber ustid ustidnr utr itin pancard pannumber sinnumber dninumber nifnumber bsnnumber
    egnnumber avsnumber ahvnummer sozialversicherungsnummer svnr insee numerosecu securitesociale nir rfccurp inn snils
    medicarenumber medicareno medicareid medicaidid medicaidnumber medicalrecordnumber mrn insurancenumber insuranceid
    policyholder voterid votersid visanumber immigrationnumber aliennumber residencepermit greencard militaryid`,
  atTheEnd: ``,
  alone: `sin tin ein dni nie nif bsn nhs cpr tckn rut ruc cuit cuil cui cnp ahv avs tfn abn rrn cns ppsn pps amka emso nik`,
}

export const addressNames: WordLists = {
  anywhere: `ip ipaddress ipaddr ipv4 ipv6 ipv4address ipv6address remoteaddress remoteaddr clientaddress peeraddress
    clientip userip sourceip srcip destip remoteip peerip realip xforwardedfor forwardedfor xrealip trueclientip
    cfconnectingip sourceaddress socketaddress localaddress originip`,
  atTheEnd: ``,
  alone: `ips forwarded xff`,
}

/** Everything else about a person that a boolean or a state after it may still tell. */
export const personalNames: WordLists = {
  anywhere: `firstname lastname middlename givenname givennames familyname surname secondname forename forenames christianname
    fullname nickname maidenname birthname legalname preferredname realname displayname screenname username userlogin
    loginname personname contactname customername clientname patientname employeename membername guestname ownername
    holdername accountholder accountholdername accountowner recipientname sendername billingname shippingname
    beneficiary beneficiaryname payername payeename candidatename studentname teachername drivername passengername
    childname spousename parentname fathername mothername mothersmaidenname motherssurname nextofkin emergencycontact
    doctorname physicianname nursename authorname agentname buyername sellername tenantname visitorname applicantname
    insuredname subscribername attendeename participantname winnername relativename kinname salutation
    address homeaddress postaladdress mailingaddress streetaddress billingaddress shippingaddress deliveryaddress
    residentialaddress addressline street streetname streetnumber housenumber houseno housename apartment apartmentnumber
    aptno pobox city hometown zipcode zippostal postalcode postcode postalzip plz neighborhood neighbourhood
    birth birthdate birthday dateofbirth dob birthplace placeofbirth birthyear birthcountry birthcity deathdate
    dateofdeath
    gender sexatbirth pronouns maritalstatus nationality citizenship countryofbirth
    passport passportnumber passportno drivinglicence drivinglicense driverslicense driverslicence driverlicense
    driverlicence licencenumber licensenumber licenseno dlnumber
    accountnumber accountno acctnumber acctno bankaccount bankaccountnumber routingnumber routingno sortcode bic swift
    swiftcode bankcode acctnum blz bankleitzahl bsb abanumber abarouting clabe ifsc ifsccode vpa upi upiid sepamandate
    latitude longitude latlng latlon latlong coordinates coords geolocation geopoint gps gpslocation gpscoordinates
    homelocation lastlocation userlocation currentlocation
    salary income wage wages payrate networth creditscore taxcode annualincome monthlyincome householdincome
    deviceid deviceidentifier deviceserial imei imsi iccid meid udid idfa idfv gaid androidid advertisingid adid macaddress
    macaddr hwaddr hardwareid bluetoothaddress wifimac bssid ssid browserfingerprint devicefingerprint
    licenseplate licenceplate plateno platenumber numberplate registrationplate vehicleregistration vinnumber
    nameonaccount mrz machinereadablezone pnr hl7 mt103 remittance remittanceinformation useridforsrp queryparameter
    statementparameter photourl avatarurl profilephoto selfie signatureimage appleid skypeid telegram telegramid instagram twitterhandle
    facebookid linkedin linkedinurl`,
  atTheEnd: `zip lat lon lng geo vin plate sex `,
  alone: `originalname originalfilename owner manager mac geo race login user users person people patient patients customer customers employee employees recipient
    recipients cardholder passenger passengers beneficiary payee payer guest guests student students assignee subscriber
    subscribers applicant applicants visitor visitors contact contacts friend friends spouse  
    initials whoami loginid logon fingerprint born bornon bornat additionalproperty unevaluatedproperty uname fname lname mname addr dateborn nick`,
}

/** Special categories (GDPR Art. 9): hidden also where the name goes on to a state, as in `hivStatus`. */
export const sensitiveNames: WordLists = {
  anywhere: `diagnosis diagnose diagnoses medication medications prescription prescriptions allergy allergies symptom
    symptoms disease illness bloodtype bloodgroup bloodpressure medicalhistory medicalrecord medicalcondition medical
    treatmentplan healthcondition healthconditions healthrecord healthrecords healthnote healthnotes
    healthinfo healthdata healthissue healthissues healthhistory healthproblem healthproblems healthinsurance labresult labresults testresultmedical hiv hivstatus pregnancy
    pregnant disability disabilities vaccination immunization immunisation geneticdata genome dnasequence psychiatric
    therapynotes clinicalnotes patientnotes smoker smokingstatus bodymassindex surgery surgeries
    religion religiousbelief faith ethnicity ethnic ethnicgroup ethnicorigin racialorigin caste sexualorientation
    sexualpreference politicalopinion politicalparty politicalaffiliation unionmembership tradeunion criminalrecord
    convictions biometric biometrics faceencoding facetemplate faceembedding faceid voiceprint retinascan irisscan
    fingerprinttemplate fingerprintdata fingerprintscan thumbprintscan immigrationstatus employmentstatus`,
  atTheEnd: ``,
  alone: `bmi icd icd10`,
}

export const personalStems: readonly string[] = `
    emailaddress phonenumber creditcard cardnumber socialsecurity firstname lastname surname username dateofbirth birthdate
    passportnumber accountnumber ipaddress`
  .trim()
  .split(/\s+/)

/**
 * People by what they are to somebody. Alone they hide a name and let ids pass, at the end of a name too (`treatingDoctor`),
 * and with `Name` behind them they are a person's.
 */
export const personRoles = `
    guardian caregiver carer doctor physician nurse therapist surgeon dentist pharmacist psychiatrist psychologist lawyer
    attorney notary landlord landlady husband wife fiance fiancee grandmother grandfather daughter sibling beneficiary
    claimant defendant plaintiff guarantor trustee shareholder debtor consignee addressee deceased inventor`
/** People whose noun is also a thing's: only with `Name` behind it. */
export const namedRoles = `
    user person people patient customer employee recipient sender member contact author owner assignee guest student teacher
    driver passenger holder payee payer spouse child parent relative kin applicant candidate subscriber buyer seller visitor
    attendee participant traveler traveller insured signatory signer client friend manager supervisor agent creator reporter
    approver reviewer victim suspect witness viewer mother father son brother sister uncle aunt partner colleague boss
    resident voter citizen donor volunteer speaker player courier rider borrower lender creditor nominee caller callee
    shipper consignor bearer officer director trainer coach counselor counsellor referrer requester requestor editor billing
    shipping delivery emergency pupil minor infant baby kid heir pilot captain instructor tutor professor lecturer
    occupant lessee lessor renter tenant winner nextofkin cardmember`
