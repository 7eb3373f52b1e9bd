import { Failure } from '../errors.ts'
import type { Pixels } from '../filters/filter.ts'
import type { Findings, Point, Rect, Size } from '../geometry/facts.ts'
import { fitted } from '../geometry/fit.ts'
import type { Known } from '../geometry/known.ts'
import { readPatch } from '../geometry/nine-patch.ts'
import type { Plan } from '../geometry/plan.ts'
import { plan } from '../geometry/planner.ts'
import { looksOf } from '../recipe/looks.ts'
import { originalsIn } from '../recipe/originals.ts'
import type { Recipe } from '../recipe/recipe.ts'
import { type Step, type StepOf, step } from '../recipe/steps.ts'
import type { Colour } from '../schema/colour.ts'
import { contentBox } from './content-box.ts'
import { detect } from './detectors/detect.ts'
import type { Copy } from './detectors/detector.ts'
import { isMark, patchPixels } from './nine-patch.ts'
import { runPasses } from './passes.ts'
import { inColour, openPixels, toPixels } from './raw.ts'
import type { Tools } from './tools.ts'

/** Longest side of the small copy on which a picture chooses its own crop. */
const small = 512

/**
 * Looks at the pixels where a recipe lets the picture decide: what a trim leaves, which part a crop keeps, which colour is commonest, and
 * whether a format without transparency holds the result; and at what the rims of nine-patches say.
 * @param known  What such looks at this very original have found before: that is not looked for again.
 * @returns      Findings for the plan; empty, and without decoding anything, when the recipe needs none.
 */
export async function look(tools: Tools, recipe: Recipe, { facts, findings: known, limits, effects }: Known): Promise<Findings | Failure> {
  let findings: Findings = {}
  for (const { finding, index } of looksOf(recipe)) {
    const step = recipe.steps[index]
    const found = known[finding] === undefined ? step && (await lookBefore(finding, step, index)) : { [finding]: known[finding] }
    if (found instanceof Failure) return found
    findings = { ...findings, ...found }
  }
  return formatDepends() ? opacity() : findings

  /** Would the result be of another format if none of its pixels were transparent? */
  function formatDepends(): boolean {
    if (recipe.output.format !== 'keep' || recipe.output.prefer.length === 0) return false
    const [clear, solid] = [false, true].map((opaque) => plan(recipe, { facts, findings: { ...findings, opaque }, limits, effects }))
    return (
      clear !== undefined && solid !== undefined && 'output' in clear && 'output' in solid && clear.output.format !== solid.output.format
    )
  }

  async function opacity(): Promise<Findings | Failure> {
    const stands = await standing(recipe.steps.length)
    return stands instanceof Failure ? stands : { ...findings, opaque: isOpaque(stands.pixels) }
  }

  async function lookBefore(finding: keyof Findings, at: Step, index: number): Promise<Findings | Failure | undefined> {
    if (finding === 'dominant' || finding === 'mean') return colourOf(finding, at, index)
    if (at.kind === 'trim') return trimmed(at, index)
    if (at.kind === 'frame') return patched(index)
    if (at.kind === 'focus') return detected(at, index)
    return at.kind === 'resize' ? focused(at, index) : undefined
  }

  async function patched(index: number): Promise<Findings | Failure> {
    const original = tools.originals[originalsIn({ steps: recipe.steps.slice(0, index) }).length + 1]
    if (original === undefined) return new Failure('internal', 'A look needs the bytes of each nine-patch.')
    const pixels = await patchPixels(tools.sharp, original)
    const patch = readPatch(pixels, isMark(pixels))
    return patch instanceof Failure ? patch : { patches: [...(findings.patches ?? []), patch] }
  }

  /** The picture as it stands before a step, brought to `size` where one is given. */
  async function standing(index: number, size?: Size, by = tools): Promise<{ pixels: Pixels } | Failure> {
    const planned = before(index, size)
    return planned instanceof Failure ? planned : { pixels: await toPixels(await runPasses(by, planned), planned.size) }
  }

  /** The plan up to a step, not shrunk to the limits of a result: what is found there is in px of the real plan. */
  function before(index: number, size?: Size): Plan | Failure {
    const factor = recipe.dpr === 'auto' ? 1 : recipe.dpr
    const scale = size && {
      ...step('resize', { fit: 'fill', enlarge: true }),
      width: { px: size.width / factor },
      height: { px: size.height / factor },
    }
    const still: Recipe = {
      dpr: recipe.dpr,
      steps: [...recipe.steps.slice(0, index), ...(scale ? [scale] : []), ...recipe.steps.slice(index)],
      output: { ...recipe.output, format: 'png', profile: 'srgb', metadata: 'none' },
    }
    // Nothing is written in this format: whether it is switched on does not matter.
    return plan(still, { facts, findings, limits: { ...limits, writeFormats: ['png'] }, effects }, scale ? index + 1 : index)
  }

  async function trimmed({ threshold, background, corner, distance }: StepOf<'trim'>, index: number): Promise<Findings | Failure> {
    const stands = await standing(index)
    if (stands instanceof Failure) return stands
    const { pixels } = stands
    const whole: Rect = { left: 0, top: 0, width: pixels.width, height: pixels.height }
    if (distance !== undefined) return { trim: contentBox(pixels, corner, distance) ?? whole }
    if (pixels.width < 3 || pixels.height < 3) return { trim: whole } // sharp 0.35 takes no smaller picture for a trim
    const colour = background ?? (corner === 'bottom-right' ? lastColour(pixels) : undefined) // sharp itself takes the first pixel
    const trim = openPixels(tools.sharp, pixels).trim({ threshold, ...(colour === undefined ? {} : { background: colour }) })
    const { info } = await trim.raw().toBuffer({ resolveWithObject: true })
    const { trimOffsetLeft = 0, trimOffsetTop = 0, width, height } = info
    return { trim: width > 0 && height > 0 ? { left: -trimOffsetLeft, top: -trimOffsetTop, width, height } : whole }
  }

  async function focused(at: StepOf<'resize'>, index: number): Promise<Findings | Failure> {
    const stood = before(index)
    if (stood instanceof Failure) return stood
    const { size } = stood
    const dpr = recipe.dpr === 'auto' ? 1 : recipe.dpr
    const { scaled, result } = fitted(at, size, dpr, at.enlarge || facts[0]?.vector === true)
    if (result.width >= scaled.width && result.height >= scaled.height) return {}
    const factor = Math.min(1, small / Math.max(scaled.width, scaled.height))
    const reduced = (full: Size): Size => ({
      width: Math.max(1, Math.round(full.width * factor)),
      height: Math.max(1, Math.round(full.height * factor)),
    })
    const stands = await standing(index, reduced(scaled))
    if (stands instanceof Failure) return stands
    return { focus: await focus(stands.pixels, reduced(result), at.gravity === 'entropy' ? 'entropy' : 'attention') }
  }

  async function focus(pixels: Pixels, box: Size, position: 'attention' | 'entropy'): Promise<Point> {
    const width = Math.min(box.width, pixels.width)
    const height = Math.min(box.height, pixels.height)
    const { info } = await openPixels(tools.sharp, pixels)
      .resize(width, height, { fit: 'cover', position })
      .raw()
      .toBuffer({ resolveWithObject: true })
    const left = Math.abs(info.cropOffsetLeft ?? 0)
    const top = Math.abs(info.cropOffsetTop ?? 0)
    return { x: (left + width / 2) / pixels.width, y: (top + height / 2) / pixels.height }
  }

  async function colourOf(finding: 'dominant' | 'mean', at: Step, index: number): Promise<Findings | Failure> {
    const stood = before(index)
    if (stood instanceof Failure) return stood
    if (at.kind === 'flatten' && !stood.output.alpha) return {} // nothing shows what lies behind it
    return finding === 'mean' ? mean(index) : dominant(index)
  }

  async function mean(index: number): Promise<Findings | Failure> {
    const stands = await standing(index)
    return stands instanceof Failure ? stands : { mean: meanOf(stands.pixels) }
  }

  /** What is found by detectors moves crops by single px, so they always see the same copy: made from the original, whatever is kept of it. */
  async function detected({ detect: names }: StepOf<'focus'>, index: number): Promise<Findings | Failure> {
    const stood = before(index)
    if (stood instanceof Failure) return stood
    const { from: _levels, ...fresh } = tools
    const copyOf = async (size: Size): Promise<Copy | Failure> => {
      const stands = await standing(index, size, fresh)
      return stands instanceof Failure ? stands : inColour(stands.pixels)
    }
    const areas = await detect(tools.detectors, names, stood.size, copyOf, tools.signal)
    return areas instanceof Failure ? areas : { areas }
  }

  async function dominant(index: number): Promise<Findings | Failure> {
    const stood = before(index)
    if (stood instanceof Failure) return stood
    const { size } = stood
    const factor = Math.min(1, 64 / Math.max(size.width, size.height))
    const stands = await standing(index, {
      width: Math.max(1, Math.round(size.width * factor)),
      height: Math.max(1, Math.round(size.height * factor)),
    })
    if (stands instanceof Failure) return stands
    const shown = opaque(stands.pixels)
    if (shown.height === 0) return {} // nothing to be seen
    const { r, g, b } = (await openPixels(tools.sharp, shown).stats()).dominant
    const colour: Colour = { r, g, b, alpha: 1 }
    return { dominant: colour }
  }
}

/** The colour of the last pixel. */
function lastColour({ data, channels }: Pixels): Colour {
  const [r = 0, g = r, b = r] = data.subarray(data.length - channels)
  const alpha = channels % 2 === 0 ? (data[data.length - 1] ?? 255) / 255 : 1
  return channels <= 2 ? { r, g: r, b: r, alpha } : { r, g, b, alpha }
}

function isOpaque({ data, channels }: Pixels): boolean {
  if (channels === 1 || channels === 3) return true
  for (let at = channels - 1; at < data.length; at += channels) if (data[at] !== 255) return false
  return true
}

/** The mean of each channel over all pixels, whatever their alpha, cut off to whole numbers. */
function meanOf({ data, width, height, channels }: Pixels): Colour {
  const colours = channels < 3 ? 1 : 3
  const sums = [0, 0, 0]
  for (let at = 0; at < data.length; at += channels)
    for (let channel = 0; channel < colours; channel++) sums[channel] = (sums[channel] ?? 0) + (data[at + channel] ?? 0)
  const [r = 0, g = r, b = r] = sums.slice(0, colours).map((sum) => Math.floor(sum / (width * height)))
  return { r, g, b, alpha: 1 }
}

/** The pixels that hide at least half of what lies behind them, in one column: what is clear has a colour too, often black. */
function opaque({ data, width, height, channels }: Pixels): Pixels {
  if (channels === 1 || channels === 3) return { data, width, height, channels }
  const colours = channels - 1
  const shown: number[] = []
  for (let at = 0; at < data.length; at += channels) if ((data[at + colours] ?? 0) > 127) shown.push(...data.subarray(at, at + colours))
  return { data: Buffer.from(shown), width: 1, height: shown.length / colours, channels: colours as 1 | 3 }
}
