import { connect, isIP, type LookupFunction } from 'node:net'
import type { OutboundParts } from '../src/sources/fetch.ts'

/** A network without a network: what was asked of it is on record, and whatever is dialled is the one port on this machine. */
export type FakeNetwork = OutboundParts & { readonly lookups: string[]; readonly dialled: string[] }

/**
 * @param names  Each host's answers; with several lists, the first for the first question, and so on.
 * @param port   The loopback port at which every address and every port leads.
 * @param peer   The address that the socket says it has reached, where that is not the one that was dialled.
 */
export function fakeNetwork(names: Readonly<Record<string, readonly (readonly string[])[]>>, port: number, peer?: string): FakeNetwork {
  const lookups: string[] = []
  const dialled: string[] = []
  return {
    lookups,
    dialled,
    async resolve(host) {
      const asked = lookups.filter((each) => each === host).length
      lookups.push(host)
      const answers = names[host] ?? []
      return answers[Math.min(asked, answers.length - 1)] ?? []
    },
    build(options) {
      const lookup = (options as { lookup: LookupFunction }).lookup
      return ({ hostname }, callback) => {
        const dial = (address: string): void => {
          dialled.push(address)
          const socket = connect(port, '127.0.0.1')
          Object.defineProperty(socket, 'remoteAddress', { value: peer ?? address })
          let told = false
          const tell = (error: Error | null): void => {
            if (told) return
            told = true
            if (error === null) callback(null, socket)
            else callback(error, null)
          }
          socket.once('connect', () => tell(null)).on('error', tell)
        }
        const host = hostname.replace(/^\[|\]$/g, '')
        if (isIP(host) !== 0) return dial(host)
        lookup(host, { all: true }, (error, addresses) => {
          const [first] = Array.isArray(addresses) ? addresses : []
          if (error !== null) callback(error, null)
          else if (first === undefined) callback(new Error('no address'), null)
          else dial(first.address)
        })
      }
    },
  }
}
