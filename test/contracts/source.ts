import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Failure } from '../../src/errors.ts'
import type { Original, Source, Validators } from '../../src/sources/source.ts'

/** How a member of the contract is tried: a place that can be filled, and a source that looks at it. */
export type SourceFixture = {
  /** Opens a source on an empty place; it is closed by the suite. */
  open(maxBytes: number): Promise<Source>
  /** Puts an original in the place, under the name that the key says, letter by letter. */
  put(key: string, bytes: Buffer): Promise<void>
  /** Puts a file beside the place, where no key may lead. */
  putOutside(name: string, bytes: Buffer): Promise<void>
  /** Reads what `putOutside` put, for sources that can be written to. */
  outside?(name: string): Promise<Buffer | undefined>
  /** Clears the place away. */
  clear(): Promise<void>
}

const maxBytes = 100_000
const live = new AbortController().signal

/** Names that mean something to a URL, a shell or a file system, and nothing here. */
const literalKeys = [
  'a.jpg',
  'deep/er/still/a.jpg',
  'with space.jpg',
  'a+b.jpg',
  '100%.jpg',
  '%41.jpg',
  'a%2Fb.jpg',
  'what?w=1.jpg',
  'no#1.jpg',
  "it's (1) & [2]; $3, =4.jpg",
  'ünïcödé/日本/🖼.png',
  'no-extension',
  'two..dots.jpg',
]

/** Keys that try to lead out. */
const climbing = [
  '../secret.jpg',
  'a/../../secret.jpg',
  './../secret.jpg',
  '..',
  '../',
  '..%2fsecret.jpg',
  '..\\secret.jpg',
  'a.jpg\0',
  '/../secret.jpg',
]

/**
 * What every source promises.
 * @param writes  It promises what those do that can be written to as well.
 */
export function sourceContract(name: string, fixture: SourceFixture, writes = false): void {
  describe(`${name} keeps the contract of sources`, () => {
    let source: Source
    beforeEach(async () => {
      source = await fixture.open(maxBytes)
    })
    afterEach(async () => {
      await source.close()
      await fixture.clear()
    })

    const get = (key: string, known?: Validators, signal: AbortSignal = new AbortController().signal) => source.get(key, known, signal)
    async function original(key: string): Promise<Original> {
      const got = await get(key)
      if (got instanceof Failure || got.kind !== 'original')
        throw new Error(`Expected an original, got ${JSON.stringify(got)}`, { cause: got })
      return got
    }
    async function failure(key: string): Promise<Failure> {
      const got = await get(key)
      if (!(got instanceof Failure)) throw new Error(`Expected a failure, got ${got.kind}`)
      return got
    }

    it.each(literalKeys)('gives the bytes of %j, its name taken letter by letter', async (key) => {
      await fixture.put(key, Buffer.from(key))
      expect((await original(key)).bytes.toString()).toBe(key)
    })

    it('does not decode a key: %41 is not A', async () => {
      await fixture.put('A.jpg', Buffer.from('A'))
      expect((await failure('%41.jpg')).code).toBe('original-missing')
    })

    it('says what is missing', async () => {
      const { code, message } = await failure('none.jpg')
      expect(code).toBe('original-missing')
      expect(message).not.toContain(process.cwd())
    })

    it('has nothing under the empty key', async () => {
      await fixture.put('a.jpg', Buffer.from('a'))
      expect(['original-missing', 'key-malformed']).toContain((await failure('')).code)
    })

    it.each(climbing)('does not climb out with %j', async (key) => {
      await fixture.put('a/b.jpg', Buffer.from('a'))
      await fixture.putOutside('secret.jpg', Buffer.from('secret'))
      expect((await failure(key)).status).toBeLessThan(500)
    })

    it('takes an original of exactly the limit, and none above it', async () => {
      await fixture.put('most.jpg', Buffer.alloc(maxBytes, 1))
      await fixture.put('more.jpg', Buffer.alloc(maxBytes + 1, 1))
      expect((await original('most.jpg')).bytes.equals(Buffer.alloc(maxBytes, 1))).toBe(true)
      expect((await failure('more.jpg')).code).toBe('original-too-large')
    })

    it('gives an empty original as it is', async () => {
      await fixture.put('empty.jpg', Buffer.alloc(0))
      expect((await original('empty.jpg')).bytes).toHaveLength(0)
    })

    it('knows its own validators again, and no others', async () => {
      await fixture.put('a.jpg', Buffer.from('one'))
      const { validators } = await original('a.jpg')
      expect(Object.keys(validators)).not.toHaveLength(0)
      expect(await get('a.jpg', validators)).toMatchObject({ kind: 'unchanged', validators })
      expect(await get('a.jpg', { etag: '"another"' })).toMatchObject({ kind: 'original' })
    })

    it('sees that an original has changed', async () => {
      await fixture.put('a.jpg', Buffer.from('one'))
      const { validators } = await original('a.jpg')
      await fixture.put('a.jpg', Buffer.from('two'))
      const again = await get('a.jpg', validators)
      expect(again).toMatchObject({ kind: 'original', bytes: Buffer.from('two') })
    })

    it('rejects with the reason of a signal that has aborted', async () => {
      await fixture.put('a.jpg', Buffer.from('a'))
      const reason = new Error('gone')
      await expect(get('a.jpg', undefined, AbortSignal.abort(reason))).rejects.toBe(reason)
    })

    it('rejects with the reason when the signal aborts meanwhile, and still works', async () => {
      await fixture.put('a.jpg', Buffer.alloc(maxBytes, 1))
      const leaving = new AbortController()
      const reason = new Error('gone')
      const waiting = get('a.jpg', undefined, leaving.signal)
      leaving.abort(reason)
      await expect(waiting).rejects.toBe(reason)
      expect((await original('a.jpg')).bytes).toHaveLength(maxBytes)
    })

    it('gives many at once', async () => {
      const keys = Array.from({ length: 40 }, (_, i) => `${i}.jpg`)
      for (const key of keys) await fixture.put(key, Buffer.from(key))
      const all = await Promise.all(keys.map(original))
      expect(all.map(({ bytes }) => bytes.toString())).toEqual(keys)
    })

    describe('where it can be written to', () => {
      const writer = () => {
        if (source.writer === undefined) throw new Error('Expected a source that can be written to.')
        return source.writer
      }
      beforeEach((context) => {
        if (!writes) context.skip()
      })

      it.each(['a.jpg', 'deep/er/a.jpg', 'with space.jpg', '0123456789abcdef0123456789abcdef'])(
        'gives back what was put at %j',
        async (key) => {
          expect(await writer().has(key, live)).toBe(false)
          expect(await writer().put(key, Buffer.from('one'), live)).toBeUndefined()
          expect(await writer().has(key, live)).toBe(true)
          expect((await original(key)).bytes.toString()).toBe('one')
        },
      )

      it('puts one in the place of another, which then has other validators', async () => {
        await writer().put('a.jpg', Buffer.from('one'), live)
        const { validators } = await original('a.jpg')
        await writer().put('a.jpg', Buffer.from('two'), live)
        expect(await get('a.jpg', validators)).toMatchObject({ kind: 'original', bytes: Buffer.from('two') })
      })

      it('removes, and says nothing of what was never there', async () => {
        await writer().put('a.jpg', Buffer.from('one'), live)
        expect(await writer().delete('a.jpg', live)).toBeUndefined()
        expect(await writer().delete('a.jpg', live)).toBeUndefined()
        expect(await writer().has('a.jpg', live)).toBe(false)
        expect((await failure('a.jpg')).code).toBe('original-missing')
      })

      it.each(climbing)('does not climb out with %j', async (key) => {
        await fixture.putOutside('secret.jpg', Buffer.from('secret'))
        await writer().put(key, Buffer.from('mine'), live)
        await writer().delete(key, live)
        expect((await fixture.outside?.('secret.jpg'))?.toString()).toBe('secret')
      })

      it('puts many at once, each whole', async () => {
        const keys = Array.from({ length: 20 }, (_, i) => `${i}.jpg`)
        await Promise.all(keys.map((key) => writer().put(key, Buffer.alloc(50_000, key), live)))
        for (const key of keys) expect((await original(key)).bytes.equals(Buffer.alloc(50_000, key))).toBe(true)
      })

      it('shows the old or the new while it is written over, never a part', async () => {
        const versions = ['one', 'two'].map((text) => Buffer.alloc(90_000, text))
        await writer().put('a.jpg', versions[0] as Buffer, live)
        const writing = (async () => {
          for (let round = 1; round < 20; round++) await writer().put('a.jpg', versions[round % 2] as Buffer, live)
        })()
        for (let round = 0; round < 20; round++) {
          const { bytes } = await original('a.jpg')
          expect(versions.some((version) => version.equals(bytes))).toBe(true)
        }
        await writing
      })

      it('rejects with the reason of a signal that has aborted, and has written nothing', async () => {
        const reason = new Error('gone')
        await expect(writer().put('a.jpg', Buffer.from('a'), AbortSignal.abort(reason))).rejects.toBe(reason)
        expect(await writer().has('a.jpg', live)).toBe(false)
      })
    })

    it('says that it can be reached, without saying where', async () => {
      const { ok, message } = await source.check(new AbortController().signal)
      expect(ok).toBe(true)
      expect(message).not.toContain(process.cwd())
    })
  })
}
