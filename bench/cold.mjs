// From the start of a process to its first picture: the function as it lies in the zip, against sharp alone with the same picture. Every
// figure is of a fresh process, both kinds in turn, the files warm in memory. `npm run bench -- cold`; `--quick` takes fewer rounds.
import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { unzipSync } from 'fflate'
import { packageCode } from '../dist/runtimes/cli/aws/package-code.js'
import { ownZip } from '../scripts/build-aws/own-zip.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const rounds = process.argv.includes('--quick') ? 5 : 25
const bar = { ratio: 1.35, beyondSharp: 1_000_000 }
const width = 512
const account = { accessKeyId: 'AKIDBENCH', secretAccessKey: 'bench-secret-bench-secret' }

const folder = await mkdtemp(join(tmpdir(), 'tintype-cold-'))
const s3 = await openFakeS3()
try {
  const architecture = process.arch === 'arm64' ? 'arm64' : 'x64'
  const { zip } = await packageCode({ architecture, signal: AbortSignal.timeout(300_000) })
  const code = join(folder, 'code')
  await unpack(zip, code)
  const original = join(root, 'samples/landscape.jpg')
  const event = join(folder, 'event.json')
  await writeFile(event, JSON.stringify(functionUrl('/i/landscape.jpg', `w=${width}&f=jpeg`)))
  s3.objects.set('originals/landscape.jpg', await s3.object(await readFile(original)))

  const bare = join(root, 'bench/cold-bare.mjs')
  const program = join(root, 'bench/cold-function.mjs')
  const kinds = {
    'sharp alone': { args: [bare, original, String(width)], env: {} },
    'function, original in a folder': { args: [program, code, event], env: { TINTYPE_SOURCE_FILE_ROOT: join(root, 'samples') } },
    'function, original in a bucket': {
      args: [program, code, event],
      env: {
        TINTYPE_SOURCE_S3_BUCKET: 'originals',
        AWS_REGION: 'us-east-1',
        AWS_ENDPOINT_URL_S3: s3.url,
        AWS_ACCESS_KEY_ID: account.accessKeyId,
        AWS_SECRET_ACCESS_KEY: account.secretAccessKey,
      },
    },
  }
  const seen = Object.fromEntries(Object.keys(kinds).map((name) => [name, []]))
  for (let round = -2; round < rounds; round++) {
    for (const [name, kind] of Object.entries(kinds)) {
      const figures = await first(kind)
      if (round >= 0) seen[name].push(figures) // the first rounds read the files into memory
    }
  }

  const [alone, ...ours] = Object.entries(seen).map(([name, all]) => ({
    name,
    wall: median(all.map(({ wallMs }) => wallMs)),
    cpu: median(all.map(({ cpuMs }) => cpuMs)),
  }))
  console.log(
    `\n${cpus().length} cores, ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}; medians of ${rounds} fresh processes each\n`,
  )
  console.log(`| process start to first picture | ms | ratio (bar: at most ${bar.ratio}) | CPU ms | ratio |\n|---|---|---|---|---|`)
  for (const { name, wall, cpu } of [alone, ...ours]) {
    const ratio = (value, to) => (value / to).toFixed(2)
    console.log(`| ${name} | ${wall.toFixed(0)} | ${ratio(wall, alone.wall)} | ${cpu.toFixed(0)} | ${ratio(cpu, alone.cpu)} |`)
  }
  const own = await ownZip(architecture)
  const beyond = zip.length - own
  console.log(
    `\nzip ${megabytes(zip.length)}, sharp alone ${megabytes(own)}: ${megabytes(beyond)} beyond it (bar: at most ${megabytes(bar.beyondSharp)})`,
  )
  if (ours[0].wall / alone.wall > bar.ratio || beyond > bar.beyondSharp) process.exitCode = 1
} finally {
  await s3.close()
  await rm(folder, { recursive: true, force: true })
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
async function openFakeS3() {
  const program = join(folder, 'fake-s3.mjs')
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

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]
}

function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(2)} MB`
}
