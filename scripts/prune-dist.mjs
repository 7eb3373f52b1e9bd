// After a build: removes from dist/ what no file of src/ stands behind any more. The compiler leaves it, and the package would carry it.
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

for (const entry of readdirSync(join(root, 'dist'), { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue
  const path = join(entry.parentPath, entry.name)
  const source = path.replace(join(root, 'dist'), join(root, 'src')).replace(/(?:\.d\.ts|\.js)$/, '.ts')
  if (!existsSync(source)) rmSync(path)
}
