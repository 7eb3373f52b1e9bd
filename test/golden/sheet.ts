import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import sharp, { type OverlayOptions } from 'sharp'
import { expect, it } from 'vitest'
import { type Flat, likeness } from '../../scripts/flat.mjs'
import { cases, render } from './cases.ts'
import { flat, golden, goldenPath, isLike } from './compare.ts'

/**
 * `npm run golden`: draws what was accepted, what comes out now, and ten times their difference, side by side, for a person to look at.
 * With `-- --accept` what has changed is accepted, and what belongs to no case is removed.
 */
const accept = process.env.TINTYPE_GOLDEN_ACCEPT === 'yes'
const rows = 6
const cell = { width: 320, height: 320 }
const folder = (name: string): string => fileURLToPath(new URL(`${name}/`, import.meta.url))

type Row = { readonly label: string; readonly pictures: readonly (Flat | undefined)[] }

it('draws the sheets', async () => {
  await mkdir(folder('images'), { recursive: true })
  await rm(folder('sheet'), { recursive: true, force: true })
  await mkdir(folder('sheet'))
  const drawn: Row[] = []
  const said: string[] = []
  for (const [name, wish] of Object.entries(cases)) {
    const { bytes } = await render(wish)
    const [accepted, now] = [await golden(name), await flat(bytes)]
    const before = accepted && (await flat(accepted))
    const same = before !== undefined && before.width === now.width && before.height === now.height
    const like = same ? likeness(before, now) : undefined
    const verdict =
      like === undefined ? (before ? 'other size' : 'new') : `ssim ${like.ssim.toFixed(4)}, off by ${like.difference.toFixed(2)}`
    drawn.push({ label: `${name}: ${verdict}   ${wish}`, pictures: [before, now, same ? difference(before, now) : undefined] })
    if (like !== undefined && isLike(like)) continue
    said.push(`${name}: ${verdict}`)
    if (accept) await writeFile(goldenPath(name), await kept(bytes))
  }
  const known = new Set(Object.keys(cases).map((name) => `${name}.webp`))
  for (const file of await readdir(folder('images'))) if (accept && !known.has(file)) await rm(`${folder('images')}${file}`)
  for (let at = 0; at < drawn.length; at += rows)
    await sheet(drawn.slice(at, at + rows), `${folder('sheet')}${String(at / rows + 1).padStart(2, '0')}.png`)
  process.stdout.write(`${said.length === 0 ? 'All are like what was accepted.' : said.join('\n')}\nLook at ${folder('sheet')}\n`)
  expect(drawn).toHaveLength(Object.keys(cases).length)
}, 300_000)

/** What a golden is kept as: near-lossless, far within what the test allows, at half the bytes. */
const kept = (bytes: Buffer): Promise<Buffer> =>
  sharp(bytes, { pages: -1 }).toColourspace('srgb').webp({ nearLossless: true, quality: 60, effort: 6 }).toBuffer()

function difference(a: Flat, b: Flat): Flat {
  return { ...a, data: a.data.map((value, at) => (at % 4 === 3 ? 255 : 10 * Math.abs(value - (b.data[at] ?? 0)))) }
}

async function sheet(shown: readonly Row[], path: string): Promise<void> {
  const layers = await Promise.all(
    shown.flatMap(({ label, pictures }, row) => [
      ...pictures.flatMap((picture, column) => (picture ? [placed(picture, column, row)] : [])),
      writing(label, row),
    ]),
  )
  const size = { width: 3 * cell.width, height: shown.length * (cell.height + 20) }
  await sharp({ create: { ...size, channels: 3, background: '#777' } })
    .composite(layers)
    .png()
    .toFile(path)
}

async function placed({ data, width, height }: Flat, column: number, row: number): Promise<OverlayOptions> {
  const input = await sharp(Buffer.from(data.buffer, data.byteOffset, data.byteLength), { raw: { width, height, channels: 4 } })
    .resize({ ...cell, fit: 'inside', withoutEnlargement: true })
    .png()
    .toBuffer()
  return { input, left: column * cell.width, top: row * (cell.height + 20) + 20 }
}

function writing(label: string, row: number): OverlayOptions {
  const safe = label.slice(0, 140).replace(/[&<>]/g, (mark) => `&#${mark.charCodeAt(0)};`)
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${3 * cell.width}" height="20"><text x="4" y="15" font-family="DejaVu Sans" font-size="12" fill="#fff">${safe}</text></svg>`
  return { input: Buffer.from(svg), left: 0, top: row * (cell.height + 20) }
}
