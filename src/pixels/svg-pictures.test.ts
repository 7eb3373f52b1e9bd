import { crc32, deflateSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { limits } from '../../test/pictures.ts'
import { carriedRefusal } from './svg-pictures.ts'

const codeOf = (svg: Buffer | string): string | undefined => carriedRefusal(Buffer.from(svg), limits)?.code

/** The first bytes of a PNG of that size: no more is read. */
function pngHead(width: number, height: number): Buffer {
  const head = Buffer.alloc(33)
  head.write('\x89PNG\r\n\x1a\n', 'latin1')
  head.writeUInt32BE(13, 8)
  head.write('IHDR', 12)
  head.writeUInt32BE(width, 16)
  head.writeUInt32BE(height, 20)
  head.set([8, 2, 0, 0, 0], 24)
  return head
}
const huge = pngHead(20_000, 20_000)
const base64 = huge.toString('base64')
const url = `data:image/png;base64,${base64}`
const percent = (bytes: Buffer): string => [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
const root = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="100" height="100"'
const svg = (body: string, before = ''): string => `${before}<svg ${root}>${body}</svg>`
const image = (href: string): string => `<image width="100" height="100" href="${href}"/>`
const within = (text: string): string => `data:image/svg+xml,${percent(Buffer.from(text))}`
const dtd = (declarations: string): string => `<!DOCTYPE svg [${declarations}]>`

/** Every one of these is drawn by librsvg 2.63, with a picture in the place of `url`. */
describe('a picture that is too large is found', () => {
  test.each([
    ['href', svg(image(url))],
    ['xlink:href', svg(`<image width="100" height="100" xlink:href="${url}"/>`)],
    ['a prefix', svg(`<x:image xmlns:x="http://www.w3.org/2000/svg" width="1" height="1" href="${url}"/>`)],
    ['an element of a filter', svg(`<filter id="f"><feImage href="${url}"/></filter>`)],
    ['capitals', svg(image(url.replace('data', 'DATA').replace('base64', 'BASE64')))],
    ['spaces before and behind', svg(image(` \n ${url.replace(';base64,', '; base64 ,')} `))],
    ['many spaces, and a bracket in it', svg(image(`${' '.repeat(90)}${within(`<!--)-->${svg(image(url))}`).replace('%29', ')')}`))],
    ['a line end inside', svg(image(url.replace('data', 'da&#10;ta')))],
    ['spaces in base64', svg(image(url.replace('iVBOR', 'iVB\n OR')))],
    ['base64 with references', svg(image(url.replace('iVBOR', 'iVB&#79;R')))],
    ['base64 with escapes', svg(image(url.replace('iVBOR', 'iVB%4fR')))],
    ['a reference in the scheme', svg(image(url.replace('data', '&#x64;ata')))],
    ['escapes alone', svg(image(`data:image/png,${percent(huge)}`))],
    ['no type', svg(image(`data:;base64,${base64}`))],
    ['nothing before the comma', svg(image(`data:,${percent(huge)}`))],
    ['another type', svg(image(`data:text/plain;base64,${base64}`))],
    ['an SVG inside', svg(image(within(svg(image(url)))))],
    ['an SVG of no type inside', svg(image(within(svg(image(url))).replace('image/svg+xml', '')))],
    ['an SVG inside an SVG inside', svg(image(within(svg(image(within(svg(image(url))))))))],
    ['a gzipped SVG inside', svg(image(`data:image/svg+xml;base64,${gzipSync(svg(image(url))).toString('base64')}`))],
    [
      'an SVG in UTF-16 inside',
      svg(image(`data:image/svg+xml;base64,${Buffer.from(`\ufeff${svg(image(url))}`, 'utf16le').toString('base64')}`)),
    ],
    ...['le', 'be'].map((end): [string, string] => {
      const bytes = Buffer.from(`<?xml version="1.0" encoding="UTF-16"?>${svg(image(url))}`, 'utf16le')
      if (end === 'be') bytes.swap16()
      return [`an SVG in UTF-16${end} without a mark inside`, svg(image(`data:image/svg+xml;base64,${bytes.toString('base64')}`))]
    }),
    ['an SVG behind a long comment inside', svg(image(within(`<!--${'x'.repeat(9000)}-->${svg(image(url))}`)))],
    ['use', svg(`<use href="${within(svg(`<g id="g">${image(url)}</g>`))}#g"/>`)],
    ['an attribute of style', svg(`<rect width="9" height="9" filter="url(${within(svg(image(url)))}#f)"/>`)],
    ['a style sheet', svg(`<style>rect { filter: url("${within(svg(image(url)))}#f") }</style><rect width="9" height="9"/>`)],
    ['CDATA', svg(`<style><![CDATA[rect { filter: url("${within(svg(image(url)))}#f") }]]></style>`)],
    ['an escape of CSS', svg(`<rect width="9" height="9" style="filter:url('\\64 ata:${within(svg(image(url))).slice(5)}#f')"/>`)],
    [
      'an escaped quotation mark in it',
      svg(
        `<rect width="9" height="9" style="filter:url('${within(svg("<!--'-->")).replaceAll('%27', "\\'").slice(0, -18)}${percent(Buffer.from(image(url)))}#f')"/>`,
      ),
    ],
    [
      'quotation marks, many spaces and a bracket',
      svg(`<style>rect { filter: url("${' '.repeat(90)}${within(`<!--)-->${svg(image(url))}`).replace('%29', ')')}#f") }</style>`),
    ],
    ['one behind another', svg(`<style>data: { filter: url(data:x) } rect { filter: url(${within(svg(image(url)))}#f) }</style>`)],
    ['XInclude', svg(`<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="${within(svg(image(url)))}"/>`)],
    ['an entity', svg(image('&x;'), dtd(`<!ENTITY x "${url}">`))],
    ['an entity in two', svg(image('&a;&b;'), dtd(`<!ENTITY a "da"> <!ENTITY b '${url.slice(2)}'>`))],
    ['an entity of entities', svg(image('&c;'), dtd(`<!ENTITY a "&#100;"><!ENTITY b '${url.slice(1)}'><!ENTITY c "&a;&b;">`))],
    [
      'an entity behind a quotation mark in a comment',
      svg(image('&a;&b;'), dtd(`<!-- don't --><!ENTITY a "da"><!ENTITY b "${url.slice(2)}">`)),
    ],
    ['an entity with an element', svg('&x;', dtd(`<!ENTITY x '${image(url.replace('data', '&#38;#100;ata'))}'>`))],
    ['an element of references', svg('&x;', dtd(`<!ENTITY x "&#60;im&#97;ge href='&#38;#100;${url.slice(1)}'/>">`))],
    ['a default', svg('<image width="9" height="9"/>', dtd(`<!ATTLIST image href CDATA "${url}">`))],
    [
      'a default of entities',
      svg('<image width="9" height="9"/>', dtd(`<!ENTITY a "da"><!ATTLIST image href CDATA "&a;${url.slice(2)}">`)),
    ],
    ['behind an entity that nobody declared', svg(`<text>&nbsp;</text>${image(url)}`)],
    ['another encoding', `<?xml version="1.0" encoding="iso-8859-2"?>${svg(image(url))}`],
    ['several together', svg(image(`data:image/png;base64,${pngHead(5000, 4000).toString('base64')}`).repeat(3))],
  ])('by %s', (_, text) => {
    expect(codeOf(text)).toBe('original-too-many-pixels')
    expect(codeOf(gzipSync(text))).toBe('original-too-many-pixels')
  })

  test('a JPEG by its frame, wherever that stands', async () => {
    const drawn = sharp({ create: { width: 40, height: 30, channels: 3, background: 'red' } })
    const jpeg = await drawn
      .withExif({ IFD0: { Copyright: 'x'.repeat(500) } })
      .jpeg()
      .toBuffer()
    const padded = Buffer.concat([jpeg.subarray(0, 2), Buffer.from([0xff, 0xff, 0xff]), jpeg.subarray(2)])
    const behind = (inserted: number[]): Buffer => {
      const end = 4 + jpeg.readUInt16BE(4)
      return Buffer.concat([jpeg.subarray(0, end), Buffer.from(inserted), jpeg.subarray(end)])
    }
    const lossless = [0xff, 0xc3, 0, 11, 8, 0, 1, 0, 1, 1, 1, 0x11, 0]
    for (const bytes of [jpeg, padded, behind([0]), behind([1, 2, 3]), behind(lossless)]) {
      const text = Buffer.from(svg(image(`data:image/jpeg;base64,${bytes.toString('base64')}`)))
      expect(carriedRefusal(text, { ...limits, sourcePixels: 1199 })?.code).toBe('original-too-many-pixels')
      expect(carriedRefusal(text, { ...limits, sourcePixels: 1200 })).toBeUndefined()
    }
  })
})

describe('what is well', () => {
  const small = `data:image/png;base64,${pngHead(4000, 3000).toString('base64')}`
  test.each([
    ['no picture', svg('<rect width="100" height="100"/>')],
    ['pictures below the limit together', svg(image(small).repeat(4))],
    ['words about data', svg('<text>data: none; metadata: &amp; &#169;</text>')],
    ['the entities of a drawing program', svg('<g xmlns:x="&ns;"/>', dtd('<!ENTITY ns "http://ns.adobe.com/Extensibility/1.0/">'))],
    ['fonts', svg(`<style>${`@font-face{src:url(data:font/woff2;base64,${'AB/+'.repeat(2000)})}`.repeat(40)}</style>`)],
    ['a picture of another kind that is cut short', svg(image('data:image/jpeg;base64,/9j/4AAQ'))],
    ['no XML at all', '<svg data:,"'],
    ['an entity of itself', svg('&x;', dtd('<!ENTITY x "&x;&x;">'))],
  ])('%s', (_, text) => expect(codeOf(text)).toBeUndefined())
})

describe('hostile text', () => {
  const million = (text: string): string => text.repeat(Math.floor(990_000 / text.length))
  test.each([
    [
      'laughs',
      svg(
        '&j;',
        dtd(
          `<!ENTITY a "${'ha'.repeat(500)}">${[...'bcdefghij'].map((name, at) => `<!ENTITY ${name} "${`&${'abcdefghi'[at]};`.repeat(20)}">`).join('')}`,
        ),
      ),
      'original-too-costly',
    ],
    [
      'one long entity, often',
      svg(`<g id="${'&a;'.repeat(100_000)}"/>`, dtd(`<!ENTITY a "${'x'.repeat(500_000)}">`)),
      'original-too-costly',
    ],
    [
      'a chain of entities',
      svg('&e0;', dtd(Array.from({ length: 30_000 }, (_, at) => `<!ENTITY e${at} "&e${at + 1};">`).join(''))),
      'original-too-costly',
    ],
    ['URLs without end', svg(image(million('data:'))), 'original-too-costly'],
    [
      'SVGs inside each other',
      Array.from({ length: 5 }).reduce<string>(
        (text) =>
          svg(
            image(
              within(text)
                .replace(/%[2-7]./g, decodeURIComponent)
                .replace(/[<&"']/g, (mark) => `&#${mark.charCodeAt(0)};`),
            ),
          ),
        svg(image(url)),
      ),
      'original-too-costly',
    ],
    ['a gzip that grows', gzipSync(svg('').padEnd(50_000_000)), 'original-too-large'],
    ['declarations that do not end', `<!DOCTYPE svg [${million('<!ENTITY a ')}`, undefined],
    ['comments that do not end', `<!DOCTYPE svg [${million('<!--')}`, 'original-too-costly'],
    ['names that do not end', `<!DOCTYPE svg [<!ENTITY ${million('a')}`, undefined],
    ['blanks that do not end', `<!DOCTYPE svg [${million(`<!ENTITY${' '.repeat(1000)}`)}`, undefined],
    ['references that do not end', svg('', dtd(`<!ENTITY a "${million('&a')}">`)), undefined],
    ['numbers that do not end', svg('', dtd(`<!ENTITY a "${million('&#1')}">`)), undefined],
    ['elements that do not end', `<svg \\ ${million('<g>')}`, 'original-too-costly'],
    ['escapes', svg(`<g style="${million('\\64 ')}"/>`), undefined],
    ['commas', svg(image(`data:${million(',')}`)), undefined],
    ['percent signs', svg(image(`data:,${million('%')}`)), undefined],
  ])('%s: an answer in a moment', (_, text, code) => {
    const began = performance.now()
    expect(codeOf(text)).toBe(code)
    expect(performance.now() - began).toBeLessThan(2000)
  })

  test('never throws', () => {
    const pieces = [
      '<svg ',
      '>',
      '<image href="',
      url,
      '"/>',
      '&a;',
      '&#100;',
      '<!DOCTYPE svg [',
      '<!ENTITY a "',
      "'",
      ']>',
      '<![CDATA[',
      '-->',
      '\\',
      '%4',
      within('<svg/>'),
    ]
    const piece = fc.oneof(fc.constantFrom(...pieces), fc.string())
    fc.assert(
      fc.property(fc.array(piece), (texts) => {
        expect([undefined, 'original-too-many-pixels', 'original-too-costly']).toContain(codeOf(texts.join('')))
      }),
    )
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void codeOf(Buffer.from(bytes))))
  })
})

test('through the renderer it is refused before it is drawn', async () => {
  const { openInProcess } = await import('./in-process.ts')
  const { filters } = await import('../filters/all.ts')
  const { recipe } = await import('../recipe/recipe.ts')
  const renderer = await openInProcess({ filters })
  const rows = deflateSync(Buffer.alloc((20_000 / 8 + 1) * 20_000))
  const chunk = (name: string, data: Buffer): Buffer => {
    const all = Buffer.concat([Buffer.alloc(4), Buffer.from(name), data, Buffer.alloc(4)])
    all.writeUInt32BE(data.length, 0)
    all.writeUInt32BE(crc32(all.subarray(4, -4)), all.length - 4)
    return all
  }
  const head = Buffer.from([...pngHead(20_000, 20_000).subarray(16, 24), 1, 0, 0, 0, 0])
  const png = Buffer.concat([huge.subarray(0, 8), chunk('IHDR', head), chunk('IDAT', rows), chunk('IEND', Buffer.alloc(0))])
  const original = Buffer.from(svg(image(`data:image/png;base64,${png.toString('base64')}`)))
  const job = { recipe: recipe([]), originals: [original], limits }
  const { signal } = new AbortController()
  expect(await renderer.render(job, signal)).toMatchObject({ code: 'original-too-many-pixels' })
  expect(await renderer.inspect(job, signal)).toMatchObject({ code: 'original-too-many-pixels' })
})
