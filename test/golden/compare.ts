import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { type Flat, type Likeness, onGray } from '../../scripts/flat.mjs'

export const goldenPath = (name: string): string => fileURLToPath(new URL(`images/${name}.webp`, import.meta.url))

export async function golden(name: string): Promise<Buffer | undefined> {
  return existsSync(goldenPath(name)) ? readFile(goldenPath(name)) : undefined
}

/** Pixels on a middle gray; an animation's frames lie one above the other. */
export async function flat(bytes: Buffer): Promise<Flat> {
  const roll = sharp(bytes, { pages: -1 }).toColourspace('srgb').ensureAlpha()
  const { data, info } = await roll.raw().toBuffer({ resolveWithObject: true })
  return { data: onGray(data), width: info.width, height: info.height }
}

export const isLike = ({ ssim, difference }: Likeness): boolean => ssim >= 0.99 && difference <= 2
