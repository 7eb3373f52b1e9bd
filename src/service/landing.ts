import { createHash } from 'node:crypto'
import type { Fields } from '../schema/field.ts'
import { version } from '../version.ts'
import type { Answer } from './ask.ts'
import { keyPath } from './example-keys.ts'
import { landingStyle } from './landing-style.ts'

export type Landing = {
  /** The path below which pictures live: `/i`. */
  readonly prefix: string
  /** Keys of pictures that are there; none, and the page shows none. */
  readonly examples: readonly string[]
  /** They come with the program, and are not the operator's. */
  readonly demo?: boolean
  /** Parameters by group. */
  readonly parameters: Readonly<Record<string, Fields>>
  readonly effects?: readonly { readonly name: string; readonly doc: string; readonly example: string }[]
  /** Makes the target of an example one that is answered, where URLs must be signed. */
  readonly sign?: (target: string) => string
  /** Is there a text for Prometheus? */
  readonly metrics?: boolean
}

/** What the examples ask for, and what it means; of the first three pictures, since photographs come first. */
const wishes = [
  ['w=480&h=360&fit=cover', 'Fills 480 × 360 and crops the rest.'],
  ['w=480&h=360&fit=cover&g=auto', 'The crop keeps what draws the eye.'],
  ['w=480&h=360&fit=pad&bg=blur', 'All of it, on itself blurred.'],
  ['w=480&h=360&fit=cover&duotone=1d3557,f1faee', 'Two inks.'],
  ['w=480&h=360&fit=cover&radius=64&f=webp', 'Round corners, as WebP.'],
  ['w=480&h=360&fit=cover&txt=Hello&txt-size=.14&txt-bg=1d3557', 'Words on top.'],
] as const

/** A plate of metal with a picture on it. */
const icon =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16' rx='3' fill='%238a4b14'/%3E%3Cpath d='M2 12l4-5 3 3 2-2 3 4z' fill='%23faf8f4'/%3E%3Ccircle cx='11' cy='5' r='1.6' fill='%23faf8f4'/%3E%3C/svg%3E"

const policy = [
  "default-src 'none'",
  "img-src 'self' data:",
  `style-src 'sha256-${createHash('sha256').update(landingStyle).digest('base64')}'`,
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** The page at `/`: what this is, pictures that it makes itself, and every parameter. Nothing on it comes from elsewhere; it runs no script. */
export function landingPage(about: Landing): Answer {
  const body = Buffer.from(html(about))
  return {
    status: 200,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-length': String(body.length),
      'cache-control': 'no-cache',
      'content-security-policy': policy,
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    },
    body,
  }
}

function html({ prefix, examples, parameters, effects = [], sign = (target) => target, metrics = false, demo = false }: Landing): string {
  const [first] = examples
  const target = (key: string, query: string): string => sign(`${keyPath(prefix, key)}?${query}`)
  const pages = [
    ['/formats', 'formats of this machine'],
    ['/errors', 'errors'],
    ['/health', 'health'],
    ['/ready', 'ready'],
    ...(metrics ? [['/metrics', 'metrics']] : []),
  ]
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Tintype</title>
<link rel="icon" href="${icon}">
<style>${landingStyle}</style>
</head>
<body>
<header>
<h1>Tintype</h1>
<p class="lead">Ask for a picture by its address and the shape you want.</p>
${first === undefined ? usage(prefix) : hero(first, target)}
</header>
<main>
${first === undefined ? '' : gallery(examples, target, demo)}
<section aria-labelledby="parameters">
<h2 id="parameters">Parameters</h2>
<p>In any order, behind <code>${escapeHtml(keyPath(prefix, 'key'))}?</code>. What is not understood is answered with the word that is wrong and the nearest one that is right.</p>
${Object.entries(parameters)
  .map(([name, fields], index) => group(name, fields, index === 0))
  .join('\n')}
${effects.length === 0 ? '' : table('effects', effects.map(({ name, doc, example }) => row(name, example, doc)).join('\n'))}
</section>
</main>
<footer>
<nav aria-label="About this service">${pages.map(([path, text]) => `<a href="${path}">${text}</a>`).join(' ')}</nav>
<p>Tintype ${version}</p>
</footer>
</body>
</html>
`
}

type Target = (key: string, query: string) => string

/** The first picture wide, in three sizes, of which the browser takes one. */
function hero(key: string, target: Target): string {
  const wide = (width: number): string => target(key, `w=${width}&ar=5:2`)
  const widths = [640, 1280, 1920].map((width) => `${escapeHtml(wide(width))} ${width}w`)
  return `<figure class="hero">
<a href="${escapeHtml(wide(1280))}"><img src="${escapeHtml(wide(1280))}" srcset="${widths.join(', ')}" sizes="min(100vw, 70rem)" width="1280" height="512" alt="${escapeHtml(key)}, cut to 5 by 2"></a>
<figcaption><code>${address(key, wide(1280))}</code></figcaption>
</figure>`
}

function gallery(examples: readonly string[], target: Target, demo: boolean): string {
  const cards = wishes.map(([query, meaning], index) => {
    const key = examples[index % Math.min(3, examples.length)] ?? ''
    const url = target(key, query)
    return `<li><a href="${escapeHtml(url)}"><img src="${escapeHtml(url)}" width="480" height="360" loading="lazy" alt="${escapeHtml(key)}: ${meaning}"></a>
<p>${meaning}</p><code>${address(key, url)}</code></li>`
  })
  const [first = ''] = examples
  const explained = target(first, 'w=480&f=json')
  const json = `<a href="${escapeHtml(explained)}"><code>f=json</code></a>`
  // Whoever changes a signed address breaks its signature.
  const signed = /&s=[^&]*$/.test(explained)
  const how = signed
    ? `Addresses are signed here; with ${json} the answer is what would be done.`
    : `Add ${json} to any of them to read what would be done.`
  return `<section aria-labelledby="examples">
<h2 id="examples">Examples</h2>
<p>Each is made from a picture ${demo ? 'that comes with Tintype' : 'in the folder being served'}, by its address alone. ${how}</p>
<ul class="gallery">
${cards.join('\n')}
</ul>
</section>`
}

/** The address as text: short names whole, signatures left out, so that it can be read. */
function address(key: string, url: string): string {
  const [path = '', query = ''] = url.split('?')
  const shown = query.replace(/&s=[^&]*/, '&s=…')
  const short = key.length > 60 ? `…/${encodeURIComponent(key.split('/').at(-1) ?? '').slice(-40)}` : path
  return `${escapeHtml(short)}<wbr>?<b>${escapeHtml(shown)}</b>`
}

function usage(prefix: string): string {
  return `<p><code>${escapeHtml(keyPath(prefix, 'photo.jpg'))}<wbr>?<b>w=600&amp;f=webp</b></code></p>`
}

function group(name: string, fields: Fields, open: boolean): string {
  const rows = Object.entries(fields).map(([parameter, { doc, aliases = [] }]) => row(parameter, aliases.join(', '), doc))
  return table(name, rows.join('\n'), open)
}

function table(name: string, rows: string, open = false): string {
  return `<details${open ? ' open' : ''}><summary>${escapeHtml(name)}</summary><table><tbody>
${rows}
</tbody></table></details>`
}

function row(name: string, beside: string, doc: string): string {
  return `<tr><th scope="row"><code>${escapeHtml(name)}</code>${beside === '' ? '' : ` <small>${escapeHtml(beside)}</small>`}<td>${escapeHtml(doc)}`
}

const marks: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (mark) => marks[mark] ?? mark)
}
