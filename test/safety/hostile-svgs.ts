import { gzipSync } from 'node:zlib'

/** SVG files that try to run something, or to reach something outside themselves. All of them draw the same green ground. */

/** Stands in whatever would run, and in the name of whatever would be loaded. */
export const evil = 'evil'
export const ground = [0, 170, 0] as const

const namespace = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
const rect = '<rect width="40" height="30" fill="#0a0"/>'
const svg = (body: string, attributes = ''): string => `<svg ${namespace} width="40" height="30" ${attributes}>${rect}${body}</svg>`
const run = `alert('${evil}')`

/**
 * The files by name.
 * @param host  `http://host:port` of somebody who must not be asked.
 * @param file  Path of a picture on this machine that must not be opened.
 */
export function hostileSvgs(host: string, file: string): Readonly<Record<string, Buffer>> {
  const at = `${host}/${evil}`
  const bare = at.replace('http:', '')
  return named({
    ...scripts(at),
    ...links(at, bare, file),
    ...styles(at, bare, file),
    ...animations(at),
    ...documents(at, file),
    ...mutations(at),
    ...encodings(),
  })
}

function named(texts: Readonly<Record<string, string | Buffer>>): Record<string, Buffer> {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, Buffer.from(text as string)]))
}

/** Bodies by one name and a number. */
function each(name: string, texts: readonly string[], wrap: (text: string) => string = svg): Record<string, string> {
  return Object.fromEntries(texts.map((text, index) => [`${name} ${index + 1}`, wrap(text)]))
}

function scripts(at: string): Record<string, string> {
  const html = 'http://www.w3.org/1999/xhtml'
  return {
    ...each('script', [
      `<script>${run}</script>`,
      `<script href="${at}.js"/><script xlink:href="${at}.js"/>`,
      `<script type="text/ecmascript"><![CDATA[${run}]]></script>`,
      `<SCRIPT>${run}</SCRIPT><Script>${run}</Script>`,
      `<x:script xmlns:x="http://www.w3.org/2000/svg">${run}</x:script>`,
      `<x:script xmlns:x="${html}" src="${at}.js">${run}</x:script>`,
      `<script xmlns="${html}">${run}</script>`,
      `<g xmlns="${html}"><script>${run}</script></g>`,
      `<g xmlns=""><script>${run}</script><s:script xmlns:s="http://www.w3.org/2000/svg">${run}</s:script></g>`,
      `<defs><symbol><switch><a><script>${run}</script></a></switch></symbol></defs>`,
      `<text><tspan><script>${run}</script></tspan></text><title><script>${run}</script></title><style><script>${run}</script></style>`,
      `<handler type="text/javascript" xmlns:ev="http://www.w3.org/2001/xml-events" ev:event="load">${run}</handler>`,
      `<listener xmlns="http://www.w3.org/2001/xml-events" event="load" handler="#${evil}"/>`,
      `<iframe xmlns="${html}" src="${at}"/><embed xmlns="${html}" src="${at}"/><object xmlns="${html}" data="${at}"/>`,
      `<iframe src="${at}"/><video src="${at}"/><audio src="${at}"/><canvas/><form action="${at}"/>`,
    ]),
    ...each('handler', [
      `<rect onclick="${run}" ONLOAD="${run}" onmouseover="${run}" width="1"/>`,
      `<g onfocusin="${run}" tabindex="1" autofocus="${run}"/>`,
      `<animate onbegin="${run}" onend="${run}" attributeName="x" dur="1s"/>`,
      `<g xlink:onclick="${run}" xmlns:s="http://www.w3.org/2000/svg" s:onclick="${run}"/>`,
      `<g onclick\n=\n"${run}"/><g onclick='${run.replaceAll("'", '&#39;')}'/>`,
      `<image onerror="${run}" href="#x"/>`,
    ]),
    'handler of the root': svg('', `onload="${run}" onerror="${run}" onunload="${run}"`),
    ...each('HTML', [
      `<foreignObject width="9" height="9"><body xmlns="${html}"><img src="${at}.png" onerror="${run}"/></body></foreignObject>`,
      `<foreignobject><p>${evil}</p></foreignobject><FOREIGNOBJECT><p>${evil}</p></FOREIGNOBJECT>`,
      `<s:foreignObject xmlns:s="http://www.w3.org/2000/svg"><h:meta xmlns:h="${html}" http-equiv="refresh" content="0;url=${at}"/></s:foreignObject>`,
      `<switch><foreignObject requiredExtensions="${html}"><rect class="${evil}"/></foreignObject></switch>`,
      `<math xmlns="http://www.w3.org/1998/Math/MathML"><maction actiontype="statusline#${at}">${evil}</maction></math>`,
    ]),
  }
}

function links(at: string, bare: string, file: string): Record<string, string> {
  const spelt = [
    `javascript:${run}`,
    `JaVaScRiPt:${run}`,
    `  javascript:${run}`,
    `java&#9;script:${run}`,
    `java&#10;script:${run}`,
    `java\nscript:${run}`,
    `&#106;&#x61;vascript:${run}`,
    `javascript&#58;${run}`,
    `&#xA0;javascript:${run}`,
    `&#x2028;javascript:${run}`,
    `vbscript:${evil}`,
    `data:text/html,&lt;script&gt;${run}&lt;/script&gt;`,
    `data:text/html;base64,${Buffer.from(`<script>${run}</script>`).toString('base64')}#${evil}`,
    `data:image/svg+xml,&lt;svg xmlns='http://www.w3.org/2000/svg' onload='${evil}'/&gt;`,
    `data:image/svg+xml;base64,${Buffer.from(svg(`<script>${run}</script>`)).toString('base64')}#${evil}`,
    `data:image/png,&lt;svg onload='${evil}'/&gt;`,
    `data:image/png;charset=x;base64,${evil}#`,
    `DATA:image/svg+xml;${evil},`,
    `${at}.svg#a`,
    `${bare}.svg#a`,
    `\\\\127.0.0.1\\${evil}#a`,
    `/${evil}.svg#a`,
    `../${evil}.svg#a`,
    `?${evil}#a`,
    `file://${file}#${evil}`,
    `${file}#${evil}`,
    'file:///etc/hostname',
    '/etc/hostname',
    `ftp://127.0.0.1/${evil}`,
    `#a(${evil})`,
    `#a '${evil}'`,
  ]
  const carriers =
    'a use image feImage textPath mpath linearGradient radialGradient pattern filter tref altGlyph cursor script set animate animateMotion font-face-uri color-profile view marker mask'
  const everywhere = (href: string): string =>
    carriers
      .split(' ')
      .map((name) => `<${name} xlink:href="${href}"/><${name} href="${href}"/>`)
      .join('')
  return {
    ...each('link', spelt, (href) => svg(`${everywhere(href)}<text><a href="${href}">a</a><textPath href="${href}">b</textPath></text>`)),
    ...each('link by another name', [
      `<use xmlns:q="http://www.w3.org/1999/xlink" q:href="${at}#a"/>`,
      `<use xmlns:s="http://www.w3.org/2000/svg" s:href="${at}#a"/>`,
      `<use xmlns:q="urn:x" q:href="${at}#a" HREF="${at}#a" src="${at}" data="${at}" action="${at}" srcset="${at}"/>`,
      `<g xml:base="${at}/"><use href="#a"/><use href="a#a"/></g>`,
      `<use href="#a" xlink:href="${at}#a"/><use href="${at}#a" xlink:href="#a"/>`,
      `<a target="_top" ping="${at}" href="#a" xlink:actuate="onLoad" xlink:show="replace"/>`,
      `<image href="data:image/png;base64,iVBORw0KGgo=" src="${at}.png" srcset="${at}" crossorigin="use-credentials"/>`,
    ]),
  }
}

function styles(at: string, bare: string, file: string): Record<string, string> {
  const sheets = [
    `@import "${at}.css";`,
    `@import url(${at}.css);`,
    `@IMPORT url("${bare}.css") screen;`,
    `@\\69mport "${at}.css";`,
    `@\\000069 mport "${at}.css";`,
    `&#64;import "${at}.css";`,
    `@imp<!-- -->ort "${at}.css";`,
    `@im<![CDATA[port]]> "${at}.css";`,
    `/**/@import/**/"${at}.css";`,
    `@charset "utf-8";@import '${at}.css';`,
    `<![CDATA[@import url(${at}.css);]]>`,
    `a{}@namespace url(${at});`,
    `@font-face{font-family:x;src:url(${at}.woff)}text{font-family:x}`,
    `@font-face{font-family:x;src:local("${evil}")}`,
    `rect{fill:url(${at}.svg#a)}`,
    `rect{fill:URL( "${bare}.svg#a" )}`,
    `rect{fill:u\\72l(${at}.svg#a)}`,
    `rect{fill:\\75\\52\\4C(${at}.svg#a)}`,
    `rect{fill:url(\n${at}\n)}`,
    `rect{fill:url(${file})}`,
    'rect{fill:url(file:///etc/hostname)}',
    `rect{--a:url(${at});fill:var(--a)}`,
    `rect{background:image-set("${at}.png" 1x)}`,
    `rect{background:-webkit-image-set(url(${at}.png) 1x)}`,
    `rect{background:-webkit-cross-fade(url(#a),url(${at}.png))}`,
    `rect{cursor:image(${evil}.png)}rect{content:src("${at}")}`,
    `rect{behavior:url(${at}.htc);-moz-binding:url(${at}.xml#a)}`,
    `rect{width:expression(${run})}`,
    `rect{fill:url(#a),url(${at})}`,
    `rect{fill:url("#a" ${evil})}`,
    `rect{fill:url(#a"${evil})}`,
    `rect{fill:url(javascript:${run})}`,
    `rect{background:paint(${evil})}rect{mask:element(#${evil})}`,
    `@media screen{@import "${at}.css";}`,
    `rect{filter:progid:DXImageTransform.Microsoft.AlphaImageLoader(src='${at}')}`,
  ]
  const values = sheets.flatMap((sheet) => /^rect\{[\w-]+:(.*?)\}$/s.exec(sheet)?.[1] ?? [])
  const presentation =
    'fill stroke filter mask clip-path marker marker-start cursor color style font-family content transform d points viewBox id class'
  return {
    ...each('style', sheets, (sheet) => svg(`<style>${sheet}</style><style type="text/css" media="all">${sheet}</style>`)),
    ...each('style of another kind', [
      `<style type="text/javascript">${run}</style>`,
      `<style type="text/xsl">${evil}</style><style type="text/css;${evil}">a{}</style>`,
      `<style src="${at}.css" href="${at}.css">a{}</style>`,
      `<link xmlns="http://www.w3.org/1999/xhtml" rel="stylesheet" href="${at}.css"/><link rel="stylesheet" href="${at}.css"/>`,
    ]),
    ...each('value', values, (value) => {
      const text = value.replaceAll('"', '&quot;')
      return svg(
        presentation
          .split(' ')
          .map((name) => `<g ${name}="${text}"/><g style="fill:red;${name}:${text}"/>`)
          .join(''),
      )
    }),
  }
}

function animations(at: string): Record<string, string> {
  const targets = [
    'href',
    'xlink:href',
    ' href ',
    'HREF',
    '&#104;ref',
    'q:href',
    'onclick',
    'onload',
    'style',
    'class',
    'id',
    'attributeName',
    'src',
    'xml:base',
    '',
    '*',
  ]
  const kinds = ['set', 'animate', 'animateTransform', 'animateColor', 'animateMotion']
  const to = [`javascript:${run}`, `${at}#a`, `url(${at}#a)`, `${run};${evil}`]
  const bodies = targets.map((target) =>
    kinds
      .flatMap((kind) =>
        to.map(
          (value) =>
            `<${kind} attributeName="${target}" to="${value}" from="${value}" by="${value}" values="#a;${value}" begin="0s" dur="1s"/>`,
        ),
      )
      .join(''),
  )
  return {
    ...each('animation', bodies, (body) => svg(`<a xmlns:q="http://www.w3.org/1999/xlink">${body}</a><use href="#a">${body}</use>`)),
    ...each('animation from afar', [
      `<a id="a"/><set href="#a" attributeName="href" to="javascript:${run}"/><animate xlink:href="#a" attributeName="xlink:href" values="javascript:${run}"/>`,
      `<animate attributeName="fill" values="url(${at}#a);red" to="javascript:${run}"/><discard href="${at}"/>`,
      `<set xmlns:s="http://www.w3.org/2000/svg" s:attributeName="href" attributeName="href" to="javascript:${run}"/>`,
      `<set attributeName="fill" to="u\\72l(${at})"/><set attributeName="filter" to="url(${at}#a)"/>`,
    ]),
  }
}

function documents(at: string, file: string): Record<string, string> {
  return {
    ...each(
      'prolog',
      [
        `<?xml-stylesheet type="text/css" href="${at}.css"?>`,
        `<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="#${evil}"?>`,
        `<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "${at}.dtd">`,
        `<!DOCTYPE svg SYSTEM "file://${file}">`,
        `<!DOCTYPE svg [<!ENTITY ${evil} SYSTEM "${at}"><!ENTITY % more SYSTEM "file:///etc/hostname">]>`,
        `<!DOCTYPE svg [<!ATTLIST svg onload CDATA "${run}"><!ATTLIST rect onclick CDATA #FIXED "${run}">]>`,
        `<!DOCTYPE svg [<!ATTLIST use xlink:href CDATA "${at}#a">]>`,
        `<!DOCTYPE svg [<!ELEMENT svg ANY><!NOTATION ${evil} SYSTEM "${at}">]>`,
        `<!-- ${evil} --><?php ${run} ?>`,
      ],
      (prolog) => `${prolog}${svg('<use/>')}`,
    ),
    ...each('instruction', [
      `<?xml-stylesheet href="${at}.css"?><?php ${run} ?><?import ${evil}?>`,
      `<!-- ${evil} --><!--><script>${run}</script>-->`,
      `<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file://${file}" parse="text"/><text><xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href=".?../../../../../etc/hostname" parse="text"/></text>`,
      `<metadata><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">${evil}</rdf:RDF></metadata><sodipodi:namedview xmlns:sodipodi="urn:x" docpath="${evil}"/>`,
    ]),
  }
}

/** What is harmless to one reader and something else to the next. */
function mutations(at: string): Record<string, string> {
  const image = `&lt;img src=x onerror=${run}&gt;`
  return {
    ...each('mutation', [
      `<style><![CDATA[</style><script>${run}</script>]]></style>`,
      `<style>&lt;/style&gt;&lt;script&gt;alert(1)&lt;/script&gt;</style>`,
      `<style><a title="&lt;/style&gt;${image}"/></style>`,
      `<title><style><a title="&lt;/style&gt;${image}"/></style></title>`,
      `<desc><g class="--&gt;&lt;script&gt;"/></desc>`,
      `<p xmlns="http://www.w3.org/1999/xhtml"><style><g title="&lt;/style&gt;${image}"/></style></p>`,
      `<math xmlns="http://www.w3.org/1998/Math/MathML"><mtext><table><mglyph><style>${image}</style></mglyph></table></mtext></math>`,
      `<noscript><p title="&lt;/noscript&gt;${image}"/></noscript><template><script>${run}</script></template>`,
      `<textarea>&lt;/textarea&gt;${image}</textarea><xmp>${image}</xmp><plaintext>${evil}</plaintext>`,
      `<g aria-label="${'&#x3C;'}/g&gt;&#60;script&#62;" class="a&quot; onclick=&quot;1"/>`,
      `<g id="a&#10;onclick=&#34;1&#34;" lang="x&#9;y"/>`,
      `<constructor/><__proto__/><g constructor="${evil}" __proto__="${evil}" toString="${evil}"/>`,
      `<hasOwnProperty:g xmlns:hasOwnProperty="http://www.w3.org/2000/svg" hasOwnProperty:onclick="${run}"/>`,
      `<__proto__:script xmlns:__proto__="http://www.w3.org/2000/svg">${run}</__proto__:script>`,
    ]),
    'mutation of every prefix': `<s:svg xmlns:s="http://www.w3.org/2000/svg" xmlns:l="http://www.w3.org/1999/xlink" width="40" height="30"><s:rect width="40" height="30" fill="#0a0"/><s:script>${run}</s:script><s:use l:href="${at}#a"/><s:style>@import "${at}.css";</s:style></s:svg>`,
    'mutation of the default namespace': `<x:svg xmlns="http://www.w3.org/1999/xhtml" xmlns:x="http://www.w3.org/2000/svg" width="40" height="30"><x:rect width="40" height="30" fill="#0a0"/><script>${run}</script><img src="${at}" onerror="${run}"/></x:svg>`,
  }
}

function encodings(): Record<string, Buffer> {
  const text = svg(`<script>${run}</script><g onclick="${run}"/>`)
  const declared = (encoding: string): string => `<?xml version="1.0" encoding="${encoding}"?>${text}`
  return {
    'encoding UTF-8 with a mark': Buffer.from(`\ufeff${text}`),
    'encoding Latin-1': Buffer.from(declared('ISO-8859-1'), 'latin1'),
    'encoding by gzip': gzipSync(text),
    'encoding by gzip in pieces': Buffer.concat([gzipSync(text.slice(0, 300)), gzipSync(text.slice(300))]),
  }
}

/** Files that no careful reader takes for an SVG, or takes at all; each with bytes that another reader might run. */
export function refusedSvgs(host: string): Readonly<Record<string, Buffer>> {
  const text = svg(`<script>${run}</script>`)
  const declared = (encoding: string): string => `<?xml version="1.0" encoding="${encoding}"?>${text}`
  const wide = Buffer.concat([...text].map((letter) => Buffer.from([0, 0, 0, letter.charCodeAt(0)])))
  return named({
    'UTF-7': declared('UTF-7').replaceAll('<script', '+ADw-script'),
    'UTF-16 without a mark': Buffer.from(text, 'utf16le'),
    'UTF-32': Buffer.concat([Buffer.from([0, 0, 0xfe, 0xff]), wide]),
    'an unknown encoding': declared('x-user-defined'),
    EBCDIC: declared('IBM037'),
    'bytes that are no UTF-8': Buffer.concat([Buffer.from(svg('').slice(0, -6)), Buffer.from([0xc0, 0xbc]), Buffer.from('script></svg>')]),
    'a comment that ends otherwise in HTML': svg(`<!-- --!><script>${run}</script>-->`),
    'a control character': svg('<g class="&#1;"/>'),
    'half a character': svg('<text>&#xD800;</text>'),
    'a NUL': svg('<use href="java\0script:1"/>'),
    'an entity of its own': `<!DOCTYPE svg [<!ENTITY e "<script>${run}</script>">]>${svg('&e;')}`,
    'an entity from outside': `<!DOCTYPE svg [<!ENTITY e SYSTEM "${host}/${evil}">]>${svg('<text>&e;</text>')}`,
    'an entity of entities': `<!DOCTYPE svg [<!ENTITY a "${evil}">${Array.from({ length: 9 }, (_, i) => `<!ENTITY ${'bcdefghij'[i]} "${`&${'abcdefghi'[i]};`.repeat(10)}">`).join('')}]>${svg('<text>&j;</text>')}`,
    'an attribute without quotes': svg(`<g onclick=${run}/>`),
    'an attribute twice': svg(`<g id="a" id="${run}"/>`),
    'an attribute twice by two prefixes': svg(`<use xmlns:q="http://www.w3.org/1999/xlink" q:href="#a" xlink:href="#b"/>`),
    'an unknown prefix': svg('<q:g/>'),
    'an element that is not closed': svg('<g>'),
    'an end without a beginning': svg('</svg><script>1</script><svg>'),
    'a script behind its end': `${svg('')}<script>${run}</script>`,
    'two roots': `${svg('')}${svg('')}`,
    'no namespace': svg('').replace(namespace, ''),
    'the namespace of HTML': svg('').replace('http://www.w3.org/2000/svg', 'http://www.w3.org/1999/xhtml'),
    '300 levels': svg('<g>'.repeat(300) + '</g>'.repeat(300)),
    '100,000 levels': svg('<g>'.repeat(100_000) + '</g>'.repeat(100_000)),
    '100,000 levels, not closed': svg('<g>'.repeat(100_000)),
    '200,000 elements': svg('<g/>'.repeat(200_000)),
  })
}

/** Files that are allowed and take as long as any: near the limit of bytes, of levels and of elements. */
export function costlySvgs(): Readonly<Record<string, Buffer>> {
  const most = 990_000
  const fill = (piece: string, length = most): string => piece.repeat(Math.floor(length / piece.length))
  const many = (count: number, text: (index: number) => string): string => Array.from({ length: count }, (_, index) => text(index)).join('')
  return named({
    elements: svg(fill('<g id="a"/>')),
    'attributes of one element': svg(`<g ${many(70_000, (i) => `a${i}=""`).replaceAll('""', '"" ')}/>`),
    'attributes with a prefix, far from where it is declared': svg(
      `${'<g>'.repeat(240)}<g ${many(60_000, (i) => `xlink:a${i}="" `)}/>${'</g>'.repeat(240)}`,
    ),
    'prefixes of one element': svg(`<g ${many(25_000, (i) => `xmlns:a${i}="urn:${i}" `)}/>`),
    'prefixes in many elements': svg(
      `${'<g>'.repeat(240)}${fill('<a:g xmlns:a="http://www.w3.org/2000/svg"/>', 900_000)}${'</g>'.repeat(240)}`,
    ),
    text: svg(`<text>${fill('&amp;')}</text>`),
    'entities in attributes': svg(`<g class="${fill('&#10;')}"/>`),
    'brackets in styles': svg(`<style>${fill('url(#a)')}</style>`),
    'a value of brackets': svg(`<g style="${fill('(')}"/>`),
    comments: svg(fill('<!---->')),
    'pieces of CDATA': svg(`<style>${fill('<![CDATA[a]]>')}</style>`),
    instructions: svg(fill('<?a b?>')),
    animations: svg(fill('<set attributeName="fill" to="red"/>')),
  })
}
