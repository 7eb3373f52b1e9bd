// The licences of the packages that a bundle holds parts of: each asks to travel with them.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * @param {import('esbuild').Metafile} metafile
 * @param {string} root
 */
export async function notices({ inputs }, root) {
  const packages = new Set()
  for (const path of Object.keys(inputs)) {
    const [, name] = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/.exec(path) ?? []
    if (name !== undefined) packages.add(name)
  }
  /** Many share one text to the letter, but for white space. */
  const texts = new Map()
  for (const path of [...packages].sort()) {
    const folder = join(root, path)
    const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
    const file = (await readdir(folder)).find((each) => /^licen[cs]e/i.test(each))
    const text = file === undefined ? `License: ${license}` : (await readFile(join(folder, file), 'utf8')).trim()
    const key = text.replace(/\s+/g, ' ')
    const { names, text: first } = texts.get(key) ?? { names: [], text }
    texts.set(key, { names: [...names, `${name} ${version}`], text: first })
  }
  const told = [...texts.values()].map(({ names, text }) => `${names.join('\n')}\n\n${text}\n`)
  return `This bundle holds parts of these packages.\n\n${told.join(`\n${'-'.repeat(80)}\n\n`)}`
}
