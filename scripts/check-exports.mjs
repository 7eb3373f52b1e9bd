// Finds values that a file of src/, infra/ or scripts/ exports and that nobody uses, not even the file itself: an export hides them from the
// compiler, which else would say so. By their names alone, which is cheap and enough in a code base where a name means one thing.
import { readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const sourceOf = (folder) =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|mjs)$/.test(entry.name) && !entry.parentPath.includes('node_modules'))
    .map((entry) => join(entry.parentPath, entry.name))

const checked = ['src', 'infra', 'scripts']
const files = new Map([...checked, 'test', 'bench', 'examples'].flatMap(sourceOf).map((path) => [path, readFileSync(path, 'utf8')]))
/** What packages, not files, import: named in `exports` and `bin` of package.json. */
const faces = /[\\/]src[\\/](index|sign)\.ts$/

const dead = []
for (const [path, text] of files) {
  if (!checked.some((folder) => path.startsWith(join(root, folder, sep))) || path.endsWith('.test.ts') || faces.test(path)) continue
  for (const [, name] of text.matchAll(/^export (?:async )?(?:function\*?|const|class|let) (\w+)/gm)) {
    const uses = [...files.values()].reduce((count, content) => count + (content.match(new RegExp(`\\b${name}\\b`, 'g'))?.length ?? 0), 0)
    if (uses === 1) dead.push(`${path.slice(root.length)}: ${name}`)
  }
}
for (const line of dead) console.log(`${line} is exported and used nowhere`)
process.exitCode = dead.length === 0 ? 0 : 1
