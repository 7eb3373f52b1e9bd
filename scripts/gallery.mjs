// Makes the pictures of the README by the URLs that stand beside them there: `npm run gallery`.
import { readFile, writeFile } from 'node:fs/promises'
import { createTintype } from '../dist/index.js'

const root = new URL('..', import.meta.url)
const service = await createTintype({ source: { file: { root: new URL('samples', root).pathname } }, store: { kinds: ['memory'] } })
try {
  for (const [, file, url] of (await readFile(new URL('README.md', root), 'utf8')).matchAll(
    /!\[\]\((docs\/gallery\/[\w-]+\.webp)\) \| `(\/i\/[^`]+)`/g,
  )) {
    const response = await service.fetch(new Request(`http://localhost${url}`, { headers: { accept: 'image/webp' } }))
    if (!response.ok) throw new Error(`${url}: ${await response.text()}`)
    await writeFile(new URL(file, root), Buffer.from(await response.arrayBuffer()))
    console.log(`${file}  ${url}`)
  }
} finally {
  await service.close()
}
