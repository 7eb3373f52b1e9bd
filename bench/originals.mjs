// The originals of the bench: drawn from a sample picture, or those of a folder that the command names.
import { copyFile, link, readdir, readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'

const sample = fileURLToPath(new URL('../samples/landscape.jpg', import.meta.url))
const endings = { jpeg: /\.jpe?g$/i, png: /\.png$/i, webp: /\.webp$/i, avif: /\.avif$/i }
/** How cameras and sites write them. */
const written = { jpeg: { quality: 85 }, png: { compressionLevel: 6 }, webp: { quality: 80 }, avif: { quality: 60, effort: 2 } }

/** A usual photograph: no side of it is a whole multiple of 512. */
export const usual = { width: 2040, height: 1360 }

/**
 * Files of one format.
 * @param given    A folder of originals; `undefined` draws one.
 * @param scratch  Where drawn ones go.
 * @returns        None where the folder has none of this format.
 */
export async function originalsOf(format, given, scratch, { width, height } = usual) {
  if (given !== undefined) {
    const names = (await readdir(given)).filter((name) => endings[format].test(name)).sort()
    return names.map((name) => join(given, name))
  }
  const file = join(scratch, `photograph-${width}.${format}`)
  await sharp(sample).resize(width, height, { fit: 'fill' }).toFormat(format, written[format]).toFile(file)
  return [file]
}

/** So many originals of their own: links to the files, in turn. @returns their keys. */
export async function copiesOf(files, folder, stem, count) {
  return Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const file = files[index % files.length]
      const key = `${stem}-${index}.${file.split('.').at(-1).toLowerCase()}`
      await link(file, join(folder, key)).catch(() => copyFile(file, join(folder, key)))
      return key
    }),
  )
}

/** An origin on loopback that has each file under as many names as are asked for, from memory: no two URLs of `next` are alike. */
export async function openOrigin(files) {
  const bodies = await Promise.all(files.map((file) => readFile(file)))
  const ending = files[0].split('.').at(-1).toLowerCase()
  const type = `image/${ending === 'jpg' ? 'jpeg' : ending}`
  const server = createServer((request, response) => {
    const body = bodies[Number(/\d+/.exec(request.url ?? '')?.[0] ?? 0) % bodies.length]
    response.writeHead(200, { 'content-type': type, 'content-length': body.length, 'cache-control': 'max-age=600' }).end(body)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address()
  let count = 0
  return {
    host: `127.0.0.1:${port}`,
    next: () => `http://127.0.0.1:${port}/${count++}.${ending}`,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}
