/** Are the keys where only their owner can use them, and where the trail's owner cannot. */
import { readdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { contains } from '../location.ts'
import { type Finding, note, ok, type Patient, weak } from './finding.ts'

export async function checkKeys({ root, keysDir }: Patient): Promise<Finding[]> {
  const keys = await stat(keysDir).catch(() => undefined)
  if (keys === undefined) {
    const advice =
      'Set TRAILMARK_KEYS_DIR or give --keys; if keys are kept elsewhere on purpose, this is as it should be.'
    return [note('keys_absent', `no keys directory at ${keysDir}: clear identifiers cannot be looked up here`, advice)]
  }
  const findings: Finding[] = [
    weak(
      'keys_generated',
      `the keys in ${keysDir} are files on this machine`,
      'Back them up apart from the data, and pin the public key with verifiers (trailmark verify --key).',
    ),
    await readableByOthers(keysDir),
  ]
  const repository = await findGitTree(keysDir)
  findings.push(
    repository === undefined
      ? ok('keys_in_git_tree', 'the keys lie in no git tree')
      : weak(
          'keys_in_git_tree',
          `the keys lie in the git tree ${repository}`,
          'Move them out: set TRAILMARK_KEYS_DIR to a directory outside of any repository.',
        ),
  )
  const data = await stat(root).catch(() => undefined)
  if (contains(root, keysDir) || contains(keysDir, root) || dirname(root) === dirname(keysDir))
    findings.push(
      weak(
        'keys_beside_data',
        `keys (${keysDir}) and data (${root}) lie side by side`,
        'Who copies one gets the other: keep keys in a directory of their own, such as /etc/trailmark/keys.',
      ),
    )
  else if (data !== undefined && process.platform !== 'win32' && data.uid === keys.uid)
    findings.push(
      note(
        'keys_same_owner',
        'keys and data have the same owner',
        'Give the keys to another user where your platform allows it.',
      ),
    )
  else findings.push(ok('keys_beside_data', 'keys and data lie apart'))
  return findings
}

async function readableByOthers(dir: string): Promise<Finding> {
  const name = 'keys_readable'
  if (process.platform === 'win32')
    return note(name, 'file modes say nothing on Windows', 'Check the access control list of the keys directory.')
  const paths = [dir, ...(await readdir(dir).catch(() => [])).map((entry) => join(dir, entry))]
  for (const path of paths) {
    const facts = await stat(path).catch(() => undefined)
    if (facts !== undefined && (facts.mode & 0o077) !== 0)
      return weak(
        name,
        `${path} can be used by others (mode ${(facts.mode & 0o777).toString(8)})`,
        'chmod 700 the directory and 600 its files.',
      )
  }
  return ok(name, 'only their owner can read the keys')
}

/** The nearest directory above that holds a repository. */
async function findGitTree(dir: string): Promise<string | undefined> {
  for (let at = dir; ; at = dirname(at)) {
    if (await stat(join(at, '.git')).catch(() => undefined)) return at
    if (at === dirname(at)) return undefined
  }
}
