import { rename } from 'node:fs/promises'
import type sharp from 'sharp'

/**
 * Makes `24mpx.jpg`, the sample too large to ship: the landscape at 6000 x 4000 with fresh grain, so that it weighs what a camera's file
 * weighs (some 6 MB). The same bytes each time; about 3 s of work. What is at `path` is replaced whole or not at all.
 *
 * @param load  sharp, loaded by the caller: a server does this in a render process, where alone sharp lives.
 */
export async function drawLargeSample(load: typeof sharp, landscape: string, path: string): Promise<void> {
  const side = 500
  const grain = Buffer.alloc(side * side * 3)
  let state = 24
  for (let i = 0; i < grain.length; i += 3) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0 // Numerical Recipes, 7.1
    grain.fill(128 + ((((state >>> 24) + ((state >>> 16) & 255)) >> 3) - 32), i, i + 3)
  }
  const started = `${path}.${process.pid}.part`
  await load(landscape)
    .resize(6000, 4000, { fit: 'cover', kernel: 'cubic' })
    .composite([{ input: grain, raw: { width: side, height: side, channels: 3 }, tile: true, blend: 'soft-light' }])
    .jpeg({ quality: 90 })
    .toFile(started)
  await rename(started, path)
}
