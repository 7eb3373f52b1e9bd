import { lookup } from 'node:dns/promises'
import { isIP, type LookupFunction, Socket } from 'node:net'
import type { buildConnector } from 'undici'
import { Failure } from '../errors.ts'
import { clip } from '../schema/field.ts'
import { hostName, mayDial, type OpenBlocks, withoutAddress } from './address.ts'

/** A host name to its addresses; empty or rejecting when there is none. */
export type Resolve = (host: string) => Promise<readonly string[]>

/** Makes what opens sockets: undici's own, or what stands in for the network in a test. */
export type BuildConnector = (options: buildConnector.BuildOptions) => buildConnector.connector

export type Dialling = {
  readonly open: OpenBlocks
  readonly dnsSeconds: number
  /** From the answer of the resolver to the end of the TLS handshake. */
  readonly connectSeconds: number
  readonly resolve?: Resolve
  readonly build: BuildConnector
}

/**
 * A connector that reaches public addresses alone. The names are resolved once, in the call that dials, and only what was checked is dialled:
 * a name that answers differently the second time (DNS rebinding) is never asked a second time.
 */
export function guardedConnector(dialling: Dialling): buildConnector.connector {
  const { open, connectSeconds, build } = dialling
  // `all` answers come only with autoSelectFamily; the attempt limit is above Node's 250 ms, which gives up on slow but living hosts.
  const connect = build({ lookup: guardedLookup(dialling), autoSelectFamily: true, autoSelectFamilyAttemptTimeout: 500, timeout: 0 })
  return (options, callback) => {
    const host = options.hostname.replace(/^\[|\]$/g, '')
    // Node calls no lookup for a literal, so that the check there alone would let it pass.
    if (isIP(host) !== 0 && !mayDial(host, open)) return callback(forbidden(host), null)
    let timer: NodeJS.Timeout | undefined
    const socket: unknown = connect(options, (...[error, connected]) => {
      clearTimeout(timer)
      if (error !== null) return callback(error instanceof Failure ? error : unreachable(host, error), null)
      // The last word: whatever led here, the other end must be one that may be dialled.
      if (mayDial(connected.remoteAddress ?? '', open)) return callback(null, connected)
      connected.destroy()
      callback(forbidden(host), null)
    })
    if (!(socket instanceof Socket)) return
    const begin = (): void => {
      const late = new Failure('source-timeout', `No connection to ${hostName(host)} within ${connectSeconds} s.`)
      timer ??= setTimeout(() => socket.destroy(late), connectSeconds * 1000)
    }
    if (isIP(host) === 0) socket.once('lookup', begin)
    else begin()
  }
}

/** The `lookup` of `net.connect`: every address must be one that may be dialled, or the name is refused as a whole. */
function guardedLookup({ open, dnsSeconds, resolve = resolveBySystem }: Dialling): LookupFunction {
  return (host, options, done) => {
    let over = false
    const finish = (outcome: Failure | readonly { address: string; family: number }[]): void => {
      if (over) return
      over = true
      clearTimeout(timer)
      const [first] = outcome instanceof Failure ? [] : outcome
      if (outcome instanceof Failure) done(outcome, [])
      else if (options.all) done(null, [...outcome])
      else done(null, first?.address ?? '', first?.family)
    }
    const late = new Failure('source-timeout', `The name ${clip(host)} was not resolved within ${dnsSeconds} s.`)
    const timer = setTimeout(() => finish(late), dnsSeconds * 1000)
    const ask = async (): Promise<Failure | { address: string; family: number }[]> => {
      const addresses = await resolve(host)
      if (addresses.length === 0) return unreachable(host)
      if (!addresses.every((address) => mayDial(address, open))) return forbidden(host)
      return addresses.map((address) => ({ address, family: isIP(address) }))
    }
    ask().then(finish, (error) => finish(unreachable(host, error)))
  }
}

/** As the machine resolves names: hosts file and DNS. */
const resolveBySystem: Resolve = async (host) => (await lookup(host, { all: true })).map(({ address }) => address)

function forbidden(host: string): Failure {
  return new Failure('address-forbidden', `The host ${clip(host)} is not at a public address.`)
}

function unreachable(host: string, cause?: unknown): Failure {
  return new Failure(
    'origin-unreachable',
    `The host ${hostName(host)} could not be reached.`,
    cause === undefined ? {} : { cause: withoutAddress(cause) },
  )
}
