import { borderColours, type Colours, coloursOf, distance } from './colours.ts'
import type { Copy, Detector } from './detector.ts'
import { fieldOf, meanOf, type NumberField, smoothed } from './field.ts'
import { strongest } from './strongest.ts'

/** A colour that is so far from the border's is wholly unlike it, of 255. */
const unlikeEnough = 32
/** Skin counts as much as that much difference in colour. */
const skinWeight = 90
/** Below that, nothing stands out: what a JPEG makes of one even colour, or noise. */
const least = 5

/**
 * What stands out: colours unlike those along the edges of the picture, more detail than it has elsewhere, and the colours of human skin. It
 * knows no faces and no things. A picture that is alike everywhere has no such area.
 */
export const saliency: Detector = {
  name: 'saliency',
  doc: 'What stands out by its colour or its detail, and skin.',
  side: 256,
  find: async (copy) => strongest(energyOf(copy), least),
}

/** How much each pixel stands out, from 0. */
export function energyOf(copy: Copy): NumberField {
  const colours = coloursOf(copy)
  const radius = Math.max(1, Math.round(Math.max(copy.width, copy.height) / 24))
  const unlike = unlikeness(colours)
  const detail = unusual(smoothed(detailOf(colours), radius))
  const skin = skinOf(colours)
  // Where half of the picture has the colour of skin, it is sand, wood or a wall.
  const rarity = Math.min(1, Math.max(0, 0.6 - meanOf(skin)) / 0.4)
  const energy = fieldOf(copy, (index) => {
    const far = unlike.at[index] ?? 0
    const apart = Math.min(1, far / unlikeEnough)
    const own = far + skinWeight * rarity * (skin.at[index] ?? 0) * (0.2 + 0.8 * apart) + 0.2 * apart * (colours.saturation[index] ?? 0)
    return ((own + (detail.at[index] ?? 0)) * (colours.alpha[index] ?? 0)) / 255
  })
  return towardsMiddle(smoothed(smoothed(energy, radius), radius))
}

/** The distance of each pixel's colour from the nearest of those along the four edges: most subjects stand free of them, their ground does not. */
function unlikeness(colours: Colours): NumberField {
  const grounds = borderColours(colours)
  return fieldOf(colours, (index) => Math.min(...grounds.map((ground) => distance(colours, index, ground))))
}

/** How much lightness and alpha change around each pixel, along both axes. */
function detailOf({ width, height, light, alpha }: Colours): NumberField {
  const change = (from: number, to: number): number =>
    Math.abs((light[from] ?? 0) - (light[to] ?? 0)) + Math.abs((alpha[from] ?? 0) - (alpha[to] ?? 0))
  return fieldOf({ width, height }, (index) => {
    const x = index % width
    const y = (index - x) / width
    const across = change(index - (x > 0 ? 1 : 0), index + (x < width - 1 ? 1 : 0))
    const down = change(index - (y > 0 ? width : 0), index + (y < height - 1 ? width : 0))
    return across + down
  })
}

/** What exceeds the mean: detail that is everywhere draws no eye. */
function unusual(field: NumberField): NumberField {
  const mean = meanOf(field)
  return fieldOf(field, (index) => Math.max(0, (field.at[index] ?? 0) - mean))
}

/** Where the colours of human skin are, light or dark, by their chroma: 0 or 1. @see Chai and Ngan, IEEE CSVT 9(4), 1999 */
function skinOf({ width, height, light, blueness, redness, alpha }: Colours): NumberField {
  const within = (value = 0, low: number, high: number): boolean => value >= low && value <= high
  return fieldOf({ width, height }, (index) =>
    within(blueness[index], -51, -1) && within(redness[index], 5, 45) && (light[index] ?? 0) > 30 && (alpha[index] ?? 0) > 127 ? 1 : 0,
  )
}

/** Of two alike the one nearer the middle counts a little more; in the corners four fifths are left. */
function towardsMiddle(field: NumberField): NumberField {
  const { width, height } = field
  return fieldOf(field, (index) => {
    const x = index % width
    const y = (index - x) / width
    const [across, down] = [(2 * x + 1) / width - 1, (2 * y + 1) / height - 1]
    return (field.at[index] ?? 0) * (1 - 0.1 * (across * across + down * down))
  })
}
