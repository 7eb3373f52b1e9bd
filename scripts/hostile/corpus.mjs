// A corpus: a folder of files, and an index.json that says of each what is right to do with it.
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join, relative, sep } from 'node:path'

/**
 * The entries of a folder's index, then a bare one for every file that the index does not name; what begins with a dot is none.
 * @throws an Error that says why the folder has no index.
 */
export function readCorpus(folder) {
  let index
  try {
    index = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8'))
  } catch (error) {
    throw new Error(`The index.json of the folder cannot be read as JSON: ${error.message}`)
  }
  const at = Array.isArray(index) ? index.findIndex((entry) => typeof entry?.file !== 'string' || entry.file === '') : 0
  if (at !== -1 || index.length === 0) throw new Error(`Expected a list of { file, … } in index.json; number ${at + 1} is none.`)
  const listed = new Set(['index.json', ...index.map(({ file }) => file)])
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map((each) => relative(folder, join(each.parentPath, each.name)).split(sep).join('/'))
  const others = files.filter((file) => !listed.has(file) && !/(?:^|\/)\./.test(file)).sort()
  return [...index, ...others.map((file) => ({ file, kind: 'not in the index' }))]
}

/** The Content-Encoding of a file that is the body of an HTTP answer; `undefined` for one that is an original itself. */
export function codingOf(file) {
  const name = basename(file)
  if (!name.startsWith('http-')) return undefined
  const coding = name.endsWith('.gz') ? 'gzip' : name.endsWith('.br') ? 'br' : 'identity'
  return name.includes('nested') ? Array(10).fill(coding).join(', ') : coding
}
