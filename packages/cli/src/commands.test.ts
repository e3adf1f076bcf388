import { expect, test } from 'vitest'
import { commandNames, loadCommand, loadCommands } from './commands.ts'

test('every command is found by the name it says of itself', async () => {
  expect((await loadCommands()).map(({ name }) => name)).toEqual(commandNames)
  for (const name of commandNames) expect((await loadCommand(name))?.name).toBe(name)
})

test.each(['', 'verfy', 'constructor', '__proto__'])('%j is no command', async (name) => {
  expect(await loadCommand(name)).toBeUndefined()
})
