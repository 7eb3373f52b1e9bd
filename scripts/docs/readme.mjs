import { readFile, writeFile } from 'node:fs/promises'
import { nativeGroups } from '../../dist/dialects/native-parameters.js'
import { filters } from '../../dist/filters/all.js'
import { code, codes, expectedOf, fallbackOf, table } from './markdown.mjs'

const path = new URL('../../README.md', import.meta.url)
const part = /(<!-- parameters -->\n)[\s\S]*?(<!-- \/parameters -->)/

/** The README's table of parameters, short: what stands between its two marks. */
function short() {
  const row = (name, field) => [code(name), codes(field.aliases), expectedOf(field), fallbackOf(field)]
  const effects = filters.map((filter) => {
    const fields = Object.values(filter.params)
    return [
      code(filter.name),
      codes(filter.aliases),
      fields.map(expectedOf).join(', a comma and '),
      fields.map(fallbackOf).filter(Boolean).join(' '),
    ]
  })
  const groups = [
    ...Object.entries(nativeGroups).map(([group, fields]) => [group, Object.entries(fields).map(([name, field]) => row(name, field))]),
    ['effects', effects],
  ]
  return groups
    .map(
      ([group, rows]) =>
        `<details><summary><b>${group}</b>: ${rows.map(([name]) => name.replaceAll('`', '')).join(', ')}</summary>\n\n${table(['Name', 'Aliases', 'Value', 'Default'], rows)}\n\n</details>\n`,
    )
    .join('\n')
}

/**
 * Prints the table into the README.
 * @param {boolean} check  Writes nothing.
 * @returns {Promise<boolean>} Was it what would be printed?
 */
export async function readme(check) {
  const now = await readFile(path, 'utf8')
  const wanted = now.replace(part, (_all, open, close) => `${open}\n${short()}\n${close}`)
  if (!check && wanted !== now) await writeFile(path, wanted)
  return wanted === now
}
