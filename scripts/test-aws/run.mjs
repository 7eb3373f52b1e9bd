import { spawn } from 'node:child_process'

/**
 * The exit code of a program and what it printed, to whichever stream; 127 where there is no such program.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ signal: AbortSignal, cwd?: string, env?: NodeJS.ProcessEnv }} options
 * @returns {Promise<{ code: number, output: string }>} rejects when the signal aborts
 */
export function run(program, args, { signal, cwd, env }) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env: env ?? process.env, stdio: ['ignore', 'pipe', 'pipe'], signal, killSignal: 'SIGKILL' })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text))
    child.once('error', (error) => (error.code === 'ENOENT' ? resolve({ code: 127, output: error.message }) : reject(error)))
    child.once('close', (code) => resolve({ code: code ?? 1, output }))
  })
}

/** The line that says most of a failure. */
export function lastLine(text) {
  return text.trim().split('\n').at(-1) ?? ''
}
