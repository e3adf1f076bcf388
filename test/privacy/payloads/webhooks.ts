/** Events that services send, as handlers log them. */
import { payloads } from '../payload.ts'
import { planted as p } from '../planted.ts'

export const webhooks = payloads('personal names', [
  [
    'stripe charge',
    () => ({
      id: 'evt_1Qx2Yz3',
      type: 'charge.succeeded',
      created: 1768478400,
      data: {
        object: {
          amount: 4999,
          currency: 'eur',
          billing_details: {
            name: p.name.value,
            email: p.email.value,
            phone: p.phoneE164.value,
            address: { line1: p.street.value, city: p.city.value, postal_code: p.postcode.value },
          },
          payment_method_details: { card: { brand: 'visa', exp_month: 12 } },
        },
      },
    }),
    [p.name, p.email, p.phoneE164, p.street, p.city, p.postcode],
    ['charge.succeeded', 4999, 'eur', 1768478400],
  ],
  [
    'stripe intent',
    () => ({
      object: 'payment_intent',
      status: 'requires_action',
      client_secret: `pi_3Q_secret_${p.hexKey.value}`,
      receipt_email: p.email.value,
    }),
    [p.hexKey, p.email],
    ['requires_action'],
  ],
  [
    'github push',
    () => ({
      ref: 'refs/heads/main',
      before: '6113728f27ae82c7b1a177c8d03f9e96e0adf246',
      pusher: { name: p.username.value, email: p.email.value },
      commits: [
        {
          id: '0d1a26e67d8f5eaf1f6ba5c57fc3c7d91ac0fd1c',
          message: 'fix build',
          author: { name: p.name.value, email: p.email.value },
        },
      ],
    }),
    [p.username, p.email, p.name],
    ['refs/heads/main', '6113728f27ae82c7b1a177c8d03f9e96e0adf246'],
  ],
  [
    'github installation token',
    () => ({
      token: `ghs${'_'}${p.sessionId.value}${p.csrf.value}`,
      expires_at: '2026-01-15T13:00:00Z',
      permissions: { contents: 'read' },
    }),
    [p.sessionId, p.csrf],
    ['read'],
  ],
  [
    'slack command',
    () => ({
      token: p.csrf.value,
      team_id: 'T0001',
      user_name: p.username.value,
      command: '/deploy',
      response_url: `https://hooks.slack.com/commands/${p.slackHook.value}`,
    }),
    [p.csrf, p.username, p.slackHook],
    ['/deploy'],
  ],
  [
    'slack command as a form',
    () => `token=${p.csrf.value}&user_name=${p.username.value}&command=%2Fdeploy`,
    [p.csrf, p.username],
  ],
  [
    'twilio message',
    () => ({
      From: p.phoneE164.value,
      To: p.phone.value,
      Body: `Your code is ${p.otp.value}`,
      NumMedia: '0',
      SmsStatus: 'received',
      FromCity: p.city.value,
    }),
    [p.phoneE164, p.phone, p.otp, p.city],
    ['received'],
  ],
  [
    'twilio form',
    () => `From=${encodeURIComponent(p.phoneE164.value)}&Body=code+${p.otp.value}&SmsStatus=received`,
    [p.phoneE164],
  ],
  [
    'sendgrid events',
    () => [
      {
        email: p.email.value,
        event: 'bounce',
        timestamp: 1768478400,
        ip: p.ip.value,
        url: `https://a.example/reset/${p.resetToken.value}`,
      },
    ],
    [p.email, p.ip, p.resetToken],
    ['bounce', 1768478400],
  ],
  [
    'shopify order',
    () => ({
      id: 450789469,
      total_price: '598.94',
      currency: 'USD',
      customer: { first_name: p.firstName.value, last_name: p.lastName.value, email: p.plusEmail.value },
      shipping_address: { address1: p.street.value, latitude: p.latitude.value, longitude: p.longitude.value },
      browser_ip: p.ip.value,
    }),
    [p.firstName, p.lastName, p.plusEmail, p.street, p.latitude, p.longitude, p.ip],
    [450789469, '598.94', 'USD'],
  ],
  [
    'paypal',
    () => ({
      event_type: 'PAYMENT.SALE.COMPLETED',
      resource: {
        amount: { total: '7.47' },
        payer: { payer_info: { email: p.email.value, first_name: p.firstName.value, payer_id: 'QYR5Z8XDVJNXQ' } },
      },
    }),
    [p.email, p.firstName],
    ['PAYMENT.SALE.COMPLETED', '7.47'],
  ],
  [
    'mailgun',
    () => ({
      signature: { token: p.hexKey.value, timestamp: '1768478400', signature: p.signature.value },
      'event-data': { event: 'opened', recipient: p.email.value, 'client-info': { 'device-type': 'mobile' } },
    }),
    [p.hexKey, p.signature, p.email],
    ['opened'],
  ],
  [
    'calendly',
    () => ({
      event: 'invitee.created',
      payload: {
        name: p.name.value,
        email: p.email.value,
        timezone: 'Europe/Berlin',
        cancel_url: `https://calendly.com/cancellations/${p.resetToken.value}`,
        questions_and_answers: [{ question: 'Phone', answer: p.phone.value }],
      },
    }),
    [p.name, p.email, p.resetToken, p.phone],
    ['invitee.created', 'Europe/Berlin'],
  ],
  [
    'typeform',
    () => ({
      form_response: {
        form_id: 'lT4Z3j',
        answers: [
          { type: 'email', email: p.email.value, field: { ref: 'q1' } },
          { type: 'phone_number', phone_number: p.phoneE164.value },
        ],
      },
    }),
    [p.email, p.phoneE164],
  ],
  [
    'telegram update',
    () => ({
      update_id: 10000,
      message: {
        from: { id: 1111111, first_name: p.firstName.value, username: p.username.value },
        text: `/login ${p.plainPassword.value}`,
        contact: { phone_number: p.phoneE164.value },
      },
    }),
    [p.firstName, p.username, p.phoneE164],
    [10000],
  ],
  [
    'whatsapp',
    () => ({
      entry: [
        {
          changes: [
            {
              value: {
                contacts: [{ profile: { name: p.name.value }, wa_id: p.phoneE164.value.slice(1) }],
                messages: [{ type: 'text', timestamp: '1768478400' }],
              },
            },
          ],
        },
      ],
    }),
    [p.name, p.phoneE164],
    ['text'],
  ],
  [
    'zoom',
    () => ({
      event: 'meeting.started',
      payload: {
        object: {
          id: '111111111',
          password: p.shortPassword.value,
          host_email: p.email.value,
          start_url: `https://zoom.us/s/1?zak=${p.jwt.value}`,
        },
      },
    }),
    [p.shortPassword, p.email, p.jwt],
    ['meeting.started'],
  ],
  [
    'auth0 log',
    () => ({
      date: '2026-01-15T12:00:00.000Z',
      type: 'fp',
      description: 'Wrong email or password.',
      ip: p.ip.value,
      user_name: p.email.value,
      user_agent: 'Chrome 120',
      details: { body: { password: p.password.value }, session_id: p.sessionId.value },
    }),
    [p.ip, p.email, p.password, p.sessionId],
    ['fp'],
  ],
  [
    'okta event',
    () => ({
      eventType: 'user.session.start',
      actor: { alternateId: p.email.value, displayName: p.name.value, type: 'User' },
      client: {
        ipAddress: p.ip.value,
        geographicalContext: {
          city: p.city.value,
          geolocation: { lat: Number(p.latitude.value), lon: Number(p.longitude.value) },
        },
      },
      outcome: { result: 'SUCCESS' },
    }),
    [p.email, p.name, p.ip, p.city, p.latitude],
    ['user.session.start', 'SUCCESS'],
  ],
  [
    'cloudtrail',
    () => ({
      eventName: 'CreateAccessKey',
      sourceIPAddress: p.ip.value,
      userIdentity: { type: 'IAMUser', userName: p.username.value, accessKeyId: p.awsKey.value },
      responseElements: { accessKey: { accessKeyId: p.awsTemporary.value, status: 'Active' } },
    }),
    [p.ip, p.username, p.awsKey, p.awsTemporary],
    ['CreateAccessKey'],
  ],
])
