import { BlockList, isIP } from 'node:net'

/**
 * Who really asks. The address at the other end of the socket, unless it is a proxy that is trusted: then the nearest address in
 * X-Forwarded-For that is none. Whatever stands further left was written by a stranger, and may be anything.
 * @param trusted  Blocks such as `10.0.0.0/8`, or single addresses. None: the header never counts.
 */
export function clientAddresses(
  trusted: readonly string[],
): (socket: string | undefined, forwarded: string | undefined) => string | undefined {
  if (trusted.length === 0) return (socket) => plain(socket)
  const proxies = new BlockList()
  for (const block of trusted) {
    const [address = '', bits] = block.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    if (bits === undefined) proxies.addAddress(address, family)
    else proxies.addSubnet(address, Number(bits), family)
  }
  const isProxy = (address: string): boolean => proxies.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
  return (socket, forwarded) => {
    const nearest = plain(socket)
    if (nearest === undefined || forwarded === undefined || isIP(nearest) === 0 || !isProxy(nearest)) return nearest
    let client = nearest
    for (const entry of forwarded.split(',').reverse()) {
      const address = plain(entry.trim())
      // A proxy that we trust wrote no address: what is left of it cannot be trusted either.
      if (address === undefined || isIP(address) === 0) return client
      client = address
      if (!isProxy(address)) return client
    }
    return client
  }
}

/** IPv4 as IPv4, also where it came in at an IPv6 socket. */
function plain(address: string | undefined): string | undefined {
  return address?.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address
}
