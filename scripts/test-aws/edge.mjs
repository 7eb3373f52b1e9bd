// CloudFront's function in the engine that CloudFront's own is made from (njs, of nginx), against the same in Node: what a younger JavaScript
// has slips past every reader, and shows here. It is the one of this machine, or Debian's; the variable NJS names another.
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { viewerRequest } from '../../infra/build-viewer-request.mjs'
import { openChecks } from './checks.mjs'
import { environment, fetchPackages, Unavailable } from './debian.mjs'
import { run as runProgram } from './run.mjs'

const execute = promisify(execFile)
const key = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b'

export const name = 'edge'

/** @param {{ cache: string, log: (line: string) => void, signal: AbortSignal }} tools */
export async function run({ cache, log, signal }) {
  const { nativeAliases, signNative } = await import('../../dist/sign.js')
  let njs
  try {
    njs = await engine({ cache, log, signal })
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error
    return { passed: 0, failed: 0, skipped: error.message }
  }
  const signed = (url, options = {}) => signNative(url, key, { canonical: true, ...options })
  const requests = [
    ...['/', '/health', '/i/a.jpg?w=300&utm_source=x&dpr=auto', '/i/../a//b.jpg?b=2&a=1&b=1&c', '/i/ä b.jpg?txt=é%zz'].map((target) => ({
      target,
    })),
    ...['image/avif,image/webp;q=0.9', 'image/webp, image/avif;q=.5', 'IMAGE/WEBP;Q=1', 'image/*', ';,=q'].map((accept) => ({
      target: '/i/a.jpg',
      accept,
    })),
    ...['500', '330.5', '99999', 'x'].map((width) => ({ target: '/i/a.jpg?w=auto', width })),
    { target: `/i/${'a'.repeat(8200)}` },
    { target: '/i/a.jpg', method: 'DELETE' },
    { target: '/i/a.jpg', method: 'OPTIONS' },
    ...[
      '/i/a.jpg',
      '/i/cats/a%20b.jpg?width=30&fit=cover',
      '/i/a//b.jpg',
      "/i/a.jpg?txt=It's+(all)+%C3%A4%2Cb%3A%26*",
      '/i?url=https://h/a.jpg?b',
    ].map((url) => ({
      target: signed(url),
    })),
    { target: signed('/i/a.jpg', { expires: 5 }) },
    { target: signed('/i/a.jpg', { expires: 4_000_000_000 }) },
    { target: signed('/i/a.jpg?w=3').replace('w=3', 'w=4') },
    { target: signed('/i/a.jpg').replace('s=', 'sig=') },
    { target: `${signed('/i/a.jpg')}&constructor=1&__proto__=2` },
  ]
  const { check, counts } = openChecks(log)
  const folder = await mkdtemp(join(tmpdir(), 'tintype-edge-'))
  try {
    for (const verify of [false, true]) {
      const code = viewerRequest({ ignored: ['utm_*'], prefix: '/i', names: nativeAliases(), verify })
      const file = join(folder, `verify-${verify}.mjs`)
      await writeFile(file, program(code, requests.map(eventOf)))
      await check(
        `${verify ? 'checking signatures' : 'folding alone'}, ${requests.length} requests have the same end in both`,
        async (assert) => {
          const [{ stdout: there }, { stdout: here }] = await Promise.all([
            njs(['-m', file]).catch(() => njs(['-t', 'module', file])), // as it was called before and since 0.8.6
            execute(process.execPath, [file], { signal }),
          ])
          assert.deepEqual(there.trim().split('\n'), here.trim().split('\n'))
          const ends = here
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line))
          assert.equal(ends.length, requests.length)
          assert.equal(ends.filter(({ statusCode }) => statusCode === 403).length > 5, verify)
          assert.ok(ends.filter(({ uri }) => uri !== undefined).length > (verify ? 6 : 20))
        },
      )
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  return counts
}

/** Calls njs with arguments: the one that is named or installed, else one that is fetched. */
async function engine({ cache, log, signal }) {
  const named = process.env.NJS ?? 'njs'
  if ((await runProgram(named, ['-v'], { signal })).code === 0) return (args) => execute(named, args, { signal })
  if (process.env.NJS !== undefined) throw new Unavailable(`NJS names ${named}, which does not run.`)
  const root = await fetchPackages('njs', { wanted: ['njs'], needed: /^(?:njs|lib)/ }, { cache, log, signal })
  const env = { ...process.env, ...environment(root) }
  return (args) => execute(join(root, 'usr/bin/njs'), args, { signal, env })
}

function eventOf({ target, method = 'GET', accept = '*/*', width }) {
  const [uri, query = ''] = target.split(/\?(.*)/s)
  const querystring = {}
  for (const pair of query.split('&').filter((each) => each !== '')) {
    const [name, value = ''] = pair.split(/=(.*)/s)
    const before = Object.hasOwn(querystring, name) ? querystring[name] : undefined
    if (before === undefined) Object.defineProperty(querystring, name, { value: { value }, enumerable: true, configurable: true })
    else before.multiValue = [...(before.multiValue ?? [{ value: before.value }]), { value }]
  }
  const headers = { accept: { value: accept }, ...(width === undefined ? {} : { 'sec-ch-width': { value: width } }) }
  return { request: { method, uri, querystring, headers } }
}

/** The function, a store with its keys, and what it is asked; a line for each answer. */
function program(code, events) {
  const store = `const cf = { kvs: () => ({ get: () => Promise.resolve('another,${key}') }) }`
  return `${code.replace("import cf from 'cloudfront'", store)}
const events = JSON.parse(${JSON.stringify(JSON.stringify(events))})
async function main() {
  for (let at = 0; at < events.length; at++) {
    const made = await handler(events[at])
    console.log(JSON.stringify(made))
  }
}
main()
`
}
