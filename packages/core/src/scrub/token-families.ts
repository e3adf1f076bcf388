/**
 * Secrets that say what they are: the beginnings and shapes by which providers make their tokens recognisable.
 *
 * Every shape is anchored where its prefix stands and bounded; what is hidden is the whole run of token characters from there,
 * so that a longer format of tomorrow goes with it.
 */

export interface TokenFamily {
  readonly name: string
  /** How it begins. Case counts: that is what makes it rare. */
  readonly prefix: string
  /** What must follow the prefix. Sticky, bounded. */
  readonly shape: RegExp
  /** Short beginnings must not stand within a word. */
  readonly boundary?: true
  readonly mask?: string
}

const family = (name: string, prefixes: string, shape: RegExp, boundary?: true, mask?: string): TokenFamily[] =>
  prefixes.split(' ').map((prefix) => ({
    name,
    prefix,
    shape: new RegExp(shape.source, 'y'),
    ...(boundary ? { boundary } : {}),
    ...(mask === undefined ? {} : { mask }),
  }))

export const tokenFamilies: readonly TokenFamily[] = [
  ...family('aws', 'AKIA ASIA ABIA ACCA AROA AIDA AGPA ANPA', /[A-Z0-9]{12}/),
  // A session token, which is base64 of a fixed beginning.
  ...family('aws', 'FwoGZXIvYXdz IQoJb3JpZ2lu', /[\w+/=]{16}/),
  ...family('github', 'ghp_ gho_ ghu_ ghs_ ghr_', /[A-Za-z0-9]{16}/),
  ...family('github', 'github_pat_', /[A-Za-z0-9_]{20}/),
  ...family('gitlab', 'glpat- gldt- glrt- glcbt- glptt- glft- glimt- glagent- gloas- glsoat- GR1348941', /[\w-]{16}/),
  ...family('slack', 'xoxb- xoxa- xoxp- xoxr- xoxs- xoxe- xoxc- xoxd- xoxo- xoxe. xapp-', /[\w.-]{8}/),
  ...family('stripe', 'sk_live_ sk_test_ rk_live_ rk_test_ pk_live_ pk_test_ sk_prod_ rk_prod_', /[A-Za-z0-9]{8}/),
  ...family('stripe', 'whsec_', /[A-Za-z0-9+/=]{12}/),
  ...family('google', 'AIza', /[\w-]{30}/),
  ...family('google', 'ya29. GOCSPX-', /[\w-]{12}/),
  ...family('google', '1//0', /[\w-]{24}/, true),
  ...family('openai', 'sk-proj- sk-svcacct- sk-admin- sk-ant- sk-or-', /[\w-]{12}/),
  ...family('openai', 'sk-', /[A-Za-z0-9]{20}/, true),
  ...family('twilio', 'SK AC', /[0-9a-f]{32}/, true),
  ...family('sendgrid', 'SG.', /[\w-]{16}/, true),
  ...family('mailgun', 'key- pubkey-', /[0-9a-z]{32}/, true),
  ...family('mailchimp', 'md-', /[\w-]{22}/, true),
  ...family('npm', 'npm_', /[A-Za-z0-9]{24}/),
  ...family('pypi', 'pypi-', /[\w-]{16}/),
  ...family('rubygems', 'rubygems_', /[0-9a-f]{32}/),
  ...family('crates', 'cio', /[A-Za-z0-9]{32}/, true),
  ...family('huggingface', 'hf_ api_org_', /[A-Za-z0-9]{20}/, true),
  ...family('digitalocean', 'dop_v1_ doo_v1_ dor_v1_', /[0-9a-f]{24}/),
  ...family('shopify', 'shpat_ shpca_ shppa_ shpss_', /[0-9a-fA-F]{16}/),
  ...family('square', 'sq0atp- sq0csp- sq0idp- EAAAE', /[\w-]{20}/),
  ...family('facebook', 'EAA', /[A-Za-z0-9]{28}/, true),
  ...family('heroku', 'HRKU-', /[\w-]{20}/),
  ...family('linear', 'lin_api_ lin_oauth_', /[A-Za-z0-9]{16}/),
  ...family('notion', 'secret_ ntn_', /[A-Za-z0-9]{32}/, true),
  ...family('doppler', 'dp.pt. dp.st. dp.ct. dp.sa. dp.scim. dp.audit.', /[\w.-]{16}/),
  ...family('vault', 'hvs. hvb. hvr.', /[\w-]{20}/),
  ...family('vault', 's.', /[A-Za-z0-9]{24}(?![\w.])/, true),
  ...family('databricks', 'dapi dkea dose', /[0-9a-f]{32}/),
  ...family('atlassian', 'ATATT ATCTT ATBB ATSTT', /[\w-]{20}/),
  ...family('age', 'AGE-SECRET-KEY-1', /[0-9A-Z]{20}/),
  ...family('onepassword', 'ops_eyJ', /[\w-]{20}/),
  ...family('onepassword', 'A3-', /[A-Z0-9]{6}-[A-Z0-9]{11}/, true),
  ...family('postman', 'PMAK-', /[0-9a-f]{20}/),
  ...family('newrelic', 'NRAK- NRJS- NRII- NRAL- NRRA-', /[\w-]{16}/),
  ...family('grafana', 'glsa_ glc_', /[\w+/=]{24}/),
  ...family('sentry', 'sntrys_ sntryu_', /[\w+/=-]{24}/),
  ...family('planetscale', 'pscale_tkn_ pscale_pw_ pscale_oauth_', /[\w.-]{20}/),
  ...family('fly', 'FlyV1 fo1_ fm1_ fm2_', /[\w+/= -]{20}/),
  ...family('supabase', 'sbp_ sb_secret_ sb_publishable_', /[\w]{16}/),
  ...family('prefect', 'pnu_ pnb_', /[A-Za-z0-9]{24}/),
  ...family('pulumi', 'pul-', /[0-9a-f]{32}/, true),
  ...family(
    'plaid',
    'access-sandbox- access-production- access-development- public-sandbox- public-production-',
    /[0-9a-f-]{30}/,
  ),
  ...family('paypal', 'access_token$production$ access_token$sandbox$', /[\w$]{16}/),
  ...family('dynatrace', 'dt0c01. dt0s01.', /[A-Z0-9.]{20}/),
  ...family('contentful', 'CFPAT-', /[\w-]{20}/),
  ...family('airtable', 'pat', /[A-Za-z0-9]{14}\.[0-9a-f]{32}/, true),
  ...family('figma', 'figd_ figu_', /[\w-]{20}/),
  ...family('docker', 'dckr_pat_ dckr_oat_', /[\w-]{16}/),
  ...family('clojars', 'CLOJARS_', /[a-z0-9]{24}/),
  ...family('groq', 'gsk_', /[A-Za-z0-9]{24}/),
  ...family('replicate', 'r8_', /[A-Za-z0-9]{24}/, true),
  ...family('perplexity', 'pplx-', /[A-Za-z0-9]{24}/),
  ...family('sendinblue', 'xkeysib- xsmtpsib-', /[0-9a-f]{24}/),
  ...family('resend', 're_', /[A-Za-z0-9]{8}_[A-Za-z0-9]{16}/, true),
  ...family('mapbox', 'sk.eyJ pk.eyJ tk.eyJ', /[\w.-]{20}/),
  ...family('easypost', 'EZAK EZTK', /[A-Za-z0-9]{40}/),
  ...family('alibaba', 'LTAI', /[A-Za-z0-9]{16}/, true),
  ...family('tencent', 'AKID', /[A-Za-z0-9]{28}/, true),
  ...family('yandex', 'AQVN t1.', /[\w=-]{30}/, true),
  ...family('azure', 'AccountKey=', /[A-Za-z0-9+/]{16}/),
  ...family('ssh', 'AAAAB3NzaC1 AAAAC3NzaC1 AAAAE2VjZHNh', /[A-Za-z0-9+/=]{16}/),
  ...family(
    'paseto',
    'v1.local. v2.local. v3.local. v4.local. v1.public. v2.public. v3.public. v4.public.',
    /[\w-]{16}/,
    true,
  ),
  ...family('hubspot', 'pat-na1- pat-eu1-', /[0-9a-f-]{20}/, true),
  ...family('jwt', 'eyJ', /[\w-]{12}/, undefined, '[jwt]'),
]

/** Tokens told by a mark within them: the mark, what must stand right before it and behind it. */
export const innerMarks: readonly { readonly name: string; readonly needs: string; readonly shape: RegExp }[] = [
  // 123456789:AAE…, the number of the bot and its key.
  { name: 'telegram', needs: ':AA', shape: /(?<![\w:])\d{6,12}:AA[\w-]{30,40}(?![\w-])/g },
  // The id in base64, the time, the signature.
  { name: 'discord', needs: '.', shape: /(?<![\w.-])[MNO][A-Za-z\d_-]{22,28}\.[\w-]{6}\.[\w-]{25,45}(?![\w-])/g },
  { name: 'terraform', needs: '.atlasv1.', shape: /(?<![\w.])[A-Za-z0-9]{14}\.atlasv1\.[\w-]{20,128}/g },
  { name: 'mailgun', needs: '-', shape: /(?<![\w-])[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}(?![\w-])/g },
  { name: 'mailchimp', needs: '-us', shape: /(?<!\w)[0-9a-f]{32}-us\d{1,2}(?!\w)/g },
  { name: 'firebase', needs: 'AAAA', shape: /(?<![\w-])AAAA[\w-]{7}:[\w-]{100,180}/g },
]
