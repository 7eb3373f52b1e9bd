import { cssFunctions, cssRules, svgAttributes } from './svg-vocabulary.ts'

/**
 * Is this text, as CSS or as the value of an attribute that is read as CSS, without any way out of its file? Every function must be known to
 * load nothing, `url()` must point to a `#fragment`, every at-rule must be known. A backslash is refused whole: `\75rl(` is `url(` to CSS.
 * Linear in the text.
 */
export function isSafeCss(text: string): boolean {
  if (text.includes('\\') || /script:/i.test(text)) return false
  const calls = text.split('(')
  for (let i = 1; i < calls.length; i++) {
    const name = /[\w-]*$/.exec((calls[i - 1] ?? '').slice(-40))?.[0].toLowerCase() ?? ''
    if (name === 'url' ? !localUrl.test((calls[i] ?? '').slice(0, 240)) : name !== '' && !cssFunctions.has(name)) return false
  }
  const rules = text.split('@')
  return rules.every((rule, i) => i === 0 || cssRules.has(/^[\w-]{0,30}/.exec(rule)?.[0].toLowerCase() ?? ''))
}

const localUrl = /^\s{0,20}(["']?)#[^\s"'()]{1,180}\1\s{0,20}\)/

/**
 * Where a reference may lead: into the same file, or, of an `image`, to a raster picture that it carries along. Not to an SVG that it carries
 * along: nobody would look into that one.
 */
export function isSafeReference(element: string, href: string): boolean {
  const text = href.trim()
  if (element === 'image') return /^data:image\/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*$/.test(text)
  return /^#[^\s"'()<>\\]{1,180}$/.test(text)
}

/** May an animation write this attribute? Not `href` nor `on…`, which are nowhere in the list, and no `style`. */
export function isAnimatable(attribute: string): boolean {
  return svgAttributes.has(attribute.trim()) && !/^(?:id|class|attributeName)$/.test(attribute.trim())
}

/** Is what an animation writes no address, wherever a reader might put it? What may be animated holds none but `url(#…)`. */
export function isSafeAnimation(values: string): boolean {
  return !/:|\/\//.test(values)
}

/** Text that XML reads back as it was. */
export function escapeText(text: string): string {
  return text.replace(/[&<>\r]/g, escaped)
}

/** The same between double quotation marks, where line ends and tabs would be read as blanks. */
export function escapeAttribute(text: string): string {
  return text.replace(/[&<>"\r\n\t]/g, escaped)
}

function escaped(character: string): string {
  return `&#${character.charCodeAt(0)};`
}
