/**
 * Words that things are called by and hardly any family is: a name with one of them is no person's (`Gold Tier`, `Not Found`).
 */
import { setOf } from './names-rules.ts'

export const thingWords = setOf(`
  account accounts action active add admin alert alerts all and annual api app application archive asset audit auto backend
  backup balance basic batch beta billing board bonus bot box bucket build bundle business cache calendar cancel catalog
  catalogue category center centre channel chart check checkout client cloud cluster code collection comment company
  complete config connection console contact container content contract control core corp course create credit cron customer
  daily dashboard data database default delete delivery demo department deploy deployment desk detail details device digital
  disk docker document download draft edit edition email empty engine enterprise entry environment error event events
  exchange expired export external failed failure feature features feed file files filter first flow folder form forum found
  free frontend full function gateway general gmbh group guide health help hourly hub image import inc inbox index info
  insurance integration internal inventory invalid inventory invoice invoices issue item items job jobs kit layer ledger level
  library license licence limit limited list live load loan local log login logs ltd machine mail main manager management
  map market medium member menu message metric migration mobile mode model module monitor monthly network new news next
  node not notification number office offer online open operation option order orders overview owner pack package page panel
  partner party patch payment payments pending permission phone pipeline plan plans platform plus policy pool portal post
  premium preview primary print privacy private pro process product products production profile program project promo proxy
  public purchase quarterly query queue quick rate read record refund region registry release reminder report reports request
  required reset resource response restore retry review role root route router rule rules sales sandbox save schedule schema
  search secondary security select server service services session set settings setup shipping shop sign signup site size
  small staging standard starter start state status step stock stop storage store stream subscription success suite summary
  support sync system table tag task tasks team template test tests text theme ticket tier time timeout title token tool
  topic total trial type unknown update upgrade upload usage user users value version video view volume warehouse warning web
  webhook website weekly widget window wizard workflow workspace yearly zone`)
