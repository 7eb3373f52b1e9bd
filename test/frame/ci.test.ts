import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, it } from 'vitest'

const script = fileURLToPath(new URL('../../.ci/run', import.meta.url))
let folder = ''
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const passing = { numPassedTests: 7, numFailedTests: 0, testResults: [{ status: 'passed', assertionResults: [1] }] }
const failing = { numPassedTests: 6, numFailedTests: 1, testResults: [{ status: 'failed', assertionResults: [1] }] }
const unloadable = { numPassedTests: 7, numFailedTests: 0, testResults: [{ status: 'failed', assertionResults: [] }] }

/** What npm does: exit codes of `ci`, `test`, `run check` and `run test:aws`, the report of the tests, the last line of both others; then what is to be said. */
const runs: readonly [
  said: string,
  ci: number,
  test: number,
  report: object | undefined,
  check: number,
  line: string,
  aws?: number,
  last?: string,
][] = [
  ['17 passed, 0 failed', 0, 0, passing, 0, '6 passed, 0 failed'],
  ['0 passed, 1 failed', 1, 0, passing, 0, '6 passed, 0 failed'],
  ['16 passed, 1 failed', 0, 1, failing, 0, '6 passed, 0 failed'],
  ['17 passed, 1 failed', 0, 1, unloadable, 0, '6 passed, 0 failed'],
  ['10 passed, 1 failed', 0, 1, undefined, 0, '6 passed, 0 failed'],
  ['17 passed, 1 failed', 0, 1, passing, 0, '6 passed, 0 failed'],
  ['16 passed, 1 failed', 0, 0, passing, 1, '5 passed, 1 failed'],
  ['11 passed, 1 failed', 0, 0, passing, 1, 'Killed'],
  ['16 passed, 1 failed', 0, 0, passing, 0, '6 passed, 0 failed', 1, '3 passed, 1 failed'],
  ['13 passed, 1 failed', 0, 0, passing, 0, '6 passed, 0 failed', 1, 'Killed'],
]

function program(name: string, text: string): void {
  writeFileSync(join(folder, name), text, { mode: 0o755 })
}

it.skipIf(process.platform === 'win32')('runs on where strace is not to be had', () => {
  folder = mkdtempSync(join(tmpdir(), 'tintype-ci-'))
  for (const name of ['bash', 'env', 'dirname', 'mktemp', 'rm', 'tee', 'sed', 'tail', 'cat']) {
    const { stdout } = spawnSync('which', [name], { encoding: 'utf8' })
    symlinkSync(stdout.trim(), join(folder, name))
  }
  symlinkSync(process.execPath, join(folder, 'node'))
  program('npm', `#!/usr/bin/env bash\ncase "$*" in run*) echo '2 passed, 0 failed' ;; *) exit 0 ;; esac`)
  const { stdout, stderr } = spawnSync(join(folder, 'bash'), [script], { env: { PATH: folder, HOME: folder }, encoding: 'utf8' })
  expect(stderr).toContain('strace is not to be had: There is no apt-get')
  expect(stdout).toContain('SKIPPED check 24')
  expect(stdout.trimEnd().split('\n').at(-1)).toBe('4 passed, 0 failed')
})

it.skipIf(process.platform === 'win32').each(runs)(
  'says %s (run %$)',
  (said, ci, test, report, check, line, aws = 0, last = '4 passed, 0 failed') => {
    folder = mkdtempSync(join(tmpdir(), 'tintype-ci-'))
    writeFileSync(join(folder, 'report.json'), report === undefined ? '' : JSON.stringify(report))
    const npm = `#!/usr/bin/env bash
    echo 'npm warn something' >&2
    case "$1" in
      ci) exit ${ci} ;;
      test) for word; do case "$word" in --outputFile.json=*) cp '${folder}/report.json' "\${word#*=}" ;; esac; done; echo '3 passed, 0 failed'; exit ${test} ;;
      run) case "$*" in
        *test:aws*) echo 'ok zips'; echo '${last}'; exit ${aws} ;;
        *) echo 'ok types'; echo '${line}'; exit ${check} ;;
      esac ;;
    esac`
    program('npm', npm)
    program('strace', '#!/bin/sh') // there is one, so none is fetched
    const { status, stdout } = spawnSync(script, { env: { PATH: `${folder}${delimiter}${process.env.PATH}` }, encoding: 'utf8' })
    expect(stdout.trimEnd().split('\n').at(-1)).toBe(said)
    expect(status).toBe(said.endsWith(' 0 failed') ? 0 : 1)
  },
)
