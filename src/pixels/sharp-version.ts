import { Failure } from '../errors.ts'

/** The oldest sharp that is let near a stranger's file: the libheif that came with those before has a critical flaw in reading AVIF. */
export const oldestSharp = '0.35.4'

/** Why this sharp is not used, as `sharp-too-old`; `undefined` for one that may be. One that does not tell its version is not trusted. */
export function sharpProblem(found: string | undefined): Failure | undefined {
  if (found !== undefined && atLeast(found, oldestSharp)) return undefined
  const message = `Expected sharp ${oldestSharp} or later, whose decoders have no known hole; found ${found ?? 'one of an unknown version'}.`
  return new Failure('sharp-too-old', message)
}

/** Is one version the other, or a later one? `20.19.4`; one that comes before its release, as `1.2.3-rc.1`, is not yet that release. */
export function atLeast(version: string, wanted: string): boolean {
  const [, release = '', before] = /^(\d+(?:\.\d+)*)(-.+)?/.exec(version) ?? []
  const found = release.split('.').map(Number)
  for (const [index, number] of wanted.split('.').map(Number).entries()) {
    const own = found[index] ?? 0
    if (own !== number) return own > number
  }
  return before === undefined
}
