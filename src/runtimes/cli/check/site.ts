import { type IncomingHttpHeaders, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { keyPath } from '../../../service/example-keys.ts'
import { signNative } from '../../../sign.ts'
import { Trouble } from '../command.ts'

/** What came back. */
export type Reply = {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  /** Until the last byte. */
  readonly milliseconds: number
}

type Asked = { readonly method?: string; readonly headers?: Readonly<Record<string, string>> }

/** The service under test, asked as a stranger would ask it. */
export type Site = {
  readonly base: URL
  readonly key: string
  /** Are URLs signed here, as far as we can? */
  readonly signed: boolean
  /** The formats that it says it writes; all where it does not say. */
  readonly write: readonly string[] | undefined
  /** A target as it stands, below the address of the service. */
  ask(target: string, asked?: Asked): Promise<Reply>
  /** The target of the picture with these parameters, signed where there is a key. */
  target(query: string, key?: string): string
  /** Asks for the picture. */
  picture(query: string, asked?: Asked): Promise<Reply>
}

export type SiteOptions = {
  readonly base: URL
  readonly key: string
  readonly prefix: string
  readonly signer: string | undefined
  readonly ignored: readonly string[]
}

/** Longest time of one answer; a function may have to start first. */
const answerSeconds = 45
const mostBytes = 50e6

export async function openSite({ base, key, prefix, signer, ignored }: SiteOptions, signal: AbortSignal): Promise<Site> {
  const ask: Site['ask'] = (target, asked = {}) => send(new URL(base.origin + target), target, asked, signal)
  const target: Site['target'] = (query, other = key) => {
    const plain = `${keyPath(prefix, other)}?${query}`
    return signer === undefined ? plain : signNative(plain, signer, { prefix, ignored })
  }
  const write = await writtenFormats(ask)
  return { base, key, signed: signer !== undefined, write, ask, target, picture: (query, asked) => ask(target(query), asked) }
}

/** What stands at /formats: some may be switched off. */
async function writtenFormats(ask: Site['ask']): Promise<readonly string[] | undefined> {
  try {
    const { write } = JSON.parse((await ask('/formats')).body.toString()) as { readonly write?: unknown }
    return Array.isArray(write) ? write.filter((format) => typeof format === 'string') : undefined
  } catch {
    return undefined // the check of /formats tells of it
  }
}

/**
 * One exchange with the service that the operator names; redirects are not followed, and the target goes out as it stands.
 * The time is kept by hand: a timeout that an `AbortSignal.any` alone holds is collected as garbage, and never comes.
 */
export function send(
  url: URL,
  path: string,
  { method = 'GET', headers = {} }: Asked,
  signal: AbortSignal,
  longestSeconds = answerSeconds,
): Promise<Reply> {
  const begun = performance.now()
  return new Promise((resolve, reject) => {
    const { hostname, port, protocol } = url
    const open = protocol === 'https:' ? requestHttps : requestHttp
    const host = hostname.replace(/^\[|\]$/g, '')
    const sent = open(
      { host, ...(port === '' ? {} : { port }), path, method, headers: { accept: '*/*', ...headers }, signal },
      (answer) => {
        const pieces: Buffer[] = []
        let bytes = 0
        answer.on('data', (piece: Buffer) => {
          bytes += piece.length
          if (bytes <= mostBytes) pieces.push(piece)
          else answer.destroy(new Error('The answer does not end.'))
        })
        answer.on('error', failed)
        answer.on('end', () => {
          clearTimeout(timer)
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            body: Buffer.concat(pieces),
            milliseconds: performance.now() - begun,
          })
        })
      },
    )
    const timer = setTimeout(() => sent.destroy(new Error(`not within ${longestSeconds} s`)), longestSeconds * 1000)
    const failed = (cause: Error): void => {
      clearTimeout(timer)
      if (signal.aborted) {
        reject(signal.reason)
        return
      }
      // Node says so of a certificate of one's own, of one that is too old, of another name.
      const distrusted = /certificate|self.signed|altname/i.test(cause.message)
      const hint = distrusted ? 'A certificate of your own is trusted with NODE_EXTRA_CA_CERTS=ca.pem.' : undefined
      reject(new Trouble(`${url.origin} did not answer: ${cause.message}.`, hint, cause))
    }
    sent.on('error', failed)
    sent.end()
  })
}
