/** One process of a comparison inside the process: `block.ts <framework> <variant> <home>`. Runs one block when it is asked to. */
import { isVariant } from '../servers/variant.ts'
import { Inside } from './drive.ts'

const [, , framework = '', variant, home = ''] = process.argv
if (!isVariant(variant)) throw new Error(`no variant ${variant}`)
const inside = await Inside.open(framework, variant, home)
await inside.warm()
process.on('message', async () => process.send?.(await inside.runBlock()))
process.on('disconnect', () => process.exit())
process.send?.('warm')
