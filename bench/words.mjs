// The words of the bench: what its command says, where a peer is asked, and how tables are printed. Types: words.d.mts.
import { parseArgs } from 'node:util'
import { judge } from './figures.mjs'

/**
 * What `npm run bench -- …` was asked for.
 * @throws TypeError for an option that there is not, and for what does not go together.
 */
export function readOptions(words) {
  const { values } = parseArgs({
    args: words,
    options: {
      only: { type: 'string', multiple: true, default: [] },
      peer: { type: 'string', multiple: true, default: [] },
      folder: { type: 'string' },
      quick: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
    },
  })
  if (values.write && (values.only.length > 0 || values.quick)) {
    throw new TypeError('--write takes all scenarios in full: neither --only nor --quick goes with it.')
  }
  return { ...values, peers: values.peer.map(readPeer) }
}

/** Is this row asked for? `--only` names the beginning of its name; without it every row is. */
export function chosen(name, only) {
  return only.length === 0 || only.some((start) => name.startsWith(start))
}

const known = ['source', 'format', 'width', 'height']

/** @param text  `NAME=URL`, the URL with {source}, {format}, {width} and {height} in it, of a server on this machine. */
export function readPeer(text) {
  const [, name, template] = /^([^=]+)=(http:\/\/\S+)$/.exec(text) ?? []
  if (name === undefined || template === undefined) throw new TypeError(`--peer: expected NAME=http://…, got "${text}".`)
  const wrong = [...template.matchAll(/\{(\w*)\}/g)].map(([, word]) => word).find((word) => !known.includes(word))
  if (wrong !== undefined) throw new TypeError(`--peer: expected {${known.join('}, {')}}, got "{${wrong}}".`)
  if (!template.includes('{source}')) throw new TypeError(`--peer: expected {source} in "${template}".`)
  const { origin, hostname, port } = new URL(template.replace(/\{\w+\}/g, 'x'))
  // The load is for servers on this machine alone.
  if (!/^(127(\.\d+){3}|localhost|\[::1\])$/.test(hostname))
    throw new TypeError(`--peer: expected a server on loopback, got "${hostname}".`)
  return { name, template, origin, port: Number(port || 80) }
}

/** The template with every {word} put in, as it stands: what a peer wants encoded, its template must say. */
export function fillTemplate(template, values) {
  return template.replace(/\{(\w+)\}/g, (_, word) => String(values[word]))
}

/** Three figures that count; of what was measured several times, the median, with lowest and highest in brackets. */
export function show(value) {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : fixed(value, value)
  const [middle, low, high] = [value.median, value.lowest, value.highest].map((each) => fixed(each, value.median))
  return `${middle} (${low}..${high})`
}

/** With as many decimals as a figure of that size has. */
function fixed(value, size) {
  if (!Number.isFinite(value)) return '-'
  return value.toFixed(Math.abs(size) >= 100 ? 0 : Math.abs(size) >= 10 ? 1 : 2)
}

export function showBar(bar) {
  if (bar === undefined) return ''
  return 'atMost' in bar ? `${bar.figure} at most ${show(bar.atMost)}` : `${bar.figure} at least ${show(bar.atLeast)}`
}

/** A Markdown table; with the columns of bars where any row has one. */
export function table(rows) {
  const heads = [...new Set(rows.flatMap(({ figures }) => Object.keys(figures)))]
  const barred = rows.some(({ bar }) => bar !== undefined)
  const line = (cells) => `| ${cells.join(' | ')} |`
  const lines = rows.map(({ what, figures, bar }) => {
    const holds = judge(figures, bar)
    const verdict = holds === undefined ? '' : holds ? 'yes' : '**no**'
    return line([what, ...heads.map((head) => show(figures[head] ?? '')), ...(barred ? [showBar(bar), verdict] : [])])
  })
  const all = ['', ...heads, ...(barred ? ['Bar', 'Holds'] : [])]
  return [line(all), line(all.map(() => '---')), ...lines].join('\n')
}
