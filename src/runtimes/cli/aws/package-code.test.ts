import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { unzipSync } from 'fflate'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { urlCaller } from '../../../../test/runtimes/lambda-callers.ts'
import { packageCode } from './package-code.ts'

const samples = fileURLToPath(new URL('../../../../samples', import.meta.url))
const architecture = process.arch === 'arm64' ? 'arm64' : 'x64'
/** Where the binaries that a function needs are those that npm has installed here, so that nothing is fetched. */
const here = process.platform === 'linux' && !isMusl()

describe.runIf(here)('the code for the architecture of this machine', () => {
  let folder = ''
  let made: Awaited<ReturnType<typeof packageCode>>
  let files: Readonly<Record<string, Uint8Array>> = {}
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tintype-code-'))
    made = await packageCode({ architecture, signal: AbortSignal.timeout(110_000) })
    files = unzipSync(made.zip)
    for (const [name, bytes] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true })
      await writeFile(join(folder, name), bytes)
    }
  }, 120_000)
  afterAll(() => rm(folder, { recursive: true, force: true }))

  test('is named by what is in it', () => {
    expect(made.sha256).toBe(createHash('sha256').update(made.zip).digest('hex'))
  })

  test('holds the entry, the binaries, the fonts, samples and licences', () => {
    const names = Object.keys(files)
    for (const name of ['index.mjs', 'assets/fonts.br', 'samples/logo.svg', 'LICENSE', 'NOTICES']) expect(names).toContain(name)
    expect(names.filter((name) => name.endsWith('.node'))).toEqual([
      expect.stringMatching(`^node_modules/@img/sharp-linux-${architecture}/`),
    ])
  })

  test('answers a Function URL with a picture, words in our fonts too, with nothing around it', async () => {
    const caller = urlCaller('function-url-get-browser')
    for (const target of ['/i/landscape.jpg?w=64&f=webp', '/i/landscape.jpg?w=64&f=webp&txt=Tintype']) {
      const { status, headers, body } = caller.got(await answerOf(folder, caller.ask({ target })))
      expect([status, headers['content-type']]).toEqual([200, 'image/webp'])
      const { width, format } = await sharp(body).metadata()
      expect({ width, format }).toEqual({ width: 64, format: 'webp' })
    }
  })
})

test('who gives up is not kept waiting, before it begins and while it compresses', async () => {
  await expect(packageCode({ architecture, signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough')
  const began = performance.now()
  await expect(packageCode({ architecture, signal: AbortSignal.timeout(200) })).rejects.toThrow('timeout')
  expect(performance.now() - began).toBeLessThan(2500)
})

/** What the handler returns, in a process that is told what Lambda tells. */
async function answerOf(code: string, event: object): Promise<unknown> {
  const script = `const { handler } = await import(process.argv[1])
    const answer = await handler(${JSON.stringify(event)}, { awsRequestId: 'id', getRemainingTimeInMillis: () => 20_000 })
    process.stdout.write('\\n' + JSON.stringify(answer), () => process.exit())`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script, join(code, 'index.mjs')], {
    env: { PATH: process.env.PATH, TINTYPE_SOURCE_FILE_ROOT: samples },
    cwd: code,
    maxBuffer: 1e7,
  })
  return JSON.parse(stdout.slice(stdout.lastIndexOf('\n')))
}

/** Alpine's C library, for which sharp brings other binaries than for Lambda. */
function isMusl(): boolean {
  const { header } = process.report.getReport() as { readonly header: { readonly glibcVersionRuntime?: string } }
  return header.glibcVersionRuntime === undefined
}
