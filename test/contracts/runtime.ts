import { describe, expect, it } from 'vitest'
import { Failure } from '../../src/errors.ts'
import type { Answer, Ask } from '../../src/service/ask.ts'
import type { Service } from '../../src/service/service.ts'

/** What a client sends. */
export type Sent = {
  readonly method?: string
  /** Written as it stands. */
  readonly target: string
  /** In this order; a name may come twice. */
  readonly headers?: readonly (readonly [name: string, value: string])[]
  /** With its length in a header, where the runtime is asked over a wire. */
  readonly body?: Buffer
  /** The client leaves when it aborts; `send` then rejects. */
  readonly signal?: AbortSignal
}

/** What a client gets; names of headers in lower case. */
export type Got = { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: Buffer }

/** Sends a request through the runtime to a service. */
export type Send = (service: Pick<Service, 'handle'>, sent: Sent) => Promise<Got>

/** Targets that some parser on the way would change. */
const targets = [
  '/',
  '/i/a.jpg',
  '/i/a%2Fb.jpg',
  '/i/a%2fb%20c.jpg',
  '/i//a///b.jpg',
  '/i/https://h.example//a?b=c',
  '/i/a?x=1&&y=%26+%2B;z',
  '/i/a?',
  '/?img=http://h/a?b',
  "/i/a'(b)!*,:@=$",
]
/** Those that a URL parser changes before anyone can look. */
const rawTargets = [
  '/i/../a.jpg',
  '/i/./a.jpg',
  '/i/%2e%2e/a.jpg',
  '/i/a\\b.jpg',
  '//host/a.jpg',
  '/i/a|b^{c}"d<e>.jpg',
  'http://h.example/i/a.jpg',
]

const ok = (body: Buffer, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status: 200,
  headers: { 'content-type': 'image/webp', 'content-length': String(body.length), etag: '"a"', 'x-two': 'a, b', ...headers },
  body,
})

/** A service that gives one answer, and keeps what it was asked. */
function answering(answer: Answer): { readonly asks: Ask[]; handle(ask: Ask): Promise<Answer> } {
  const asks: Ask[] = []
  return {
    asks,
    handle: async (ask) => {
      asks.push(ask)
      return answer
    },
  }
}

/** How far a platform lets a runtime go. */
export type Platform = {
  /** The request target reaches the runtime before any URL parser does. */
  readonly raw: boolean
  /** Targets that the platform hands over in pieces, and what can be put together of them; all others arrive as they were sent. */
  readonly arrives?: Readonly<Record<string, string>>
  /** Most bytes of a body that the platform takes. */
  readonly mostBytes?: number
  /** The platform has no bodies of requests: nothing can be uploaded through it. */
  readonly bodiless?: true
  /** The platform says nothing of a client that leaves. */
  readonly silent?: true
}

/** What every runtime promises. */
export function runtimeContract(name: string, send: Send, { raw, arrives = {}, mostBytes = 1e9, bodiless, silent }: Platform): void {
  describe(`${name} keeps the contract of runtimes`, () => {
    it.each(raw ? [...targets, ...rawTargets] : targets)('hands on the target byte for byte: %s', async (target) => {
      const service = answering(ok(Buffer.from('x')))
      await send(service, { target })
      expect(service.asks.map((ask) => ask.target)).toEqual([arrives[target] ?? target])
    })

    it.each(['GET', 'DELETE', 'OPTIONS', 'PUT'])('hands on the method %s', async (method) => {
      const service = answering(ok(Buffer.from('x')))
      await send(service, { target: '/', method })
      expect(service.asks[0]?.method).toBe(method)
    })

    it('hands on headers, names in lower case, those that repeat joined', async () => {
      const service = answering(ok(Buffer.from('x')))
      const headers = [
        ['Accept', 'image/avif'],
        ['ACCEPT', 'image/webp;q=0.5'],
        ['If-None-Match', '"a", W/"b"'],
        ['Sec-CH-DPR', '2'],
        ['Age', '1'],
        ['Age', '2'], // some parsers keep the first of these alone
      ] as const
      await send(service, { target: '/', headers })
      expect(service.asks[0]?.headers).toMatchObject({
        accept: 'image/avif, image/webp;q=0.5',
        'if-none-match': '"a", W/"b"',
        'sec-ch-dpr': '2',
        age: '1, 2',
      })
    })

    it.each([0, 1, 1000, 20_000, 3_000_000].filter((length) => length <= mostBytes))(
      'gives back a body of %i bytes as it is',
      async (length) => {
        const body = Buffer.from(Array.from({ length: Math.min(length, 997) }, (_, index) => index % 256))
        const whole = length === 0 ? body : Buffer.alloc(length, body)
        const got = await send(answering(ok(whole)), { target: '/' })
        expect(got.status).toBe(200)
        expect(got.body.equals(whole)).toBe(true)
        expect(got.headers['content-length']).toBe(String(length))
      },
    )

    const bytes = (length: number) => Buffer.from(Array.from({ length }, (_, index) => (index * 7) % 256))
    /** What the service gets of a body when it takes so many bytes at most. */
    async function read(body: Buffer | undefined, mostBytes: number, method = 'POST'): Promise<Buffer | string | undefined> {
      let got: Buffer | Failure | undefined
      const service = {
        handle: async (ask: Ask): Promise<Answer> => {
          got = await ask.body?.(mostBytes, ask.signal)
          return { status: 204, headers: {} }
        },
      }
      expect((await send(service, { target: '/', method, ...(body === undefined ? {} : { body }) })).status).toBe(204)
      return got instanceof Failure ? got.code : got
    }

    it.skipIf(bodiless).each([
      ['POST', 1],
      ['PUT', 1000],
      ['POST', 400_000],
    ])('hands on the body of a %s of %i bytes, byte for byte, up to the limit', async (method, length) => {
      const body = bytes(length)
      expect((await read(body, length, method)) as Buffer).toEqual(body)
      expect(await read(body, length - 1, method)).toBe('upload-too-large')
    })

    it('hands on no body where there is none', async () => {
      expect((await read(undefined, 10))?.length ?? 0).toBe(0)
    })

    it.skipIf(bodiless)('reads no body for a service that is gone', async () => {
      const reason = new Error('gone')
      const service = {
        handle: async (ask: Ask): Promise<Answer> => {
          await expect(ask.body?.(10, AbortSignal.abort(reason))).rejects.toBe(reason)
          return { status: 204, headers: {} }
        },
      }
      await send(service, { target: '/', method: 'POST', body: bytes(3) })
    })

    it('gives back a slice of a larger buffer, and nothing around it', async () => {
      const got = await send(answering(ok(Buffer.from('secret picture secret').subarray(7, 14))), { target: '/' })
      expect(got.body.toString()).toBe('picture')
    })

    it('gives back status and headers', async () => {
      const got = await send(answering({ ...ok(Buffer.from('{}')), status: 422 }), { target: '/' })
      expect(got).toMatchObject({ status: 422, headers: { 'content-type': 'image/webp', etag: '"a"', 'x-two': 'a, b' } })
    })

    it('counts the length itself where nobody did, or did so wrongly', async () => {
      for (const headers of [{}, { 'content-length': '9999' }]) {
        const got = await send(answering({ status: 200, headers, body: Buffer.from('12345') }), { target: '/' })
        expect(got).toMatchObject({ body: Buffer.from('12345'), headers: { 'content-length': '5' } })
      }
    })

    it('answers HEAD with the length of the picture and without it', async () => {
      const { body: _, ...answer } = ok(Buffer.alloc(1234))
      const got = await send(answering(answer), { target: '/', method: 'HEAD' })
      expect(got.headers['content-length']).toBe('1234')
      expect(got.body.length).toBe(0)
    })

    it.each([204, 304])('sends no body with %i', async (status) => {
      const got = await send(answering({ status, headers: { etag: '"a"' } }), { target: '/' })
      expect(got).toMatchObject({ status, headers: { etag: '"a"' } })
      expect(got.body.length).toBe(0)
      expect(got.headers).not.toHaveProperty('transfer-encoding')
    })

    it.skipIf(silent)('tells the service when the client leaves', { timeout: 5000 }, async () => {
      const client = new AbortController()
      const left = new Promise<void>((resolve) => {
        const service = {
          handle: (ask: Ask): Promise<Answer> =>
            new Promise((answered) => {
              ask.signal.addEventListener('abort', () => {
                resolve()
                answered({ status: 499, headers: {} })
              })
              client.abort()
            }),
        }
        send(service, { target: '/', signal: client.signal }).catch(() => {})
      })
      await left
    })

    it('does not say that a client has left who has his answer', async () => {
      const service = answering(ok(Buffer.alloc(100_000)))
      await send(service, { target: '/' })
      await new Promise((resolve) => setTimeout(resolve, 50))
      expect(service.asks[0]?.signal.aborted).toBe(false)
    })
  })
}
