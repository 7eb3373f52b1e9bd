/** A table; cells are Markdown already, and must not hold line breaks. */
export function table(heads, rows) {
  const line = (cells) => `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n')
}

/** `text`; nothing for nothing. */
export function code(text) {
  return text === undefined || text === '' ? '' : `\`${text}\``
}

/** Several of them, separated by blanks. */
export function codes(texts = []) {
  return texts.map(code).join(' ')
}

/** Its fallback as it would be written, and in larger units where that is easier to read; nothing when there is none. */
export function fallbackOf(field) {
  if (field.fallback === undefined) return ''
  const text = field.print(field.fallback)
  return text === '' ? 'none' : code(text) + larger(text, field.unit)
}

/** What is expected, with long numbers made readable and nothing that Markdown would take for a tag. */
export function expectedOf({ expected }) {
  return expected.replace(/\d{5,}/g, spaced).replaceAll('<', '\\<')
}

function larger(text, unit) {
  const value = Number(text)
  if (!/^\d{7,}$/.test(text) || (unit !== 'bytes' && unit !== 'px')) return ''
  if (unit === 'bytes' && value % 2 ** 20 === 0) return ` (${value / 2 ** 20} MiB)`
  return ` (${value / 1e6} ${unit === 'px' ? 'Mpx' : 'MB'})`
}

/** 50000000 with narrow blanks between its thousands. */
function spaced(digits) {
  return digits.replace(/\B(?=(\d{3})+$)/g, '\u202f')
}
