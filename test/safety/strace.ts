import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * The words that start a program under strace, which writes down whatever this and all that it starts do with the network and which files and
 * programs they open. The program stays a child of who starts it, and gets his signals.
 * @param trace  Where to write: a line a call, whole once the program has ended.
 */
export function traced(trace: string): readonly string[] {
  const calls = 'trace=network,open,openat,openat2,creat,execve,execveat,io_uring_setup'
  return ['strace', '-D', '-f', '-qq', '--seccomp-bpf', '-e', calls, '-e', 'signal=none', '-s', '256', '-o', trace]
}

/** Why nothing can be traced on this machine, which is said once; `undefined` where it can. */
export function cannotTrace(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'tintype-strace-'))
  try {
    const trace = join(folder, 'trace')
    const [program = '', ...words] = traced(trace)
    const { error, stderr } = spawnSync(program, [...words, process.execPath, '-e', '0'], { encoding: 'utf8', timeout: 20_000 })
    if (error !== undefined) return said(`there is no strace (${error.message})`)
    const text = readFileSync(trace, { encoding: 'utf8', flag: 'a+' })
    return text.includes('execve(') ? undefined : said(`strace may not trace here (${stderr.trim().split('\n').at(-1)})`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function said(reason: string): string {
  process.stderr.write(`Check 24 is left out: ${reason}.\n`)
  return reason
}
