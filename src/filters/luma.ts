/** How much red, green and blue add to the lightness that is seen. @see ITU-R BT.709, 3.2 */
export const lumaWeights = [0.2126, 0.7152, 0.0722] as const

/** The same by the older measure of television and JPEG. @see ITU-R BT.601-7, 2.5.1 */
export const olderLumaWeights = [0.299, 0.587, 0.114] as const

/** Lightness of a colour, 0..255, not rounded. */
export function lumaOf(r: number, g: number, b: number): number {
  return lumaWeights[0] * r + lumaWeights[1] * g + lumaWeights[2] * b
}
