/**
 * Paths by their words: what names a resource stays, what names one of its members becomes `:v`.
 *
 * Nothing tells the person `alice` from the resource `alerts` for certain, so words stay that belong to the vocabulary of web
 * services, and words in the plural where no collection stands right before them: `/users/james` is `/users/:v`.
 */
import { work } from './linear-work.ts'

const segmentsMax = 32

/** The path with data in it replaced; templates such as `/users/:id` stay as they are. */
export function shownPath(path: string): string {
  work.characters += path.length
  if (path === '' || path === '/') return path
  const parts = path.split('/')
  const shown: string[] = []
  let afterCollection = false
  for (const [i, part] of parts.slice(0, segmentsMax).entries()) {
    const keep: boolean = part === '' || isTemplate(part) || isResource(part, afterCollection)
    shown.push(keep ? part : `:v${extensionOf(part)}`)
    afterCollection = keep && isPlural(part)
    if (i === segmentsMax - 1 && parts.length > segmentsMax) shown.push('…')
  }
  return shown.join('/')
}

const template =
  /^(?::[A-Za-z]\w{0,40}\??(?:\.[a-z]{1,5})?|\{[A-Za-z]\w{0,40}\}|\[(?:\.{3})?[A-Za-z]\w{0,40}\]|\*{1,2}|\.{1,2}|\u2026)$/
const isTemplate = (part: string) => template.test(part)

function isResource(part: string, afterCollection: boolean): boolean {
  if (part.length > 40) return false
  const word = part.toLowerCase()
  if (vocabulary.has(word) || /^v\d{1,2}(?:\.\d)?$/.test(word)) return true
  const pieces = word.replace(/\.(?:html?|php|aspx?|jsp|json|xml|js|css|do|action)$/, '').split(/[-_.]/)
  if (pieces.every((piece) => vocabulary.has(piece))) return true
  return !afterCollection && part === word && isPlural(part)
}

/** `patients`, `order-lines`; not `ss` as in `access`, nor what is short. */
const isPlural = (part: string) =>
  /^[a-z]{2,24}(?:[-_][a-z]{2,24}){0,2}$/.test(part) && /[a-rt-z]s$/.test(part) && part.length >= 5

const extensionOf = (part: string) =>
  /[^.]\.(?:js|css|html?|json|xml|pdf|png|jpe?g|gif|svg|csv|txt|zip|map|ico|woff2?)$/.exec(part)?.[0].slice(1) ?? ''

const vocabulary = new Set(
  (
    'api apis rest rpc graphql gql soap ws wss websocket socket events event stream streams webhook webhooks hook hooks callback ' +
    'callbacks internal external public private admin backoffice console dashboard health healthz livez readyz ready live ping ' +
    'status metrics version info docs openapi swagger auth oauth oauth2 oidc openid saml sso login logout signin signout signup ' +
    'register registration token tokens authorize authorise userinfo jwks well-known password passwords reset forgot verify ' +
    'verification confirm confirmation activate session sessions user users me self account accounts profile profiles member ' +
    'members people person persons customer customers client clients contact contacts patient patients employee employees order ' +
    'orders invoice invoices payment payments charge charges refund refunds checkout cart carts basket item items product ' +
    'products catalog catalogue category categories price prices plan plans subscription subscriptions billing search find list ' +
    'query filter create new edit update delete remove add get set batch bulk import export upload uploads download downloads ' +
    'file files document documents attachment attachments image images media asset assets static public favicon index home page ' +
    'pages post posts article articles comment comments message messages notification notifications mail email emails sms report ' +
    'reports analytics audit logs log trace traces job jobs task tasks queue queues worker workers settings config configuration ' +
    'preferences feature features flags group groups team teams org orgs organization organizations organisation organisations ' +
    'tenant tenants project projects workspace workspaces role roles permission permissions policy policies key keys secret ' +
    'secrets data db database collection collections record records entry entries object objects resource resources address ' +
    'addresses location locations map maps calendar appointment appointments booking bookings reservation reservations schedule ' +
    'history latest current recent count stats summary details detail preview draft drafts archive share invite invites ' +
    'invitation invitations accept reject approve cancel close open start stop enable disable lock unlock access test tests ' +
    'demo sandbox prescription prescriptions visit visits record lab labs result results ticket tickets issue issues support ' +
    'help faq about terms privacy v app apps service services server web www mobile graph node nodes edge send receive sync ' +
    'transfer transfers wallet wallets card cards bank banks transaction transactions quote quotes rate rates currency country ' +
    'countries language locale en de fr es it'
  ).split(' '),
)
