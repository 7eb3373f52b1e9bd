import type { Dirent } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { looksWhole } from './looks-whole.ts'

/** Names that pictures go by, but for signs that mean something in a key. */
const pictures = /^[^:\\]+\.(?:avif|gif|jpe?g|png|svg|tiff?|webp)$/i
/** Folders and entries looked at: a folder may hold millions. */
const mostFolders = 40
const mostEntries = 2000

/**
 * Keys of pictures in a folder, to show what can be asked for: photographs first, those that lie at the top before those below, each group
 * in the order of names. Hidden files, links and files that are plainly broken are passed over; a folder that cannot be read has none.
 */
export async function exampleKeys(folder: string, most = 6): Promise<readonly string[]> {
  const found: string[] = []
  const open = ['']
  let entries = 0
  for (let folders = 0; folders < mostFolders && open.length > 0 && entries < mostEntries && found.length < most * 4; folders++) {
    const below = open.shift() ?? ''
    const listed = await readdir(join(folder, below), { withFileTypes: true }).catch((): Dirent[] => [])
    const sorted = listed
      .filter(({ name }) => !name.startsWith('.'))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .slice(0, mostEntries)
    for (const entry of sorted) {
      entries += 1
      const key = below === '' ? entry.name : `${below}/${entry.name}`
      if (entry.isDirectory()) open.push(key)
      else if (entry.isFile() && pictures.test(entry.name)) found.push(key)
    }
  }
  const examples: string[] = []
  for (const key of [0, 1, 2].flatMap((wanted) => found.filter((key) => rank(key) === wanted))) {
    if (examples.length === most) break
    if (await looksWhole(join(folder, key))) examples.push(key)
  }
  return examples
}

/** Photographs, other pictures, and those which a browser may not show or which say little when small. */
function rank(key: string): number {
  if (/cmyk|24mpx|16bit/i.test(key) || /\.(?:svg|tiff?)$/i.test(key)) return 2
  return /\.(?:jpe?g|avif)$/i.test(key) ? 0 : 1
}

/** The path of a key below a prefix: each part percent-encoded, but for the colon behind the name of a source. */
export function keyPath(prefix: string, key: string): string {
  const base = prefix === '/' ? '' : prefix
  return `${base}/${key
    .split('/')
    .map(encodeURIComponent)
    .join('/')
    .replace(/^([a-z][a-z0-9-]*)%3A(?!\/)/, '$1:')}`
}
