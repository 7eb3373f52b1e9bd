import { stat } from 'node:fs/promises'
import { basename, extname, join, resolve } from 'node:path'
import { glob, isDynamicPattern } from 'tinyglobby'
import { Misuse } from './command.ts'

/** Formats by the ending of a file's name. */
const formats: Readonly<Record<string, string>> = {
  jpg: 'jpeg',
  jpeg: 'jpeg',
  png: 'png',
  webp: 'webp',
  avif: 'avif',
  gif: 'gif',
  tif: 'tiff',
  tiff: 'tiff',
}

/** Where results go: one file, or a folder that is made when it is missing. */
export type Target = { readonly kind: 'file' | 'folder'; readonly path: string }

/** The files that words of the command line mean: each its own name, or a pattern. A pattern without a match is a `Misuse`, and so is a folder. */
export async function filesOf(words: readonly string[], folder: string): Promise<readonly string[]> {
  const found = new Set<string>()
  for (const word of words) {
    const path = resolve(folder, word)
    const facts = await stat(path).catch(() => undefined)
    if (facts?.isDirectory() === true) throw new Misuse(`"${word}" is a folder.`, 'Say which of its files: "photos/*.jpg", "photos/**/*".')
    if (facts !== undefined || !isDynamicPattern(word)) {
      found.add(path) // a name that is not there is told when its turn comes
      continue
    }
    const matches = await glob(word.replaceAll('\\', '/'), { cwd: folder, absolute: true, onlyFiles: true })
    if (matches.length === 0) throw new Misuse(`No file matches "${word}".`)
    for (const match of matches.sort()) found.add(resolve(match))
  }
  return [...found]
}

/** A folder when it is one, ends in a slash or has no ending. One picture is not written as what we cannot write: that ending is a `Misuse`. */
export async function targetOf(word: string, folder: string, count: number): Promise<Target> {
  const path = resolve(folder, word)
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => undefined,
  )
  if (isFolder === true || (isFolder === undefined && (/[\\/]$/.test(word) || extname(word) === ''))) return { kind: 'folder', path }
  if (formatOf(word) === undefined)
    throw new Misuse(
      `"${word}" has no ending of a format that can be written.`,
      `Use one of ${Object.keys(formats).join(', ')}; a folder's name ends in a slash.`,
    )
  if (count > 1) throw new Misuse(`${count} pictures cannot go into the one file "${word}".`, 'Name a folder: out/')
  return { kind: 'file', path }
}

/** The format that a file's name promises; `undefined` when it has no ending that we write. */
export function formatOf(name: string): string | undefined {
  return formats[extname(name).slice(1).toLowerCase()]
}

/** The file of a result in a folder: the original's name with the ending of the result. */
export function resultPath(target: Target, input: string, extension: string): string {
  return target.kind === 'file' ? target.path : join(target.path, `${basename(input, extname(input))}.${extension}`)
}
