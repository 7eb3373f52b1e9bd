import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'
import { clip } from '../schema/field.ts'

/** A block of addresses as text: `10.0.0.0/8`, `fd00::/8`, or one address alone. */
export type Cidr = string

/** Blocks that an operator opens although they are not public. */
export type OpenBlocks = readonly (readonly [ipaddr.IPv4 | ipaddr.IPv6, number])[]

/**
 * IPv4 that is never dialled: the IANA special-purpose registry as a whole (also its rows that are reachable, which hold no pictures),
 * multicast, reserved, and the address at which Azure answers its own machines.
 * @see https://www.iana.org/assignments/iana-ipv4-special-registry
 */
const closedIPv4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '168.63.129.16/32',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
].map((block) => ipaddr.IPv4.parseCIDR(block))

/** All of IPv6 that is given to the public Internet (RFC 4291, 2.4); what lies outside needs no list. */
const globalIPv6 = ipaddr.IPv6.parseCIDR('2000::/3')

/** Within it: protocol assignments and Teredo, documentation, 6to4, documentation again (RFC 9637). */
const closedIPv6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'].map((block) => ipaddr.IPv6.parseCIDR(block))

/** IPv4 in other clothes, judged by the address inside: mapped (RFC 4291, 2.5.5.2), NAT64 as DNS64 answers it (RFC 6052). */
const wrappedIPv4 = ['::ffff:0:0/96', '64:ff9b::/96'].map((block) => ipaddr.IPv6.parseCIDR(block))

/**
 * May this address be dialled? Public addresses, and those in a block that the operator opened; anything that is no address is refused.
 * @param address  Canonical text, as a URL parser or a resolver gives it; `0x7f.1` is no address here.
 */
export function mayDial(address: string, open: OpenBlocks = []): boolean {
  const parsed = parse(address)
  if (parsed === undefined) return false
  const inner = parsed instanceof ipaddr.IPv6 && within(parsed, wrappedIPv4) ? lastIPv4(parsed) : parsed
  return within(inner, open) || within(parsed, open) || (inner instanceof ipaddr.IPv4 ? isPublicIPv4(inner) : isPublicIPv6(inner))
}

/**
 * A host for a message, with its port where it has one: an address inside, which only an operator can have opened, is nobody's business.
 * @param literal  The host alone, without brackets.
 */
export function hostName(host: string, literal: string = host): string {
  return isIP(literal) !== 0 && !mayDial(literal) ? '(internal)' : clip(host)
}

/** The host and the port of a URL, for a message. */
export function hostOf({ host, hostname }: URL): string {
  return hostName(host, hostname.replace(/^\[|\]$/g, ''))
}

/** What went wrong, without the address at which it did: the log of a service may be read by more people than its network is shown to. */
export function withoutAddress(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return error
  return Object.assign(new Error(`${error.syscall} ${error.code}`), { code: error.code }) // of the system: `connect ECONNREFUSED 10.0.0.1:80`
}

/** The blocks of these texts; each must have passed `isCidr`. */
export function openBlocks(cidrs: readonly Cidr[]): OpenBlocks {
  return cidrs.flatMap((cidr) => {
    const [address = '', bits] = cidr.split('/')
    const network = parse(address)
    return network === undefined ? [] : [[network, Number(bits ?? network.toByteArray().length * 8)] as const]
  })
}

/** Is this text a block or one address? The address part in its ordinary form: no octal, no zone. */
export function isCidr(text: string): boolean {
  const [, address = '', , bits = '0'] = /^([0-9a-f.:]{2,45})(\/(\d{1,3}))?$/i.exec(text) ?? []
  const network = parse(address)
  return network !== undefined && Number(bits) <= network.toByteArray().length * 8
}

/** An address in its ordinary form, as what it is; `undefined` for anything else, and for zones, which are names of local interfaces. */
function parse(text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  const family = text.includes('%') ? 0 : isIP(text)
  if (family === 0) return undefined
  if (family === 4) return ipaddr.IPv4.parse(text)
  // Through the URL parser, because ipaddr.js 2.5 takes `::8.8.8.8` for `::ffff:8.8.8.8`, while the socket dials what is written.
  return ipaddr.IPv6.parse(new URL(`http://[${text}]`).hostname.slice(1, -1))
}

function isPublicIPv4(address: ipaddr.IPv4): boolean {
  return !within(address, closedIPv4)
}

function isPublicIPv6(address: ipaddr.IPv6): boolean {
  if (!address.match(globalIPv6) || within(address, closedIPv6)) return false
  // ISATAP (RFC 5214, 6.1): the interface identifier 0000:5efe or 0200:5efe makes a router unpack the IPv4 address behind it.
  const bytes = address.toByteArray()
  const isatap = ((bytes[8] ?? 0) & 0xfc) === 0 && bytes[9] === 0 && bytes[10] === 0x5e && bytes[11] === 0xfe
  return !isatap || isPublicIPv4(lastIPv4(address))
}

function lastIPv4(address: ipaddr.IPv6): ipaddr.IPv4 {
  return new ipaddr.IPv4(address.toByteArray().slice(12))
}

function within(address: ipaddr.IPv4 | ipaddr.IPv6, blocks: OpenBlocks): boolean {
  return blocks.some(([network, bits]) => network.kind() === address.kind() && address.match(network, bits))
}
