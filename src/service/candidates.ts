import type { Candidate } from '../recipe/output.ts'

/** Media types that say the same as the format's own. */
const others: Readonly<Record<string, string>> = { 'image/jpg': 'image/jpeg' }

/**
 * The candidates that a client takes, in their order. The exact type counts before `image/*`, and that before any type at all, which says yes to
 * JPEG alone: clients that take nothing new send it too. Weights count only as yes or no, since the order is the operator's. A range with
 * parameters of its own asks for a special kind and is passed over. Without the header nothing is taken but what asks nothing of the client.
 * @see RFC 9110, 12.5.1
 */
export function takenCandidates(prefer: readonly Candidate[], accept: string | undefined): readonly Candidate[] {
  const taken = new Map<string, boolean>()
  for (const range of rangesOf((accept ?? '').slice(0, 1000))) {
    const [type = '', ...parameters] = range
    const [first = 'q=1'] = parameters
    if (!/^q=/.test(first)) continue
    const known = others[type] ?? type
    // Of a type that is named twice, one yes is enough.
    taken.set(known, taken.get(known) === true || weightOf(first) > 0)
  }
  return prefer.filter(
    (candidate) =>
      candidate === 'jpeg-for-png' ||
      (taken.get(`image/${candidate}`) ?? taken.get('image/*') ?? (candidate === 'jpeg' && taken.get('*/*') === true)),
  )
}

/** Each range with its parameters, in lower case. A comma or semicolon in quotes divides nothing. */
function rangesOf(accept: string): readonly (readonly string[])[] {
  return pieces(accept, ',').map((range) => pieces(range, ';').map((part) => part.trim().toLowerCase()))
}

function pieces(text: string, mark: ',' | ';'): readonly string[] {
  const found: string[] = []
  let from = 0
  let quoted = false
  for (let at = 0; at < text.length; at++) {
    if (quoted && text[at] === '\\') at += 1
    else if (text[at] === '"') quoted = !quoted
    else if (!quoted && text[at] === mark) {
      found.push(text.slice(from, at))
      from = at + 1
    }
  }
  return [...found, text.slice(from)]
}

/** 0 to 1; a weight that is none refuses. */
function weightOf(parameter: string): number {
  const text = parameter.slice(2).trim()
  return /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(text) ? Number(text) : 0
}
