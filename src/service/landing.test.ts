import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { nativeGroups } from '../dialects/native-parameters.ts'
import { filters } from '../filters/all.ts'
import { landingPage } from './landing.ts'

const about = {
  prefix: '/i',
  examples: ['a b.jpg', '"><script>x&y</script>.png'],
  parameters: nativeGroups,
  effects: filters,
  metrics: true,
}

function page(given: Partial<Parameters<typeof landingPage>[0]> = {}): { html: string; policy: string; length: number } {
  const { status, headers, body = Buffer.alloc(0) } = landingPage({ ...about, ...given })
  expect(status).toBe(200)
  expect(headers['content-length']).toBe(String(body.length))
  return { html: body.toString(), policy: headers['content-security-policy'] ?? '', length: body.length }
}

describe('the landing page', () => {
  test('is small, and its policy allows its own style and pictures alone', () => {
    const { html, policy, length } = page()
    expect(length).toBeLessThan(20_000)
    const [, style = ''] = /<style>(.*?)<\/style>/s.exec(html) ?? []
    expect(policy).toContain(`style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`)
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toContain('unsafe')
    expect(html).not.toMatch(/<script|style="|\son\w+=|(?:src|srcset|action)="https?:|<link (?!rel="icon" href="data:)/)
  })

  test('shows pictures that are there, whatever their names', () => {
    const { html } = page()
    const sources = [...html.matchAll(/<img src="([^"]*)"/g)].map(([, source]) => source)
    expect(sources).toHaveLength(7)
    expect(sources[0]).toBe('/i/a%20b.jpg?w=1280&amp;ar=5:2')
    expect(sources[2]).toMatch(/^\/i\/%22%3E%3Cscript%3Ex%26y%3C\/script%3E\.png\?w=480&amp;/)
    expect([...html.matchAll(/<img [^>]*>/g)].every(([image]) => / alt="[^"]+"/.test(image))).toBe(true)
  })

  test('lists every parameter and effect with its words', () => {
    const { html } = page()
    for (const name of Object.values(nativeGroups).flatMap((group) => Object.keys(group))) expect(html).toContain(`<code>${name}</code>`)
    for (const { example } of filters) expect(html).toContain(`<small>${example}</small>`)
  })

  test('signs its examples where that is needed', () => {
    const { html } = page({ sign: (target) => `${target}&s=abc` })
    expect(html).toContain('src="/i/a%20b.jpg?w=1280&amp;ar=5:2&amp;s=abc"')
    expect(html).toContain('<b>w=1280&amp;ar=5:2&amp;s=…</b>')
    expect(html).toContain('Addresses are signed here')
  })

  test('says whose pictures they are', () => {
    expect(page({ examples: ['demo:a.jpg'], demo: true }).html).toMatch(
      /src="\/i\/demo:a\.jpg\?w=1280[\s\S]*a picture that comes with Tintype/,
    )
    expect(page().html).toContain('a picture in the folder being served')
  })

  test('stands without pictures too', () => {
    const { html } = page({ examples: [], prefix: '/', metrics: false })
    expect(html).not.toContain('<img')
    expect(html).not.toContain('/metrics')
    expect(html).toContain('/photo.jpg<wbr>?<b>w=600&amp;f=webp</b>')
  })
})
