import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'

// Run as a user runs them: by Node, on the built package.
const examples = fileURLToPath(new URL('../examples/', import.meta.url))
const samples = fileURLToPath(new URL('../samples/', import.meta.url))
let cache: string
let environment: NodeJS.ProcessEnv
const started: ChildProcess[] = []

beforeAll(async () => {
  cache = await mkdtemp(join(tmpdir(), 'tintype-examples-'))
  environment = { PATH: process.env.PATH, HOME: cache, XDG_CACHE_HOME: cache, LOCALAPPDATA: cache, PORT: '0', PICTURES: samples }
})
afterAll(async () => {
  for (const child of started) child.kill('SIGKILL')
  await rm(cache, { recursive: true, force: true, maxRetries: 5 })
})

/** Starts a server, and gives the address that it prints. */
async function start(file: string): Promise<{ readonly url: string; stop(): Promise<number | null> }> {
  const child = spawn(process.execPath, [join(examples, file)], { env: environment, stdio: ['ignore', 'pipe', 'inherit'] })
  started.push(child)
  const [line] = await once(child.stdout, 'data')
  const stop = async (): Promise<number | null> => {
    child.kill('SIGTERM')
    const [code] = await once(child, 'exit')
    return code
  }
  return { url: String(line).trim(), stop }
}

it.each(['node-http', 'express'])('%s serves pictures beside its own routes, and ends in order', async (folder) => {
  const { url, stop } = await start(`${folder}/main.mjs`)
  const picture = await fetch(new URL('/i/logo.png?w=40&f=webp', url))
  expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/webp'])
  expect(
    Buffer.from(await picture.arrayBuffer())
      .subarray(8, 12)
      .toString(),
  ).toBe('WEBP')
  const other = await fetch(url)
  expect([other.status, await other.text()]).toEqual([200, expect.stringMatching(/hello|<img/)])
  expect(await stop()).toBe(0)
})

it.each([
  ['hono/main.mjs', 'module.default.fetch'],
  ['bun-deno/main.mjs', 'module.default.fetch'],
  ['next/app/i/[...key]/route.js', 'module.GET'],
])('%s hands out a function that serves pictures', async (file, handler) => {
  const program = `
    const module = await import(${JSON.stringify(pathToFileURL(join(examples, file)).href)})
    const response = await ${handler}(new Request('http://localhost:3000/i/logo.png?w=40&f=webp'))
    const bytes = Buffer.from(await response.arrayBuffer())
    console.log(response.status, response.headers.get('content-type'), bytes.subarray(8, 12).toString())
    process.exit(0)`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], { env: environment })
  expect(stdout.trim()).toBe('200 image/webp WEBP')
})

it('each says in its README how it starts with one command', async () => {
  const folders = (await readdir(examples, { withFileTypes: true })).filter((entry) => entry.isDirectory()).map((entry) => entry.name)
  const all = await readFile(join(examples, 'README.md'), 'utf8')
  expect(folders.length).toBeGreaterThan(4)
  for (const folder of folders) {
    expect(await readFile(join(examples, folder, 'README.md'), 'utf8')).toMatch(/Starts with one command/)
    expect(all).toContain(`(${folder})`)
  }
})
