import type { Sharp, SharpOptions } from 'sharp'
import type { Size } from '../geometry/facts.ts'
import { type FromLevel, fromLevel } from '../geometry/levels.ts'
import type { Load, Pass, Plan } from '../geometry/plan.ts'
import { copyrightOf } from './copyright.ts'
import type { Family, Level } from './levels.ts'
import { openPixels, toPixels } from './raw.ts'
import type { LevelSource, Tools } from './tools.ts'

/** Where a plan begins: a picture not yet decoded or a level, its size, and the passes that are left. */
export type Beginning = { readonly image: Sharp; readonly size: Size; readonly passes: readonly Pass[] }

/** There is no level that does: the original must be decoded, and is not at hand. */
export class OriginalNeeded extends Error {
  override readonly name = 'OriginalNeeded'
}

/** Opens the original, or one of its levels, which is made when a family is asked for once more. */
export async function begin(tools: Tools, plan: Plan): Promise<Beginning> {
  const from = tools.from === undefined ? undefined : fromLevel(plan, tools.from.held.facts)
  const level = from === undefined || tools.from === undefined ? undefined : await levelFor(tools, tools.from, from)
  if (from === undefined || level === undefined) return { image: openOriginal(tools, plan.load), size: plan.load.size, passes: plan.passes }
  return { image: openPixels(tools.sharp, level), size: level, passes: from.passes }
}

async function levelFor(tools: Tools, { levels, origin, held, job }: LevelSource, { wish }: FromLevel): Promise<Level | undefined> {
  const { page, rect } = wish
  const family: Family = { origin, page, rect }
  const found = levels.find(family)
  if (found !== undefined) return found
  const { alpha, width, height } = held.facts
  if (tools.originals.length === 0 || !levels.again(family, job) || !levels.holds(rect.width * rect.height * (alpha ? 4 : 3)))
    return undefined
  // What it says of whose it is would be written otherwise beside pixels alone.
  if (copyrightOf(held.exif) !== undefined) return undefined
  const part = openOriginal(tools, { page, pages: 1, size: rect })
  if (rect.width < width || rect.height < height) {
    const { left, top, width, height } = rect
    part.extract({ left, top, width, height })
  }
  const level = await toPixels(part, rect)
  if (level.channels > 4) return undefined // a TIFF may have more, which nobody takes as pixels
  levels.keep(family, level, held.facts)
  return level
}

function openOriginal({ sharp, originals: [original], mostPixels }: Tools, load: Load): Sharp {
  if (original === undefined) throw new OriginalNeeded()
  return sharp(original, loadOptions(load, mostPixels))
}

/** A page is asked for only where it is another than the first: libvips takes that of an AVIF for another than the one which it shows. */
function loadOptions({ page, pages }: Load, mostPixels: number): SharpOptions {
  return { ...(page === 0 && pages === 1 ? {} : { page, pages }), limitInputPixels: mostPixels, failOn: 'warning' }
}
