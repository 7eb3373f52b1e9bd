import { execFile, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { signNative } from '../../src/sign.ts'
import { version } from '../../src/version.ts'

const home = fileURLToPath(new URL('../..', import.meta.url))
const program = join(home, 'dist/runtimes/cli/main.js')
const samples = join(home, 'samples')
const folder = mkdtempSync(join(tmpdir(), 'tintype-cli-'))
const key = 'f3A9-kq81-ZZp0-77mw'
const token = 'purge-5521-kdls-9937'
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))

type Env = Readonly<Record<string, string>>
type Done = { readonly code: number; readonly out: string; readonly err: string }

/** An environment without any setting, whose cache lies in the folder of the test. */
function environment(env: Env): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, HOME: folder, XDG_CACHE_HOME: join(folder, 'cache'), ...env }
}

function tintype(args: readonly string[], env: Env = {}): Promise<Done> {
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { cwd: folder, env: environment(env) }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err })
    })
  })
}

test('the program is built', () => {
  expect(existsSync(program), 'npm run build').toBe(true)
})

describe.concurrent('the command line', () => {
  test('tells its version, its commands and what each takes', async () => {
    expect(await tintype(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' })
    expect(JSON.parse((await tintype(['version', '--json'])).out)).toEqual({ tintype: version, node: process.versions.node })
    const help = await tintype(['--help'])
    for (const name of [
      'serve',
      'render',
      'explain',
      'sign',
      'purge',
      'migrate',
      'config',
      'formats',
      'doctor',
      'prerender',
      'deploy',
      'destroy',
      'check',
      'cost',
      'version',
    ]) {
      expect(help.out).toMatch(new RegExp(`^  ${name} +[A-Z].*\\.$`, 'm'))
    }
    const serve = await tintype(['serve', '--help'])
    expect(serve.out).toMatch(
      /^ +--limit-source-pixels +Most pixels of an original.* \(a whole number 1 to 1000000000 px; default 50000000\)$/m,
    )
    expect(help.out + serve.out).not.toContain('\u001b')
  })

  test.each([
    [['rendr', 'x'], /^tintype: There is no command and no folder "rendr"\. Did you mean "render"\?$/m],
    [['--prot', '80'], /^tintype: There is no flag --prot\. Did you mean --port\?$/m],
    [['/no/such/folder'], /^tintype: There is no folder "\/no\/such\/folder"\.$/m],
    [['serve', samples, 'more'], /^tintype: There is one word too many: "more"\.$/m],
    [['formats', '--json', '--', 'more'], /^tintype: There is one word too many: "more"\.$/m],
    [['serve'], /^tintype: There is nothing to serve\.$/m],
    [['sign'], /^tintype: Missing required positional argument: URL\.$/m],
    [['config', '--server-port', 'many'], /^tintype: --server-port: expected a whole number 0 to 65535, got "many"\.$/m],
    [['render', 'a.jpg', 'w=300'], /^tintype: /m],
  ])('%j is a slip: exit code 2, one line and a hint', async (args, message) => {
    const { code, out, err } = await tintype(args)
    expect(err).toMatch(message)
    expect(err).not.toMatch(/ {4}at /)
    expect({ code, out }).toEqual({ code: 2, out: '' })
  })

  test('shows colours only where they are wanted', async () => {
    expect((await tintype(['rendr'], { FORCE_COLOR: '1' })).err).toContain('\u001b[31mtintype:\u001b[39m')
    expect((await tintype(['rendr'], { FORCE_COLOR: '1', NO_COLOR: '1' })).err).not.toContain('\u001b')
  })

  test('shows a stack only when debugging', async () => {
    expect((await tintype(['rendr', '--debug'])).err).toMatch(/ {4}at .*program\.js/)
  })
})

describe.concurrent('migrate', () => {
  test('prints an environment that the program takes, and all else as comments', async () => {
    const conf = join(folder, 'thumbor.conf')
    writeFileSync(
      conf,
      "ALLOWED_SOURCES = ['img.example']\nMAX_PIXELS = 5e6\nHTTP_LOADER_DEFAULT_USER_AGENT = \"it's me\"\nGC_INTERVAL = 60\nX = f'\u001b'\n",
    )
    const { code, out, err } = await tintype(['migrate', 'thumbor.conf'])
    expect([code, err]).toEqual([0, ''])
    const settings = out.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
    expect(settings).toEqual([
      'TINTYPE_SOURCE_HTTP_ALLOW=img.example',
      'TINTYPE_LIMIT_SOURCE_PIXELS=5000000',
      "TINTYPE_SOURCE_HTTP_USER_AGENT=it's me",
      'TINTYPE_THUMBOR_LOADER=http',
    ])
    expect(out).toMatch(/^# thumbor\.conf:4: GC_INTERVAL: /m)
    expect(out).toMatch(/^# thumbor\.conf:5: X = f'\?' \(/m)
    expect((await tintype(['migrate', conf, '--shell'])).out).toContain("export TINTYPE_SOURCE_HTTP_USER_AGENT='it'\\''s me'\n")
    expect(JSON.parse((await tintype(['migrate', conf, '--json'])).out)).toMatchObject({
      settings: { TINTYPE_LIMIT_SOURCE_PIXELS: '5000000' },
      notes: [{ option: 'GC_INTERVAL', line: 4 }],
      unread: [{ line: 5 }],
    })
  })

  test('of a file that is not there is a slip', async () => {
    expect(await tintype(['migrate', 'none.conf'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('There is no file "none.conf".'),
    })
  })
})

describe.concurrent('config', () => {
  test('prints settings with their origin, secrets hidden', async () => {
    const { code, out } = await tintype(['config', '--json', '--port', '0'], { TINTYPE_KEYS: key, TINTYPE_LIMIT_FRAMES: '7' })
    const rows = JSON.parse(out) as { name: string; value: string; origin: string }[]
    expect(code).toBe(0)
    expect(rows).toContainEqual({ name: 'server.port', value: '0', origin: '--port' })
    expect(rows).toContainEqual({ name: 'limit.frames', value: '7', origin: 'TINTYPE_LIMIT_FRAMES' })
    expect(rows).toContainEqual({ name: 'limit.sourcePixels', value: '50000000', origin: 'default' })
    expect(rows.find(({ name }) => name === 'keys')?.value).toBe('(hidden)')
    expect(out).not.toContain(key)
  })
})

describe.concurrent('sign', () => {
  test('signs with the first key', async () => {
    const { out } = await tintype(['sign', '/i/cat.jpg?w=300'], { TINTYPE_KEYS: `${key},another-${key}` })
    expect(out).toBe(`${signNative('/i/cat.jpg?w=300', key)}\n`)
  })

  test('for a time', async () => {
    const { out } = await tintype(['sign', '/i/cat.jpg', '--expires', '1h', '--json'], { TINTYPE_KEYS: key })
    const { url, expires } = JSON.parse(out) as { url: string; expires: number }
    expect(Math.abs(expires - Date.now() / 1000 - 3600)).toBeLessThan(30)
    expect(url).toBe(signNative('/i/cat.jpg', key, { expires }))
  })

  test('not without a key, a time that is none, or a URL that asks wrongly', async () => {
    expect((await tintype(['sign', '/i/cat.jpg'])).code).toBe(2)
    expect((await tintype(['sign', '/i/cat.jpg', '--expires', 'soon'], { TINTYPE_KEYS: key })).code).toBe(2)
    expect(await tintype(['sign', '/i/cat.jpg?ww=3'], { TINTYPE_KEYS: key })).toMatchObject({ code: 1, out: '' })
  })
})

describe.concurrent('explain', () => {
  test('tells recipe, sizes and names; what is signed or expired too', async () => {
    const { code, out } = await tintype(['explain', 'https://img.example/i/portrait.jpg?w=300&f=webp&expires=9&s=x', samples])
    expect(out).toMatch(/^recipe +.*resize\(width=300\)\|format=webp$/m)
    expect(out).toMatch(/^original +1200 x 1600 jpeg$/m)
    expect(out).toMatch(/^result +300 x 400 webp$/m)
    expect(code).toBe(0)
  })

  test('as JSON, for a client that takes what it says', async () => {
    const { out } = await tintype(['explain', '/i/portrait.jpg?h=400', samples, '--json', '--accept', 'image/webp'])
    expect(JSON.parse(out)).toMatchObject({ key: 'portrait.jpg', result: { width: 300, height: 400, format: 'webp' } })
  })

  test('says what is wrong with a URL', async () => {
    const { code, err } = await tintype(['explain', '/i/portrait.jpg?ww=3', samples])
    expect(err).toMatch(/^tintype: There is no parameter "ww"\. Did you mean "w"\?$/m)
    expect(code).toBe(1)
  })
})

describe.concurrent('render', () => {
  test('goes on past a bad file and says so', async () => {
    writeFileSync(join(folder, 'bad.jpg'), 'no picture')
    const args = ['render', join(samples, 'portrait.jpg'), 'bad.jpg', join(samples, 'logo.*'), 'out/', 'w=80&f=png']
    const { code, out } = await tintype([...args, '--json'])
    const done = JSON.parse(out) as { rendered: number; failed: number; files: { input: string; output?: string; code?: string }[] }
    expect(done).toMatchObject({ rendered: 2, failed: 2 })
    expect(done.files[1]).toMatchObject({ input: 'bad.jpg', code: 'original-not-image' })
    expect(done.files[3]).toMatchObject({ code: 'parameter-conflict' }) // logo.png and logo.svg would both be logo.png
    const png = readFileSync(join(folder, 'out/portrait.png'))
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([80, 107])
    expect(code).toBe(1)
  })

  test('takes the format from the name of the file, and every setting', async () => {
    const landscape = join(samples, 'landscape.jpg')
    expect((await tintype(['render', landscape, 'one.webp', 'w=64'])).code).toBe(0)
    expect(readFileSync(join(folder, 'one.webp')).subarray(8, 12).toString()).toBe('WEBP')
    const refused = await tintype(['render', landscape, 'two.webp', 'w=64', '--limit-source-pixels', '1000'])
    expect(refused.err).toMatch(/landscape\.jpg: .*pixels/)
    expect(refused.code).toBe(1)
    expect(existsSync(join(folder, 'two.webp'))).toBe(false)
  })

  test('a parameter that is wrong is wrong for all', async () => {
    const { code, err } = await tintype(['render', join(samples, '*.jpg'), 'out', 'wdth=3'])
    expect(err.match(/^tintype:/gm)).toHaveLength(1)
    expect(code).toBe(2)
  })
})

describe.concurrent('formats and doctor', () => {
  test('formats tells what can be read and written', async () => {
    const { out } = await tintype(['formats', '--json'])
    expect(JSON.parse(out)).toMatchObject({ write: expect.arrayContaining(['jpeg', 'avif']), versions: { sharp: expect.any(String) } })
  })

  test('the doctor finds nothing wrong here', async () => {
    const { code, out } = await tintype(['doctor', samples])
    expect(out).not.toMatch(/^✗/m)
    expect(out).toMatch(/^✓ speed +A photograph/m)
    expect(code).toBe(0)
  })

  test('the doctor finds settings that are none, and ends with 1', async () => {
    const { code, out } = await tintype(['doctor', '--json'], { TINTYPE_LIMIT_FRAMES: 'x' })
    const { ok, findings } = JSON.parse(out) as { ok: boolean; findings: { name: string; state: string; mend?: string }[] }
    expect(findings.filter(({ state }) => state === 'fail').map(({ name }) => name)).toEqual(['settings'])
    expect({ ok, code }).toEqual({ ok: false, code: 1 })
  })

  test('the doctor finds a preset that would stop the start', async () => {
    const { code, out } = await tintype(['doctor', samples], { TINTYPE_PRESETS: 'thumb=widht=3' })
    expect(out).toMatch(/^✗ presets +.*thumb.*Did you mean "width"\?$/m)
    expect(code).toBe(1)
  })
})

describe('serve', () => {
  test('answers the URLs that it prints, can be purged, and stops when told', { timeout: 60_000 }, async () => {
    const env = { TINTYPE_PURGE_TOKEN: token, TINTYPE_STORE_KINDS: 'memory', TINTYPE_RENDER_PROCESSES: '1' }
    const child = spawn(process.execPath, [program, samples, '--port', '0'], { cwd: folder, env: environment(env) })
    let said = ''
    let log = ''
    child.stdout.on('data', (piece: Buffer) => (log += piece))
    const printed = new Promise<string[]>((resolve, reject) => {
      child.stderr.on('data', (piece: Buffer) => {
        said += piece
        const urls = said.match(/http:\/\/localhost:\d+\/i\/\S+(?=\n)/g) ?? []
        if (urls.length >= 3) resolve(urls)
      })
      child.on('exit', (code) => reject(new Error(`ended with ${code}: ${said}`)))
    })
    const ended = new Promise((resolve) => child.on('exit', resolve))
    try {
      const urls = (await printed).slice(0, 3)
      expect(urls[0]).toMatch(/\/i\/landscape\.jpg\?w=600$/)
      for (const url of urls) {
        const answer = await fetch(url)
        expect([answer.status, answer.headers.get('content-type')]).toEqual([200, expect.stringMatching(/^image\//)])
        await answer.arrayBuffer()
      }
      const { origin } = new URL(urls[0] ?? '')
      const page = await (await fetch(origin)).text()
      expect(page).toContain('<img src="/i/landscape.jpg?')
      const refused = await tintype(['purge', 'landscape.jpg', '--url', origin, '--token', 'x'.repeat(20)])
      expect(refused).toMatchObject({ code: 1, err: expect.stringMatching(/answered 403/) })
      expect(await tintype(['purge', 'landscape.jpg', '--url', origin, '--json'], { TINTYPE_PURGE_TOKEN: token })).toMatchObject({
        code: 0,
        out: `${JSON.stringify({ key: 'landscape.jpg', purged: 1 }, undefined, 2)}\n`,
      })
      const large = await vi.waitFor(() => /24 megapixels: (\S+)/.exec(said)?.[1] ?? Promise.reject(new Error('not drawn')), 30_000)
      expect((await fetch(large)).status).toBe(200)
    } finally {
      child.kill('SIGTERM')
    }
    expect(await ended).toBe(0)
    expect(log).toContain('"target":"/i/24mpx.jpg?w=600"')
    const lines = log.trim().split('\n')
    for (const line of lines) expect(JSON.parse(line)).toHaveProperty('level')
    expect(lines.some((line) => JSON.parse(line).target === '/i/landscape.jpg?w=600')).toBe(true)
  })

  test('a port that is taken is a setting that is wrong', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => other.once('listening', resolve))
    const { port } = other.address() as AddressInfo
    const { code, err } = await tintype([samples, '--port', String(port)], { TINTYPE_STORE_KINDS: 'memory' })
    other.close()
    expect(err).toMatch(/^tintype: server\.port: port \d+ of 127\.0\.0\.1 is taken/m)
    expect(code).toBe(2)
  })

  test('an open proxy does not start at a public address', async () => {
    const { code, err } = await tintype(['serve', '--host', '0.0.0.0', '--source-http-any'])
    expect(err).toMatch(/^tintype: .*anyone who reaches this server/m)
    expect(code).toBe(1)
  })
})
