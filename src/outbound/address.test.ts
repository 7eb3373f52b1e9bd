import { describe, expect, it } from 'vitest'
import { hostOf, isCidr, mayDial, openBlocks, withoutAddress } from './address.ts'

describe('mayDial', () => {
  it.each([
    ...['8.8.8.8', '1.1.1.1', '223.255.255.255', '168.63.129.15', '168.63.129.17', '192.0.1.0', '100.63.255.255', '172.32.0.0'],
    ...['2606:4700:4700::1111', '2001:200::1', '2001:4860:4860::8888', '2003::1', '3ffe:ffff::1', '2a01:4f8:c0c:1::5efe:8.8.8.8'],
    ...['::ffff:8.8.8.8', '64:ff9b::8.8.8.8'],
  ])('%s is public', (address) => {
    expect(mayDial(address)).toBe(true)
  })

  it.each([
    ...['0.0.0.0', '10.255.255.255', '100.127.255.255', '127.0.0.1', '168.63.129.16', '169.254.169.254', '172.31.255.255', '192.0.0.192'],
    ...['192.88.99.1', '192.168.0.1', '198.19.255.255', '224.0.0.1', '240.0.0.1', '255.255.255.255'],
    ...['::', '::1', '::127.0.0.1', '::8.8.8.8', '::ffff:127.0.0.1', '::ffff:0:8.8.8.8', '64:ff9b::10.0.0.1', '64:ff9b:1::8.8.8.8'],
    ...[
      '2001::1',
      '2001:1ff::1',
      '2001:db8::1',
      '2002:808:808::1',
      '3fff::1',
      '4000::1',
      '1fff::1',
      'fc00::1',
      'fe80::1',
      'fe80::1%eth0',
      'ff02::1',
    ],
    ...['2a01:4f8:c0c:1::5efe:127.0.0.1', '2a01:4f8:c0c:1:200:5efe:10.0.0.1', '2a01:4f8:c0c:1:300:5efe:10.0.0.1'],
    ...['', 'localhost', '0x7f.1', '010.0.0.1', '8.8.8', '134744072', '[2606:4700:4700::1111]', ' 8.8.8.8'],
  ])('%j is not', (address) => {
    expect(mayDial(address)).toBe(false)
  })

  it('takes what the operator opened, in whatever clothes, and nothing beside it', () => {
    const open = openBlocks(['127.0.0.0/8', '10.1.2.3', 'fd00::/8'])
    for (const address of ['127.0.0.1', '::ffff:127.9.9.9', '10.1.2.3', 'fd12::1', '8.8.8.8']) expect(mayDial(address, open)).toBe(true)
    for (const address of ['10.1.2.4', '::1', 'fc00::1', '::127.0.0.1', '169.254.169.254']) expect(mayDial(address, open)).toBe(false)
  })
})

it.each([
  ...(['10.0.0.0/8', '10.0.0.1', 'fd00::/8', '::1', '::ffff:10.0.0.0/104', '0.0.0.0/0'] as const).map((text) => [text, true] as const),
  ...(
    ['', '10.0.0.0/33', '10.0.0/8', '010.0.0.0/8', 'fd00::/129', 'fe80::1%eth0', '10.0.0.0/', '10.0.0.0/8/8', 'localhost', '/8'] as const
  ).map((text) => [text, false] as const),
])('isCidr(%j) is %s', (text, expected) => {
  expect(isCidr(text)).toBe(expected)
})

describe('what is said of a host', () => {
  it.each([
    ['http://images.example:8080/a.jpg', 'images.example:8080'],
    ['http://8.8.8.8/a.jpg', '8.8.8.8'],
    ['http://10.1.2.3:8080/a.jpg', '(internal)'],
    ['http://[fd00::1]/a.jpg', '(internal)'],
    ['http://127.0.0.1:9000/a.jpg', '(internal)'],
  ])('of %s: %s', (url, said) => expect(hostOf(new URL(url))).toBe(said))

  it('is nothing of its address where the system failed to reach it', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED 10.1.2.3:80'), { code: 'ECONNREFUSED', syscall: 'connect' })
    expect(withoutAddress(refused)).toMatchObject({ message: 'connect ECONNREFUSED', code: 'ECONNREFUSED' })
    const other = new Error('certificate has expired')
    expect(withoutAddress(other)).toBe(other)
  })
})
