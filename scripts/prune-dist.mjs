// After a build: removes from dist/ what no file of src/ or infra/ stands behind any more. The compiler leaves it, and the package would carry it.
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

for (const entry of readdirSync(join(root, 'dist'), { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue
  const path = join(entry.parentPath, entry.name)
  if (path.startsWith(join(root, 'dist/aws/'))) continue // made by scripts/build-aws.mjs
  const built = path.startsWith(join(root, 'dist/infra/'))
  const source = path
    .replace(join(root, built ? 'dist/infra' : 'dist'), join(root, built ? 'infra' : 'src'))
    .replace(/(?:\.d\.ts|\.js)$/, '.ts')
  if (!existsSync(source)) rmSync(path)
}
