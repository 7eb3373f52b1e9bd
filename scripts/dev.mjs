// `npm run dev`: the compiler watches src/, and the server starts again whenever dist/ changes. What stands behind `--` goes to the server:
// `npm run dev -- ./photos --port 9000`; the sample pictures unless said.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const asked = process.argv.slice(2)
const options = { cwd: root, stdio: 'inherit' }

const build = spawn(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], options)
build.on('exit', () => {
  const compiler = ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--watch', '--preserveWatchOutput']
  const server = ['--watch', '--watch-path=dist', '--watch-preserve-output', 'dist/runtimes/cli/main.js', 'serve']
  const children = [compiler, [...server, ...(asked.length > 0 ? asked : ['samples'])]].map((args) =>
    spawn(process.execPath, args, options),
  )
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => children.forEach((child) => child.kill(signal)))
})
