import { Failure } from '../errors.ts'

/** A field of a form: its bytes, and the name that a file had where it came from. */
export type FormField = { readonly bytes: Buffer; readonly filename?: string }

/** Bounds of what stands around the field that is wanted. */
const mostParts = 50
const mostHeadBytes = 8192

/** What a body may have beside its picture: boundaries, heads, and other small fields. */
export const formOverheadBytes = 65_536

/**
 * One field of a form that was sent as `multipart/form-data`. A parser of our own: the whole body is in memory and bounded already, one field is
 * wanted of it, and what is unusual is refused instead of understood; a parser of streams would be a dependency for forty lines.
 *
 * Linear in the body. What is left of a head that is too long, a boundary that does not come again, or a field that comes twice is
 * `request-malformed`, as is a form without the field.
 * @param contentType  The header, which names the boundary.
 * @see RFC 7578, RFC 2046 5.1.1
 */
export function formField(body: Buffer, contentType: string, name: string): FormField | Failure {
  const boundary = boundaryOf(contentType)
  if (boundary === undefined) return malformed('a boundary of 1 to 70 characters in Content-Type')
  const delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1')
  // The first delimiter has no line before it.
  const first = delimiter.subarray(2)
  if (!body.subarray(0, first.length).equals(first)) return malformed('a body that begins with its boundary')
  let found: FormField | undefined
  let at = first.length
  for (let part = 0; ; part++) {
    if (body.toString('latin1', at, at + 2) === '--') break
    if (part === mostParts) return malformed(`at most ${mostParts} fields`)
    if (body.toString('latin1', at, at + 2) !== '\r\n') return malformed('a line break behind each boundary')
    // A head may be empty: the line break that ends the boundary is the first of the two that end it.
    const head = body.subarray(at, at + mostHeadBytes)
    const headEnd = head.indexOf('\r\n\r\n')
    if (headEnd < 0) return malformed(`heads of at most ${mostHeadBytes} bytes, each with an empty line behind it`)
    const from = at + headEnd + 4
    const end = body.indexOf(delimiter, from)
    if (end < 0) return malformed('a boundary behind the last field')
    const field = fieldOf(head.toString('utf8', 0, headEnd))
    if (field instanceof Failure) return field
    if (field?.name === name) {
      if (found !== undefined) return malformed(`one field "${name}"`)
      found = { bytes: body.subarray(from, end), ...(field.filename === undefined ? {} : { filename: field.filename }) }
    }
    at = end + delimiter.length
  }
  return found ?? malformed(`a field "${name}"`)
}

/** @see RFC 2046, 5.1.1: no space at its end, and none but these characters. */
function boundaryOf(contentType: string): string | undefined {
  const boundary = parametersOf(contentType.slice(contentType.indexOf(';') + 1)).get('boundary')
  return boundary !== undefined && /^[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]$/.test(boundary) ? boundary : undefined
}

/** The name of a part, and the file name that it gives; `undefined` for a part that is no field of a form. */
function fieldOf(head: string): { readonly name: string; readonly filename?: string } | Failure | undefined {
  let disposition: string | undefined
  for (const line of head.split('\r\n')) {
    if (line === '') continue
    const colon = line.indexOf(':')
    const header = line.slice(0, Math.max(0, colon)).toLowerCase()
    // A line that goes on from the one before, or is none.
    if (!/^[a-z0-9-]+$/.test(header)) return malformed('heads of lines with a name and a colon')
    if (header === 'content-transfer-encoding' && !/^\s*(?:binary|7bit|8bit)\s*$/i.test(line.slice(colon + 1)))
      return malformed('fields sent as they are, without a Content-Transfer-Encoding')
    if (header !== 'content-disposition') continue
    if (disposition !== undefined) return malformed('one Content-Disposition for each field')
    disposition = line.slice(colon + 1)
  }
  const [, rest] = /^[ \t]*form-data[ \t]*;(.*)$/is.exec(disposition ?? '') ?? []
  if (rest === undefined) return undefined
  const parameters = parametersOf(rest)
  const name = parameters.get('name')
  const filename = parameters.get('filename')
  return name === undefined ? undefined : { name, ...(filename === undefined ? {} : { filename }) }
}

/** `name="media"; filename="cat.jpg"`: the first value of each name, in lower case. By hand, so that each character is looked at once. */
function parametersOf(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (let at = 0; at < text.length; ) {
    const equals = text.indexOf('=', at)
    if (equals < 0) break
    const name = (text.slice(at, equals).split(';').at(-1) ?? '').trim().toLowerCase()
    let value = ''
    at = equals + 1
    if (text[at] === '"') {
      for (at += 1; at < text.length && text[at] !== '"'; at++) {
        // Only a quote is hidden by a backslash: browsers write one in a name as it is, and a quote as %22.
        if (text[at] === '\\' && text[at + 1] === '"') at += 1
        value += text[at]
      }
      value = value.replaceAll('%22', '"')
    } else {
      const end = text.indexOf(';', at)
      value = text.slice(at, end < 0 ? undefined : end).trim()
    }
    const end = text.indexOf(';', at)
    at = end < 0 ? text.length : end + 1
    if (!found.has(name)) found.set(name, value)
  }
  return found
}

function malformed(expected: string): Failure {
  return new Failure('request-malformed', `multipart/form-data: expected ${expected}.`, { expected })
}
