// From the start of a process to its first picture: the function as it lies in the zip, against sharp alone with the same picture. Every
// figure is of a fresh process, all kinds in turn, the files warm in memory.
import { spawn } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { unzipSync } from 'fflate'
import { packageCode } from '../../dist/runtimes/cli/aws/package-code.js'
import { ownZip } from '../../scripts/build-aws/own-zip.mjs'
import { measure, ratio } from '../figures.mjs'
import { callOf } from '../workshop.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const account = { accessKeyId: 'AKIDBENCH', secretAccessKey: 'bench-secret-bench-secret' }
const box = 'w=512'

export const start = {
  title: 'The first picture of a function',
  command: 'npm run bench -- --only start',
  text: `From the start of a process to its first picture, ${box}, of the sample: the function as it lies in the zip for AWS, with the original in a folder and in a bucket
(a store on the same machine that checks every signature), against a process that loads sharp and makes the same picture. Every figure is of a fresh process.`,
  rows: { start: rows },
}

async function rows(bench) {
  const architecture = process.arch === 'arm64' ? 'arm64' : 'x64'
  const { zip } = await packageCode({ architecture, signal: AbortSignal.timeout(300_000) })
  const code = join(bench.scratch, 'code')
  await unpack(zip, code)
  const store = await openFakeS3(bench.scratch)
  try {
    const kinds = await kindsOf(bench, code, store)
    const seen = Object.fromEntries(Object.keys(kinds).map((name) => [name, []]))
    for (let round = -2; round < bench.count(25, 5); round++) {
      for (const [name, kind] of Object.entries(kinds)) {
        const figures = await first(kind)
        if (round >= 0) seen[name].push(figures) // the first rounds read the files into memory
      }
    }
    const [alone = []] = Object.values(seen)
    const of = (all, what) => all.map((figures) => figures[what])
    const lines = Object.entries(seen).map(([what, all]) => ({
      what,
      figures: {
        ms: measure(of(all, 'wallMs')),
        'CPU ms': measure(of(all, 'cpuMs')),
        ...(all === alone ? {} : { ratio: ratio(of(all, 'wallMs'), of(alone, 'wallMs')) }),
      },
      ...(all === alone || what.includes('bucket') ? {} : { bar: { figure: 'ratio', atMost: 1.35 } }),
    }))
    const own = await ownZip(architecture)
    const size = { 'MB beyond sharp': (zip.length - own) / 1e6, MB: zip.length / 1e6 }
    return [...lines, { what: 'the zip', figures: size, bar: { figure: 'MB beyond sharp', atMost: 1 } }]
  } finally {
    await store.close()
  }
}

async function kindsOf(bench, code, store) {
  const original = join(root, 'samples/landscape.jpg')
  const event = join(bench.scratch, 'event.json')
  await writeFile(event, JSON.stringify(functionUrl('/i/landscape.jpg', `${box}&f=jpeg`)))
  store.objects.set('originals/landscape.jpg', store.object(await readFile(original)))
  const server = await bench.serve({}, join(root, 'samples'))
  const call = await callOf(server, 'landscape.jpg', box, 'jpeg')
  await server.stop()
  const program = join(root, 'bench/start-function.mjs')
  const bucket = {
    TINTYPE_SOURCE_S3_BUCKET: 'originals',
    AWS_REGION: 'us-east-1',
    AWS_ENDPOINT_URL_S3: store.url,
    AWS_ACCESS_KEY_ID: account.accessKeyId,
    AWS_SECRET_ACCESS_KEY: account.secretAccessKey,
  }
  return {
    'sharp alone': { args: [join(root, 'bench/start-bare.mjs'), original, JSON.stringify(call)], env: {} },
    'function, original in a folder': { args: [program, code, event], env: { TINTYPE_SOURCE_FILE_ROOT: join(root, 'samples') } },
    'function, original in a bucket': { args: [program, code, event], env: bucket },
  }
}

/** A fresh process: milliseconds from its start to its picture, and the CPU time that it took for it. */
function first({ args, env }) {
  return new Promise((resolve, reject) => {
    const began = performance.now()
    const child = spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { PATH: process.env.PATH, MALLOC_ARENA_MAX: '2', TINTYPE_LOG_LEVEL: 'error', ...env },
    })
    let said = ''
    let wallMs
    child.stdout.setEncoding('utf8').on('data', (text) => {
      said += text
      if (said.includes('\nfirst ')) wallMs ??= performance.now() - began
    })
    child.once('error', reject)
    child.once('close', (code) => {
      const [, found] = /\nfirst (\{.*\})/.exec(said) ?? []
      if (code !== 0 || found === undefined) return reject(new Error(`${args.join(' ')} ended with ${code}: ${said}`))
      resolve({ wallMs, ...JSON.parse(found) })
    })
  })
}

/** The store of the tests, which checks every signature. */
async function openFakeS3(scratch) {
  const program = join(scratch, 'fake-s3.mjs')
  await build({ entryPoints: [join(root, 'test/fake-s3.ts')], outfile: program, bundle: true, platform: 'node', format: 'esm' })
  const { openFakeS3: open } = await import(pathToFileURL(program).href)
  const fake = await open({ ...account, buckets: ['originals'] })
  const object = (body) => ({ body, headers: { 'content-type': 'image/jpeg' }, metadata: {}, etag: '"0"', lastModified: new Date() })
  return { ...fake, object }
}

/** What a Function URL hands over. */
function functionUrl(rawPath, rawQueryString) {
  const http = { method: 'GET', path: rawPath, protocol: 'HTTP/1.1', sourceIp: '203.0.113.1', userAgent: 'bench' }
  const domainName = 'abc.lambda-url.us-east-1.on.aws'
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath,
    rawQueryString,
    headers: { host: domainName, accept: '*/*' },
    requestContext: { http, domainName, domainPrefix: 'abc', requestId: 'id', routeKey: '$default', stage: '$default' },
    isBase64Encoded: false,
  }
}

async function unpack(zip, folder) {
  for (const [name, bytes] of Object.entries(unzipSync(zip))) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), bytes)
  }
}
