import { expect, it } from 'vitest'
import { clientAddresses } from './client-address.ts'

it.each([
  [[], '10.0.0.1', '1.2.3.4', '10.0.0.1'],
  [['10.0.0.0/8'], '10.0.0.1', '1.2.3.4', '1.2.3.4'],
  [['10.0.0.0/8'], '::ffff:10.0.0.1', '1.2.3.4', '1.2.3.4'],
  [['10.0.0.0/8'], '11.0.0.1', '1.2.3.4', '11.0.0.1'],
  [['10.0.0.0/8'], '10.0.0.1', '6.6.6.6, 1.2.3.4, 10.0.0.2', '1.2.3.4'],
  [['10.0.0.0/8'], '10.0.0.1', 'unknown, 10.0.0.3', '10.0.0.3'],
  [['10.0.0.0/8'], '10.0.0.1', '1.2.3.4, evil"\n', '10.0.0.1'],
  [['10.0.0.0/8', 'fd00::/8'], 'fd00::1', '2001:db8::7', '2001:db8::7'],
  [['::1'], '::1', undefined, '::1'],
  [['10.0.0.1'], undefined, '1.2.3.4', undefined],
])('a client behind %j at %s, said to be %s, is %s', (trusted, socket, forwarded, client) => {
  expect(clientAddresses(trusted)(socket, forwarded)).toBe(client)
})
