import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { ssim } from 'ssim.js'

/** Pixels on a middle gray, so that what is clear differs from both black and white; an animation's frames lie one above the other. */
export type Flat = { readonly data: Uint8ClampedArray; readonly width: number; readonly height: number }

export type Likeness = { readonly ssim: number; readonly difference: number }

export const goldenPath = (name: string): string => fileURLToPath(new URL(`images/${name}.webp`, import.meta.url))

export async function golden(name: string): Promise<Buffer | undefined> {
  return existsSync(goldenPath(name)) ? readFile(goldenPath(name)) : undefined
}

export async function flat(bytes: Buffer): Promise<Flat> {
  const roll = sharp(bytes, { pages: -1 }).toColourspace('srgb').ensureAlpha()
  const { data, info } = await roll.raw().toBuffer({ resolveWithObject: true })
  const shown = new Uint8ClampedArray(data.length)
  for (let at = 0; at < data.length; at += 4) {
    const alpha = (data[at + 3] ?? 255) / 255
    for (let channel = 0; channel < 3; channel++) shown[at + channel] = Math.round((data[at + channel] ?? 0) * alpha + 128 * (1 - alpha))
    shown[at + 3] = 255
  }
  return { data: shown, width: info.width, height: info.height }
}

/** How like two pictures of one size are: structural similarity of their light, and mean difference of their colours, 0..255. */
export function likeness(a: Flat, b: Flat): Likeness {
  const { mssim } = ssim({ ...a }, { ...b })
  let sum = 0
  for (const [at, value] of a.data.entries()) sum += Math.abs(value - (b.data[at] ?? 0))
  return { ssim: mssim, difference: sum / (a.width * a.height * 3) }
}

export const isLike = ({ ssim, difference }: Likeness): boolean => ssim >= 0.99 && difference <= 2
