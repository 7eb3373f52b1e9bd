import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))

type Manifest = { readonly dependencies: Readonly<Record<string, string>>; readonly bin: { readonly tintype: string } }

describe('the package', () => {
  let folder = ''
  let files: readonly string[] = []
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tintype-pack-'))
    // As a user's program has: without it a manifest further up would say whose folder this is.
    await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'shop', private: true }))
    files = await install(folder)
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it('holds what a user needs', () => {
    for (const file of [
      'package.json',
      'LICENSE',
      'CHANGELOG.md',
      'SECURITY.md',
      'dist/index.js',
      'dist/index.d.ts',
      'dist/sign.js',
      'dist/runtimes/lambda/lambda.js',
      'dist/runtimes/cli/main.js',
      'dist/runtimes/render-process.js',
      'dist/infra/index.js',
      'infra/viewer-request.js',
      'assets/fonts/fonts.conf',
      'assets/fonts/LICENSE',
      'assets/fonts/DejaVuSans-Bold.ttf',
    ]) {
      expect(files).toContain(file)
    }
  })

  it('holds nothing else', () => {
    const needed =
      /^(?:package\.json|LICENSE|README\.md|CHANGELOG\.md|SECURITY\.md|assets\/fonts\/[^/]+|infra\/(?:build-)?viewer-request\.m?js|dist\/aws\/(?:tintype\.template\.json|code\/.+)|dist\/.+\.(?:js|d\.ts))$/
    expect(files.filter((file) => !needed.test(file) || /\.test\./.test(file))).toEqual([])
    const forgotten = files.filter((file) => /^dist\/(?!aws\/)/.test(file) && !existsSync(join(root, sourceOf(file))))
    expect(forgotten, 'built from files that are no more: npm run build').toEqual([])
  })

  it('can be imported by its names, with nothing around it but what it declares', async () => {
    const names = ['tintype', 'tintype/sign', 'tintype/lambda']
    const script = `console.log(${names.map((name) => `Object.keys(await import('${name}')).length > 0`).join()})`
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], { cwd: folder })
    expect(stdout.trim()).toBe('true true true')
    const inside = run(process.execPath, ['--input-type=module', '-e', "await import('tintype/dist/errors.js')"], { cwd: folder })
    await expect(inside).rejects.toThrow('ERR_PACKAGE_PATH_NOT_EXPORTED')
  })

  it('is a construct for those who write their stack with CDK, beside the CDK that they have', async () => {
    for (const name of ['aws-cdk-lib', 'constructs']) {
      await symlink(join(root, 'node_modules', name), join(folder, 'node_modules', name), 'junction')
    }
    const script = `
      import { App, Stack } from 'aws-cdk-lib'
      import { Tintype } from 'tintype/infra'
      const stack = new Stack(new App({ analyticsReporting: false }), 'shop')
      const { url } = new Tintype(stack, 'Pictures', { codeBucket: 'code' })
      console.log(JSON.stringify(stack.resolve(url)))`
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], { cwd: folder })
    expect(stdout).toContain('PicturesDistribution')
  })

  it('does what the guide of the library shows', async () => {
    const guide = await readFile(join(root, 'docs/guide/library.md'), 'utf8')
    const snippets = [...guide.matchAll(/^```js\n([\s\S]*?)^```$/gm)].map(([, code = '']) => code)
    expect(snippets).toHaveLength(5)
    await mkdir(join(folder, 'photos'), { recursive: true })
    await copyFile(join(root, 'samples/landscape.jpg'), join(folder, 'photos/landscape.jpg'))
    // What the guide shows to others: hono stands beside it, as it would in their program.
    await symlink(join(root, 'node_modules/hono'), join(folder, 'node_modules/hono'), 'junction')
    const env = { ...process.env, SIGNING_KEY: '0b1e8a5f0c7d4e2f9a6b3c8d7e1f2a4b', XDG_CACHE_HOME: folder }
    const shown = ['tintype', 'server', 'response', 'status', 'body', 'url']
    const proof = shown.map((name) => `typeof ${name} === 'undefined' ? null : ${name}`).join(', ')
    const said: unknown[] = []
    for (const [index, code] of snippets.entries()) {
      const end = `\nconst [tintype_, server_, response_, status_, body_, url_] = [${proof}]
        await server_?.close(); await tintype_?.close()
        console.log(JSON.stringify({ opened: tintype_ !== null, listens: server_ !== null, status: response_?.status ?? status_, bytes: body_?.length, url: url_ }))\n`
      await writeFile(join(folder, `${index}.mjs`), code + end)
      const { stdout } = await run(process.execPath, [`${index}.mjs`], { cwd: folder, env })
      said.push(JSON.parse(stdout))
    }
    expect(said).toEqual([
      { opened: true, listens: false, status: null, url: null },
      { opened: true, listens: true, status: null, url: null },
      { opened: true, listens: false, status: 200, url: null },
      { opened: true, listens: false, status: 200, bytes: expect.any(Number), url: null },
      { opened: false, listens: false, status: null, url: expect.stringMatching(/&expires=\d+&s=[\w-]{43}$/) },
    ])
  })

  it('serves a picture from an empty folder', async () => {
    await mkdir(join(folder, 'photos'), { recursive: true })
    await copyFile(join(root, 'samples/logo.png'), join(folder, 'photos/logo.png'))
    const { bin } = await manifest()
    const env = { PATH: process.env.PATH, HOME: folder, TINTYPE_STORE_KINDS: 'memory' }
    const server = spawn(process.execPath, [join(folder, 'node_modules/tintype', bin.tintype), './photos', '--port', '0'], {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    try {
      const address = await new Promise<string>((resolve, reject) => {
        let said = ''
        server.stderr.setEncoding('utf8').on('data', (text: string) => {
          said += text
          const [found] = /http:\/\/localhost:\d+/.exec(said) ?? []
          if (found !== undefined) resolve(found)
        })
        server.on('exit', (code) => reject(new Error(`The server ended with ${code}:\n${said}`)))
      })
      server.stdout.resume()
      const response = await fetch(`${address}/i/logo.png?w=64&f=webp`)
      expect([response.status, response.headers.get('content-type')]).toEqual([200, 'image/webp'])
      const { width, format } = await sharp(Buffer.from(await response.arrayBuffer())).metadata()
      expect({ width, format }).toEqual({ width: 64, format: 'webp' })
      server.removeAllListeners('exit')
      server.kill('SIGTERM')
      expect(await once(server, 'exit')).toEqual([0, null])
    } finally {
      server.kill('SIGKILL')
    }
  })
})

async function manifest(): Promise<Manifest> {
  return JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as Manifest
}

/** Packs, and unpacks in a folder beside links to the declared dependencies alone: what npm would install, without asking a registry. */
async function install(folder: string): Promise<readonly string[]> {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const { stdout } = await run(npm, ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], {
    cwd: root,
    shell: process.platform === 'win32',
    maxBuffer: 1e8,
  })
  const [packed] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }]
  const modules = join(folder, 'node_modules')
  await mkdir(join(modules, 'tintype'), { recursive: true })
  await run('tar', ['-xzf', packed.filename, '--strip-components=1', '-C', join('node_modules', 'tintype')], { cwd: folder })
  for (const name of Object.keys((await manifest()).dependencies)) {
    await mkdir(dirname(join(modules, name)), { recursive: true })
    await symlink(join(root, 'node_modules', name), join(modules, name), 'junction')
  }
  return packed.files.map(({ path }) => path)
}

/** The file of src/ or infra/ that a file of dist/ was built from. */
function sourceOf(file: string): string {
  return file
    .replace(/^dist\/(?=infra\/)/, '')
    .replace(/^dist\//, 'src/')
    .replace(/(?:\.d\.ts|\.js)$/, '.ts')
}
