// `npm run dev`: the compiler watches src/, and the server starts again whenever dist/ changes. What stands behind `--` goes to the server:
// `npm run dev -- ./photos --port 9000`; the sample pictures unless said.
import { spawn, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const asked = process.argv.slice(2)
const compiler = ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json']
const server = ['--watch', '--watch-preserve-output', 'dist/runtimes/cli/main.js', 'serve', ...(asked.length > 0 ? asked : ['samples'])]

// The server needs something to start; what does not compile, the watching compiler tells again.
spawnSync(process.execPath, compiler, { cwd: root, stdio: 'inherit' })
const children = [[...compiler, '--watch', '--preserveWatchOutput'], server].map((args) =>
  // A group of its own each: the compiler's program is a child of its launcher, which hands on no signal.
  spawn(process.execPath, args, { cwd: root, stdio: 'inherit', detached: process.platform !== 'win32' }),
)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    for (const { pid } of children) {
      try {
        process.kill(process.platform === 'win32' ? pid : -pid, signal)
      } catch {
        // gone already
      }
    }
  })
}
