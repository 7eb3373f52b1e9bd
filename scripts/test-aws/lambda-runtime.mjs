// The zip, unpacked, under Node 24 and AWS's own runtime interface client, against a Runtime API of ours that keeps every byte of what is posted.
// What a picture must be is told by the library in this process, with the same sharp.
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { unzipSync } from 'fflate'
import sharp from 'sharp'
import { openChecks } from './checks.mjs'
import { everyCaller, inOnePiece } from './lambda-answers.mjs'
import { breaks, several, streams } from './lambda-streams.mjs'
import { fetchRuntime } from './node24.mjs'
import { openRuntimeApi } from './runtime-api.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))

export const name = 'lambda-runtime'

/**
 * @param {{ cache: string, log: (line: string) => void, signal: AbortSignal }} tools
 * @returns {Promise<{ passed: number, failed: number, skipped?: string }>}
 */
export async function run({ cache, log, signal }) {
  const architecture = process.arch === 'arm64' ? 'arm64' : 'x64'
  if (process.platform !== 'linux') return { passed: 0, failed: 0, skipped: 'the code is for Linux' }
  const runtime = await fetchRuntime({ cache, log, signal })
  if ('skipped' in runtime) return { passed: 0, failed: 0, skipped: runtime.skipped }

  const folder = await mkdtemp(join(tmpdir(), 'tintype-runtime-'))
  const api = await openRuntimeApi()
  try {
    const code = join(folder, 'task')
    await unpack(join(root, `dist-aws/tintype-lambda-${architecture}.zip`), code)
    const originals = await layOut(join(folder, 'originals'))
    const { createTintype } = await import('../../dist/index.js')
    const library = await createTintype({ source: { file: { root: originals } }, store: { kinds: ['memory'] } })
    const env = { TINTYPE_SOURCE_FILE_ROOT: originals, TINTYPE_PRESETS: JSON.stringify({ thumb: 'w=64&f=jpeg' }) }
    const start = (handler, more = {}) => api.start({ ...runtime, code, handler, env: { ...env, ...more } })
    const expected = async (target, { method = 'GET', headers = {} } = {}) => library.handle({ method, target, headers, signal })
    const { check, counts } = openChecks(log)
    const tools = { api, check, start, expected, code, log }
    await streams(tools)
    await breaks(tools)
    await inOnePiece(tools)
    await everyCaller(tools)
    await several(tools)
    await library.close()
    return counts
  } finally {
    await api.close()
    await rm(folder, { recursive: true, force: true })
  }
}

async function unpack(zip, folder) {
  for (const [path, bytes] of Object.entries(unzipSync(await readFile(zip)))) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), bytes)
  }
}

/** Originals of every kind that is asked for. */
async function layOut(folder) {
  await mkdir(folder)
  const samples = join(root, 'samples')
  await copyFile(join(samples, 'landscape.jpg'), join(folder, 'photo.jpg'))
  await copyFile(join(samples, 'portrait.jpg'), join(folder, 'odd n+me ä.jpg'))
  await copyFile(join(samples, 'animation.webp'), join(folder, 'animation.webp'))
  await writeFile(join(folder, 'broken.jpg'), (await readFile(join(samples, 'landscape.jpg'))).subarray(0, 4000))
  const words = '<text x="10" y="60" font-family="serif" font-size="40">Ägypten</text>'
  await writeFile(join(folder, 'words.svg'), `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="100">${words}</svg>`)
  const side = 2100
  const noise = Buffer.alloc(side * side * 3)
  let seed = 1
  for (let at = 0; at < noise.length; at++) {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
    noise[at] = seed >>> 24
  }
  await sharp(noise, { raw: { width: side, height: side, channels: 3 } })
    .png({ compressionLevel: 1 })
    .toFile(join(folder, 'noise.png'))
  return folder
}
