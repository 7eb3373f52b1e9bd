import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AwsClient } from 'aws4fetch'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { S3Place } from './s3-suite.ts'

const home = fileURLToPath(new URL('..', import.meta.url))
const program = join(home, 'dist/runtimes/cli/main.js')
const folder = mkdtempSync(join(tmpdir(), 'tintype-s3-serve-'))
const photo = readFileSync(join(home, 'samples/landscape.jpg'))
const token = 'purge-7712-qpzt-0415'

/** Keys that a path, a query, a form or a file system would read as something else. */
const keys = [
  'plain.jpg',
  'with space.jpg',
  'a+b.jpg',
  '100%.jpg',
  'a%20b.jpg',
  'ü/日本/🖼.jpg',
  'deep/er/still/a.jpg',
  "it's (1) & [2]; $3, =4.jpg",
  'what?w=1#no.jpg',
]
const escaped = (key: string): string => key.split('/').map(encodeURIComponent).join('/')

/** A service that speaks S3, with three buckets that are empty: for originals, for results, and one more. */
export type ServePlace = Omit<S3Place, 'bucket'> & { readonly buckets: readonly [originals: string, results: string, second: string] }

/** The program itself, as it is started in the field, with originals and results in buckets: the very same on a fake service and on a real one. */
export function s3ServeSuite(name: string, open: () => Promise<ServePlace>): void {
  describe(`tintype serve on ${name}`, () => {
    let place: ServePlace
    /** A client that is none of ours fills the buckets and looks into them. */
    let other: AwsClient
    let [originals, results, second] = ['', '', '']
    let running: ChildProcess | undefined
    beforeAll(async () => {
      place = await open()
      ;[originals, results, second] = place.buckets
      other = new AwsClient({ ...place, service: 's3', retries: 0 })
      for (const key of keys) await put(originals, key, photo)
    })
    afterEach(() => end('SIGKILL'))
    afterAll(async () => {
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
      await place.close?.()
    })

    const addressOf = (bucket: string, key: string): string =>
      `${place.endpoint}/${bucket}/${escaped(key).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)}`
    async function put(bucket: string, key: string, body: Buffer): Promise<void> {
      expect((await other.fetch(addressOf(bucket, key), { method: 'PUT', body: new Uint8Array(body) })).status).toBe(200)
    }
    async function remove(key: string): Promise<void> {
      expect((await other.fetch(addressOf(originals, key), { method: 'DELETE' })).status).toBe(204)
    }
    const kept = async (): Promise<number> =>
      (await (await other.fetch(`${place.endpoint}/${results}?list-type=2`)).text()).split('<Key>').length - 1

    /** The environment that points the program at the server. */
    function environment(settings: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
      const at = (part: string, bucket: string) => ({
        [`TINTYPE_${part}_S3_BUCKET`]: bucket,
        [`TINTYPE_${part}_S3_ENDPOINT`]: place.endpoint,
        [`TINTYPE_${part}_S3_REGION`]: place.region,
        [`TINTYPE_${part}_S3_PATH_STYLE`]: '1',
      })
      return {
        ...{ PATH: process.env.PATH, HOME: folder, XDG_CACHE_HOME: join(folder, 'cache') },
        ...{ AWS_ACCESS_KEY_ID: place.accessKeyId, AWS_SECRET_ACCESS_KEY: place.secretAccessKey },
        ...at('SOURCE', originals),
        ...at('STORE', results),
        ...{ TINTYPE_STORE_KINDS: 'memory,s3', TINTYPE_PURGE_TOKEN: token, TINTYPE_RENDER_PROCESSES: '1' },
        ...settings,
      }
    }
    /** Starts the program; where it answers. */
    async function start(settings: Readonly<Record<string, string>> = {}): Promise<string> {
      const env = environment(settings)
      const child = spawn(process.execPath, [program, 'serve', '--port', '0'], { cwd: folder, env })
      running = child
      child.stdout.resume()
      return new Promise((resolve, reject) => {
        let said = ''
        child.stderr.on('data', (piece: Buffer) => {
          said += piece
          const [, url] = /answers at (http:\S+)/.exec(said) ?? []
          if (url !== undefined) resolve(url)
        })
        child.once('exit', (code) => reject(new Error(`ended with ${code}: ${said}`)))
      })
    }
    async function end(signal: NodeJS.Signals): Promise<void> {
      const child = running
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill(signal)
      await ended
    }
    async function get(url: string): Promise<{ status: number; etag: string | null; cache: string | null; body: Buffer }> {
      const answer = await fetch(url)
      const { status, headers } = answer
      return { status, etag: headers.get('etag'), cache: headers.get('cache-status'), body: Buffer.from(await answer.arrayBuffer()) }
    }

    it('makes a picture of any key once, finds it again after kill -9, and forgets it when purged', { timeout: 120_000 }, async () => {
      let base = await start()
      expect((await get(`${base}/ready`)).status).toBe(200)
      const made = new Map<string, Buffer>()
      for (const key of keys) {
        const first = await get(`${base}/i/${escaped(key)}?w=120`)
        expect([key, first.status, first.cache]).toEqual([key, 200, 'tintype; fwd=miss; stored'])
        expect(first.body.subarray(0, 3).toString('hex')).toBe('ffd8ff')
        expect((await get(`${base}/i/${escaped(key)}?w=120`)).cache).toMatch(/^tintype; hit/)
        made.set(key, first.body)
      }
      await vi.waitFor(async () => expect(await kept()).toBe(2 * keys.length), 10_000) // each result, and the copy of its original

      await end('SIGKILL')
      for (const key of keys) await remove(key) // what is answered now was not made anew
      base = await start()
      for (const key of keys) {
        const again = await get(`${base}/i/${escaped(key)}?w=120`)
        expect([key, again.status, again.cache]).toEqual([key, 200, expect.stringMatching(/^tintype; hit/)])
        expect(again.body.equals(made.get(key) as Buffer)).toBe(true)
      }

      for (const key of keys) {
        const answer = await fetch(`${base}/i/${escaped(key)}`, { method: 'DELETE', headers: { authorization: `Bearer ${token}` } })
        expect([key, answer.status, await answer.json()]).toEqual([key, 200, { key, purged: expect.any(Number) }])
        expect((await get(`${base}/i/${escaped(key)}?w=120`)).status).toBe(404)
      }
      expect(await kept()).toBe(0)
      await end('SIGTERM')
      expect(running?.exitCode).toBe(0)
    })

    it('gives originals of the buckets on its list, and of no other', async () => {
      for (const bucket of [second, results]) await put(bucket, 'ü/a b.jpg', photo)
      const base = await start({ TINTYPE_SOURCE_S3_BUCKETS: second })
      const of = (bucket: string, key: string): string => `${base}/i/${encodeURIComponent(`s3://${bucket}/${key}`)}?w=50`
      expect((await get(of(second, 'ü/a b.jpg'))).status).toBe(200)
      expect((await get(of(results, 'ü/a b.jpg'))).status).toBe(403)
      expect((await get(of(second, 'none.jpg'))).status).toBe(404)
      expect((await get(of(second, '../a.jpg'))).status).toBeLessThan(500)
    })

    it('is refused with a wrong secret, and names none; the doctor says so', async () => {
      await put(originals, 'plain.jpg', photo)
      const wrong = { AWS_SECRET_ACCESS_KEY: 'wrong-secret' }
      const { status, body } = await get(`${await start(wrong)}/i/plain.jpg?w=50`)
      expect(status).toBe(403)
      expect(body.toString()).not.toMatch(/wrong-secret|AKIA|127\.0\.0\.1/)
      const doctor = (settings: Readonly<Record<string, string>>) =>
        new Promise<string>((resolve) => {
          execFile(process.execPath, [program, 'doctor'], { cwd: folder, env: environment(settings) }, (_, out) => resolve(out))
        })
      expect(await doctor({})).toMatch(/^✓ +.*The bucket \S+ answers/m)
      expect(await doctor(wrong)).toMatch(/^✗ .*SignatureDoesNotMatch/m)
    })
  })
}
