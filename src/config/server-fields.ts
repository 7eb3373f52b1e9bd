import { isCidr } from '../outbound/address.ts'
import type { Fields, Values } from '../schema/field.ts'
import { boolean, custom, integer, list, text } from '../schema/fields.ts'

/** How the service meets the network. */
export const serverFields = {
  host: text({
    doc: 'Address or name to listen at; 0.0.0.0 or :: for every network.',
    max: 253,
    pattern: /^[a-z0-9.:_-]+$/i,
    expected: 'an address or a host name',
    fallback: '127.0.0.1',
  }),
  port: integer({ doc: 'Port to listen at; 0 for any that is free.', min: 0, max: 65_535, fallback: 8080 }),
  listeners: integer({
    doc: 'Processes that share the port, for hosts whose hits need more than one core. They divide the render processes among them.',
    min: 1,
    max: 64,
    fallback: 1,
  }),
  prefix: text({
    doc: 'Path below which pictures live.',
    max: 100,
    pattern: /^(?:\/[A-Za-z0-9._~-]+)*\/?$/,
    expected: 'a path such as /i, of letters, digits and . _ ~ -',
    fallback: '/i',
  }),
  urlBytes: integer({ doc: 'Longest request target.', unit: 'bytes', min: 256, max: 15_000, fallback: 8192 }),
  openProxy: boolean({ doc: 'Let anyone on a public address fetch any URL through this service.', fallback: false }),
  trustedProxies: list(
    custom({
      doc: 'A block.',
      expected: 'a block of addresses such as 10.0.0.0/8, or one address',
      read: (value) => (isCidr(value) ? value.toLowerCase() : undefined),
      print: String,
    }),
    { doc: 'Proxies whose X-Forwarded-For is believed.', fallback: [] },
  ),
  connections: integer({ doc: 'Most connections at once; further ones are closed.', min: 1, max: 1_000_000, fallback: 10_000 }),
  headerSeconds: integer({ doc: 'Longest time for the head of a request.', unit: 'seconds', min: 1, max: 300, fallback: 10 }),
  idleSeconds: integer({
    doc: 'How long an idle connection is kept; longer than the load balancer in front keeps it.',
    unit: 'seconds',
    min: 1,
    max: 3600,
    fallback: 65,
  }),
  stallSeconds: integer({ doc: 'How long a client may take nothing of its answer.', unit: 'seconds', min: 1, max: 600, fallback: 30 }),
  lagSeconds: integer({
    doc: 'How long a server that was told to stop still takes connections, so that balancers can see /ready say no.',
    unit: 'seconds',
    min: 0,
    max: 300,
    fallback: 0,
  }),
  drainSeconds: integer({
    doc: 'How long running requests may take once the server stops.',
    unit: 'seconds',
    min: 0,
    max: 600,
    fallback: 20,
  }),
} as const satisfies Fields

export type ServerSettings = Values<typeof serverFields>
