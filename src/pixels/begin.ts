import type { Sharp, SharpOptions } from 'sharp'
import type { Pixels } from '../filters/filter.ts'
import type { Size } from '../geometry/facts.ts'
import { type FromLevel, fromLevel, type LevelWish, levelSize } from '../geometry/levels.ts'
import type { Load, Pass, Plan } from '../geometry/plan.ts'
import type { Family, Held, Level, Levels } from './levels.ts'
import { openPixels } from './raw.ts'
import type { LevelSource, Tools } from './tools.ts'

/** Where a plan begins: a picture not yet decoded or a level, its size, and the passes that are left. */
export type Beginning = { readonly image: Sharp; readonly size: Size; readonly passes: readonly Pass[] }

/** The levels that are there do not do: the original must be decoded, and is not at hand. */
export class OriginalNeeded extends Error {
  override readonly name = 'OriginalNeeded'
}

/** Opens the original, or one of its levels, which is made when a family is asked for once more. */
export async function begin(tools: Tools, plan: Plan): Promise<Beginning> {
  const from = tools.from === undefined ? undefined : fromLevel(plan, tools.from.held.facts)
  const level = from === undefined || tools.from === undefined ? undefined : await levelFor(tools, tools.from, from)
  if (from === undefined || level === undefined) return { image: openOriginal(tools, plan.load), size: plan.load.size, passes: plan.passes }
  return { image: openPixels(tools.sharp, level.pixels), size: level.pixels, passes: from.passes }
}

async function levelFor(tools: Tools, { levels, origin, held, job }: LevelSource, { wish }: FromLevel): Promise<Level | undefined> {
  const family: Family = { origin, page: wish.page, rect: wish.rect }
  const found = levels.find(family, wish.step)
  if (found !== undefined) {
    levels.counts.hits += 1
    if (found.step === wish.step) return found
    // Finer than need be: from the smaller one that it gives, all further ones cost less.
    return keep(levels, family, held, { step: wish.step, pixels: await reduced(openPixels(tools.sharp, found.pixels), levelSize(wish)) })
  }
  if (tools.originals.length === 0 || !levels.again(family, job)) return undefined
  // Where a coarser one did not do, the next wish may well want a finer one still: the finest that there is room for is made at once.
  const wanted = levels.has(family) ? 0 : wish.step
  const fits = (step: number): boolean => levels.holds(levelBytes({ ...wish, step }, held.facts.alpha))
  const step = Array.from({ length: wish.step + 1 }, (_, index) => index).find((index) => index >= wanted && fits(index))
  if (step === undefined) return undefined
  const { left, top, width, height } = wish.rect
  const part = openOriginal(tools, { page: wish.page, pages: 1, size: wish.rect })
  if (width < held.facts.width || height < held.facts.height) part.extract({ left, top, width, height })
  return keep(levels, family, held, { step, pixels: await reduced(part, levelSize({ ...wish, step })) })
}

function keep(levels: Levels, family: Family, held: Held, level: Level): Level {
  levels.keep(family, level, held)
  return level
}

function levelBytes(wish: LevelWish, alpha: boolean): number {
  const { width, height } = levelSize(wish)
  return width * height * (alpha ? 4 : 3)
}

async function reduced(image: Sharp, { width, height }: Size): Promise<Pixels> {
  const { data, info } = await image
    .resize(width, height, { fit: 'fill', fastShrinkOnLoad: true })
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height, channels: info.channels as Pixels['channels'] }
}

function openOriginal({ sharp, originals: [original], mostPixels }: Tools, load: Load): Sharp {
  if (original === undefined) throw new OriginalNeeded()
  return sharp(original, loadOptions(load, mostPixels))
}

/** A page is asked for only where it is another than the first: libvips takes that of an AVIF for another than the one which it shows. */
function loadOptions({ page, pages }: Load, mostPixels: number): SharpOptions {
  return { ...(page === 0 && pages === 1 ? {} : { page, pages }), limitInputPixels: mostPixels, failOn: 'warning' }
}
