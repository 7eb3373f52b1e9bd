import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fakeNetwork } from '../../test/fake-network.ts'
import { httpDefaults } from '../../test/http-defaults.ts'
import { type Origin, openOrigin } from '../../test/origin.ts'
import { Failure } from '../errors.ts'
import { openHttp } from './http.ts'

type Vector = { readonly url: string; readonly resolves_to?: readonly string[]; readonly allowed: boolean; readonly why: string }

const vectors: readonly Vector[] = JSON.parse(readFileSync(new URL('../../test/vectors/ssrf.json', import.meta.url), 'utf8'))
const live = new AbortController().signal
let origin: Origin

/** The host that a resolver is asked for: that of the URL standard, where it can read the text at all. */
const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).hostname.replace(/^\[|\]$/g, '') : '')

beforeAll(async () => {
  origin = await openOrigin((_, response) => response.end('picture'))
})
afterAll(() => origin.close())

describe('addresses that may and may not be reached', () => {
  it('are all here', () => {
    expect(vectors).toHaveLength(191)
  })

  it.each(vectors)('$url: $allowed, $why', async ({ url, resolves_to: answers, allowed }) => {
    const host = hostOf(url)
    const network = fakeNetwork({ [host]: [answers ?? ['93.184.215.14']] }, origin.port)
    const source = openHttp(httpDefaults, { maxBytes: 1000 }, network)
    const before = origin.requests.length
    const got = await source.get(url, undefined, live)
    await source.close()
    if (allowed) {
      expect(got).toMatchObject({ kind: 'original', bytes: Buffer.from('picture') })
      expect(network.dialled).toHaveLength(1)
      expect(isIP(host) === 0 ? answers : [host]).toContain(network.dialled[0])
      expect(network.lookups).toEqual(isIP(host) === 0 ? [host] : [])
    } else {
      expect(got).toBeInstanceOf(Failure)
      expect(['key-malformed', 'address-forbidden', 'origin-unreachable']).toContain((got as Failure).code)
      if ((answers?.length ?? 1) > 0) expect((got as Failure).code).not.toBe('origin-unreachable')
      expect(network.dialled).toEqual([])
      if (answers === undefined) expect(network.lookups).toEqual([])
      expect(origin.requests).toHaveLength(before)
      for (const address of answers ?? []) expect((got as Failure).message.replace(host, '')).not.toContain(address)
    }
  })
})
