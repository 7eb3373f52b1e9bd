import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { SaxesParser } from 'saxes'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { corpus } from '../../test/corpus.ts'
import { Failure } from '../errors.ts'
import { sanitiseSvg } from './sanitise-svg.ts'

const open = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="40" height="30">'
const clean = (body: string): string | Failure => sanitiseSvg(Buffer.from(`${open}${body}</svg>`))
/** What stays of a body, without the root around it. */
const inner = (body: string): string | undefined => /^<svg [^>]*>(.*)<\/svg>$/s.exec(String(clean(body)))?.[1]
const codeOf = (result: string | Failure): string | undefined => (result instanceof Failure ? result.code : undefined)

/** Well-formed, and nothing in it that runs or leads out, as another look at it finds. */
function expectHarmless(text: string): void {
  const parser = new SaxesParser({ xmlns: true })
  parser.on('doctype', () => expect.unreachable('a DOCTYPE'))
  parser.on('processinginstruction', () => expect.unreachable('a processing instruction'))
  parser.on('opentag', ({ local, uri, attributes }) => {
    expect(uri).toBe('http://www.w3.org/2000/svg')
    expect(['script', 'foreignObject', 'a', 'iframe', 'include', 'metadata']).not.toContain(local)
    for (const { name, local: attribute, value } of Object.values(attributes)) {
      expect(attribute).not.toMatch(/^on/i)
      if (attribute === 'href') expect(value).toMatch(/^(#|data:image\/(png|jpeg|gif|webp);)/)
      else if (!name.startsWith('xmlns')) expect(value).not.toMatch(/url\(\s*['"]?[^#'"]|javascript:|\/\//i)
      if (attribute === 'attributeName') expect(value).not.toMatch(/href|^on/i)
    }
  })
  parser.write(text).close()
  expect(text).not.toMatch(/@import|expression\(|javascript:|127\.0\.0\.1|file:|etc\/passwd|etc\/hostname/i)
}

describe('what is harmless stays', () => {
  test.each([
    ['shapes', '<g fill="none" stroke="#f00"><path d="M0 0L9 9" stroke-dasharray="1 2"></path></g>'],
    [
      'gradients',
      '<defs><linearGradient id="a"><stop offset="0" stop-color="red"></stop></linearGradient></defs><rect width="9" height="9" fill="url(#a)"></rect>',
    ],
    ['clip paths and masks', '<clipPath id="c"><circle r="4"></circle></clipPath><rect clip-path="url(#c)" width="9" height="9"></rect>'],
    [
      'filters',
      '<filter id="f"><feGaussianBlur stdDeviation="2"></feGaussianBlur></filter><rect filter="url(#f)" width="9" height="9"></rect>',
    ],
    ['text and its blanks', '<text x="1" xml:space="preserve">a  &#38; &#60;b&#62; <tspan font-weight="bold">c</tspan>\n</text>'],
    ['use of a part', '<g id="p"></g><use href="#p" x="3"></use>'],
    ['styles', '<style>.a{fill:rgb(1,2,3);filter:url(#f)}@media (min-width:3px){.a&#62;.b{transform:rotate(3deg)}}</style>'],
    ['a style attribute', '<rect style="fill:url(#a);opacity:calc(1 / 2)" width="9"></rect>'],
    ['a raster picture it carries along', '<image href="data:image/png;base64,iVBORw0KGgo=" width="1" height="1"></image>'],
    ['animations', '<rect width="9"><animate attributeName="width" from="1" to="9" dur="2s"></animate></rect>'],
    ['other scripts', '<text>日本語 😀</text>'],
  ])('%s', (_, body) => expect(inner(body)).toBe(body))

  test('xlink:href is said as href, prefixes are resolved', () => {
    expect(inner('<use xlink:href="#p"/>')).toBe('<use href="#p"></use>')
    const prefixed = '<s:svg xmlns:s="http://www.w3.org/2000/svg"><s:rect width="1" height="1"/></s:svg>'
    expect(sanitiseSvg(Buffer.from(prefixed))).toBe('<svg xmlns="http://www.w3.org/2000/svg"><rect width="1" height="1"></rect></svg>')
  })

  test('line ends in an attribute are still there for the next reader', () => {
    expect(inner('<desc aria-label="a&#10;&quot;b"></desc>')).toBe('<desc aria-label="a&#10;&#34;b"></desc>')
  })

  test('a link goes, what it holds stays', () => {
    expect(inner('<a xlink:href="https://example.com/"><rect width="1"/></a>')).toBe('<g><rect width="1"></rect></g>')
    expect(inner('<text>a<a href="#x">b</a></text>')).toBe('<text>a<tspan>b</tspan></text>')
  })

  test('a plain DOCTYPE is dropped', () => {
    const old = '<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
    expect(sanitiseSvg(Buffer.from(`${old}${open}</svg>`))).toBe('<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"></svg>')
  })
})

describe('what could do harm goes', () => {
  test.each([
    ['script', '<script>alert(1)</script><script href="x.js"/>', ''],
    ['script of another case or namespace', '<SCRIPT>1</SCRIPT><x:script xmlns:x="http://www.w3.org/1999/xhtml">1</x:script>', ''],
    ['handlers', '<rect onclick="x()" onLoad="x()" width="1"/>', '<rect width="1"></rect>'],
    ['HTML', '<foreignObject><body xmlns="http://www.w3.org/1999/xhtml"><rect/></body></foreignObject>', ''],
    ['metadata and comments', '<metadata><who>me</who></metadata><!-- me -->', ''],
    ['XInclude', '<text><xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/></text>', '<text></text>'],
    ['stylesheet instructions', '<?xml-stylesheet href="http://127.0.0.1/"?>', ''],
    ['outside references', '<use href="http://127.0.0.1/x.svg#a"/><use xlink:href="../x.svg#a"/>', '<use></use><use></use>'],
    ['outside pictures', '<image href="//127.0.0.1/a.png"/><feImage href="a.png"/>', '<image></image><feImage></feImage>'],
    ['an SVG it carries along', '<image href="data:image/svg+xml;base64,PHN2Zy8+"/>', '<image></image>'],
    ['what is no language', '<g xml:lang="url(http://127.0.0.1/)" xml:space="a b"/>', '<g></g>'],
    ['base', '<g xml:base="http://127.0.0.1/"/>', '<g></g>'],
    ['url() outside', '<rect fill="url(http://127.0.0.1/#a)" filter="URL( \'//x#a\' )"/>', '<rect></rect>'],
    ['url() behind an escape', '<rect fill="\\75rl(http://127.0.0.1/)"/>', '<rect></rect>'],
    ['url() behind an entity', '<rect fill="&#117;rl(&#x68;ttp://127.0.0.1/)"/>', '<rect></rect>'],
    ['image-set', '<rect style="fill:red;cursor:image-set(\'//x\')"/>', '<rect></rect>'],
    ['imports', '<style>@import "//127.0.0.1/a.css";</style>', '<style></style>'],
    ['fonts', '<style>@font-face{font-family:x;src:url(//x)}</style>', '<style></style>'],
    ['expressions', '<style>a{b:expression(alert(1))}</style>', '<style></style>'],
    ['CSS in CDATA', '<style><![CDATA[@import url(//127.0.0.1/)]]></style>', '<style></style>'],
    ['CSS in pieces', '<style>@imp<!-- -->ort "//127.0.0.1";</style>', '<style></style>'],
    ['an element inside a style', '<style>a{}<rect/></style>', '<style>a{}</style>'],
    [
      'animation of href',
      '<use href="#a"><animate attributeName="href" to="#b"/><set attributeName=" xlink:href " to="x"/></use>',
      '<use href="#a"></use>',
    ],
    ['animation of handlers', '<set attributeName="onclick" to="alert(1)"/><animate attributeName="style" to="x"/>', ''],
    [
      'an address that an animation writes',
      '<animate attributeName="fill" values="red;http://127.0.0.1/#a" to="//127.0.0.1/#a" from="red"/>',
      '<animate attributeName="fill" from="red"></animate>',
    ],
    [
      'an attribute that a motion names',
      '<animateMotion attributeName="href" path="M0 0"/>',
      '<animateMotion path="M0 0"></animateMotion>',
    ],
    ['javascript in a value', '<animate attributeName="fill" values="javascript:alert(1)"/>', '<animate attributeName="fill"></animate>'],
    ['text that nobody draws', '<g>&lt;script&gt;</g>', '<g></g>'],
    ['markup in text', '<text>&lt;script&gt;1&lt;/script&gt;</text>', '<text>&#60;script&#62;1&#60;/script&#62;</text>'],
  ])('%s', (_, body, left) => {
    const found = inner(body)
    expect(found).toBe(left)
    expectHarmless(`${open}${found}</svg>`)
  })
})

describe('what is refused', () => {
  const laughs = '<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
  test.each([
    ['nothing', Buffer.alloc(0), 'original-damaged'],
    ['another XML', Buffer.from('<html><body/></html>'), 'original-not-image'],
    ['an svg without its namespace', Buffer.from('<svg><rect/></svg>'), 'original-not-image'],
    ['an entity of its own', Buffer.from(`${laughs}${open}<text>&b;</text></svg>`), 'original-damaged'],
    ['a name from JavaScript as an entity', Buffer.from(`${open}<text>&constructor;</text></svg>`), 'original-damaged'],
    ['an end too few', Buffer.from(`${open}<g>`), 'original-damaged'],
    ['bytes behind the end', Buffer.from(`${open}</svg><script/>`), 'original-damaged'],
    ['an attribute twice', Buffer.from(`${open}<g id="a" id="b"/></svg>`), 'original-damaged'],
    [
      'bytes that are no UTF-8',
      Buffer.concat([Buffer.from(`${open}<text>`), Buffer.from([0xc0, 0xbc]), Buffer.from('</text></svg>')]),
      'original-damaged',
    ],
    ['UTF-7', Buffer.from(`<?xml version="1.0" encoding="UTF-7"?>${open}</svg>`), 'original-damaged'],
    ['UTF-16 without its mark', Buffer.from(`${open}</svg>`, 'utf16le'), 'original-damaged'],
    ['a damaged gzip', gzipSync(open).subarray(0, 30), 'original-damaged'],
    ['a megabyte and one', Buffer.from(`${open}</svg>`.padEnd(1_000_001)), 'original-too-large'],
    ['a gzip that grows past the limit', gzipSync(`${open}</svg>`.padEnd(5_000_000)), 'original-too-large'],
    ['groups in groups', Buffer.from(`${open}${'<g>'.repeat(300)}${'</g>'.repeat(300)}</svg>`), 'original-too-costly'],
    ['very many elements', Buffer.from(`${open}${'<g/>'.repeat(100_001)}</svg>`), 'original-too-costly'],
  ])('%s', (_, bytes, code) => expect(codeOf(sanitiseSvg(bytes))).toBe(code))
})

describe('encodings', () => {
  const text = `${open}<text>é</text></svg>`
  const expected = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"><text>é</text></svg>'
  test.each([
    ['UTF-8 with a mark', Buffer.from(`\ufeff${text}`)],
    ['UTF-16 without a mark, by its declaration', Buffer.from(`<?xml version="1.0" encoding="UTF-16"?>${text}`, 'utf16le')],
    ['UTF-16, little end first', Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['UTF-16, big end first', Buffer.from(`\ufeff${text}`, 'utf16le').swap16()],
    ['Latin 1', Buffer.from(`<?xml version="1.0" encoding="ISO-8859-1"?>${text}`, 'latin1')],
    ['svgz', gzipSync(text)],
  ])('%s', (_, bytes) => expect(sanitiseSvg(bytes)).toBe(expected))
})

test('what comes out goes in again unchanged', () => {
  const piece = fc.constantFrom(
    '<g>',
    '</g>',
    '<text>',
    '</text>',
    '<style>',
    '</style>',
    '<script>',
    '</script>',
    '@import',
    'url(',
    '#a)',
    '&amp;',
    '<![CDATA[',
    ']]>',
    '<!--',
    '-->',
    ' fill="',
    '"',
    '<a href="javascript:1">',
    '</a>',
    'x',
    '<rect/>',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
      const once = clean(pieces.join(''))
      return once instanceof Failure || sanitiseSvg(Buffer.from(once)) === once
    }),
    { numRuns: 3000 },
  )
})

test('time grows with the bytes, no faster', () => {
  const long = 900_000
  const bodies = [
    `<style>${'a'.repeat(long)}</style>`,
    `<style>${'url('.repeat(long / 4)}</style>`,
    `<rect d="${'('.repeat(long)}"/>`,
    `<rect d="${'-'.repeat(long)}"/>`,
    `<image href="data:image/png;base64,${'A'.repeat(long)}!"/>`,
    `<image href="${' '.repeat(long)}"/>`,
    `<!--${'-x'.repeat(long / 2)}-->`,
    `<text>${'&amp;'.repeat(long / 5)}</text>`,
    `<g ${Array.from({ length: 60_000 }, (_, i) => `a${i}="1"`).join(' ')}/>`,
    `${'<g>'.repeat(250)}${'<p:g xmlns:p="http://www.w3.org/2000/svg"/>'.repeat(15_000)}${'</g>'.repeat(250)}`,
  ]
  for (const body of bodies) {
    const started = performance.now()
    clean(body)
    expect(performance.now() - started, body.slice(0, 30)).toBeLessThan(2000)
  }
})

for (const kind of ['valid', 'hostile'] as const) {
  const found = corpus(kind)
  const files = found?.files.filter(({ file }) => /svg/.test(file)) ?? []
  describe.skipIf(found === undefined)(`corpus: ${kind}`, () => {
    test.each(files)('$file', async ({ file, mustNotContain }) => {
      const bytes = readFileSync(join(found?.folder ?? '', file))
      const text = sanitiseSvg(bytes)
      if (text instanceof Failure) {
        expect(kind).toBe('hostile')
        return expect(text.status).toBeLessThan(500)
      }
      expectHarmless(text)
      expect(text).not.toMatch(/TT-[A-Z]+/)
      if (mustNotContain !== undefined) expect(text).not.toContain(mustNotContain)
      if (kind === 'valid') {
        const [before, after] = await Promise.all([bytes, Buffer.from(text)].map((svg) => sharp(svg).raw().toBuffer()))
        expect(after !== undefined && before?.equals(after)).toBe(true)
      }
    })
  })
}
