import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { missing } from '../packages/ledger/src/keep/missing-program.fixture.ts'
import { freePort, scratch, start } from './process/child.ts'
import { fromSources, repository } from './process/repository.ts'

/** The README is true: its code is the examples', its output is what comes out, its commands exist and are run. */
const readme = readFileSync(join(repository, 'README.md'), 'utf8')
const blocks = (language: string): string[] =>
  [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map((match) => match[1] ?? '')
const marked = (mark: string): string =>
  new RegExp(`<!-- ${mark} -->\\n\`\`\`\\n([\\s\\S]*?)\`\`\``).exec(readme)?.[1] ?? ''

const homes: string[] = []
afterAll(() => {
  for (const home of homes) rmSync(home, { recursive: true, force: true })
})

describe('the code of the README', () => {
  it.each(['express', 'fastify', 'koa'])('is examples/%s.ts to the letter', (name) => {
    expect(blocks('ts')).toContain(readFileSync(join(repository, 'examples', `${name}.ts`), 'utf8'))
  })

  it.each(['express', 'fastify', 'koa'])('answers when examples/%s.ts is run', async (name) => {
    const { url, child } = await run(name)
    const answer = await fetch(`${url}/hello/ada`)
    expect([answer.status, await answer.json()]).toEqual([200, { hello: 'world' }])
    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
    child.process.kill('SIGTERM')
    await child.ended
  })
})

describe('what the README shows', () => {
  it.skipIf(missing('script'))('of a first run at a terminal is what a first run prints', async () => {
    const { home, url, child } = await run('express', true)
    await (await fetch(`${url}/hello/ada`)).text()
    await (await fetch(`${url}/nothing-here`)).text()
    await child.printed(/no route/)
    child.process.kill('SIGINT')
    await child.ended
    const seen = child.stdout().replaceAll('\r', '')
    expect(withoutChance(seen)).toBe(withoutChance(marked('first-run')))
    const paths = marked('first-run-files')
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split(/\s{2,}/)[0] ?? '')
    const written = readdirSync(home, { recursive: true, encoding: 'utf8' }).map((path) =>
      path.replace(/w-[0-9a-f]{12}/, 'w-…'),
    )
    expect(paths.filter((path) => !written.includes(path.replace(/\/$/, '')))).toEqual([])
  })
})

describe('the commands of the README', () => {
  const commands = blocks('sh').flatMap((block) => block.trim().split('\n'))
  const scripts = Object.keys(JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')).scripts)

  it('are the two that do everything, and both are scripts', () => {
    expect(commands).toEqual(['npx -y pnpm@12 demo', 'npx -y pnpm@12 test'])
    expect(scripts).toEqual(expect.arrayContaining(['demo', 'test']))
  })

  it('are both run by CI, as they stand', () => {
    const ci = readFileSync(join(repository, '.ci/run'), 'utf8')
    for (const command of commands) expect(ci).toContain(command)
  })
})

/** Runs an example in a folder of its own as somebody who cloned nothing else would, optionally at a terminal. */
async function run(
  name: string,
  terminal = false,
): Promise<{ home: string; url: string; child: ReturnType<typeof start> }> {
  const home = scratch('readme')
  homes.push(home)
  // Below examples/, because that is where the frameworks are installed for them.
  const file = join(repository, 'examples', `${name}.ts`)
  expect(existsSync(file)).toBe(true)
  writeFileSync(join(home, 'package.json'), JSON.stringify({ name: 'hello', type: 'module' }))
  copyFileSync(file, join(home, 'app.ts'))
  const port = await freePort()
  const env = {
    NODE_ENV: undefined,
    PORT: String(port),
    LOG_LEVEL: undefined,
    TRAILMARK_DIR: undefined,
    TRAILMARK_KEYS_DIR: undefined,
  }
  const child = terminal
    ? start('script', ['-qec', `exec "${process.execPath}" ${fromSources} app.ts`, '/dev/null'], { cwd: home, env })
    : start(process.execPath, [fromSources, 'app.ts'], { cwd: home, env })
  const url = `http://127.0.0.1:${port}`
  for (let attempt = 0; ; attempt++) {
    try {
      await (await fetch(`${url}/hello/ada`, { method: 'HEAD' })).text()
      break
    } catch (error) {
      if (attempt > 200) throw error
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
  return { home, url, child }
}

/** Times, durations and ids differ from run to run; the probe that waits for the port is not in the picture. */
function withoutChance(text: string): string {
  return text
    .split('\n')
    .filter((line) => !line.includes(' HEAD ') && line.trim() !== '' && line.trim() !== '^C')
    .map((line) =>
      line
        .replace(/^\d\d:\d\d:\d\d/, 'TIME')
        .replace(/[\d.]+ ms/, 'N ms')
        .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, 'ID')
        .trimEnd(),
    )
    .join('\n')
}
