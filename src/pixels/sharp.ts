import type Sharp from 'sharp'
import type { SourceFormat } from '../geometry/facts.ts'
import { fontEnvironment } from './fonts.ts'
import { sharpProblem } from './sharp-version.ts'

/** sharp, as a function that opens pictures, with its tables of formats and versions. */
export type SharpModule = typeof Sharp

/** The loaders of libvips that are left switched on, all from memory. Every other one, and every file, is blocked in libvips itself. */
const loaders: Readonly<Record<SourceFormat, string>> = {
  jpeg: 'VipsForeignLoadJpegBuffer',
  png: 'VipsForeignLoadPngBuffer',
  webp: 'VipsForeignLoadWebpBuffer',
  gif: 'VipsForeignLoadNsgifBuffer',
  avif: 'VipsForeignLoadHeifBuffer',
  tiff: 'VipsForeignLoadTiffBuffer',
  svg: 'VipsForeignLoadSvgBuffer',
}

/** Reads a JPEG together with its gain map, at three times the cost, so it is on only while somebody wants gain maps. */
const gainMapLoader = 'VipsForeignLoadUhdrBuffer'

let loaded: Promise<SharpModule> | undefined
let wantGainMaps = 0

/**
 * sharp, loaded when first needed: it takes a tenth of a second and 50 MB. The fonts are named before, since fontconfig reads its
 * environment once; libvips' cache is off, since no two jobs share a picture in it.
 * @throws `sharp-too-old`: no picture is read by a decoder that is known to be open.
 */
export function loadSharp(): Promise<SharpModule> {
  loaded ??= (async () => {
    Object.assign(process.env, fontEnvironment())
    const { default: sharp } = await import('sharp')
    const problem = sharpProblem(sharp.versions.sharp)
    if (problem !== undefined) throw problem
    sharp.cache(false)
    sharp.block({ operation: ['VipsForeignLoad'] })
    sharp.unblock({ operation: Object.values(loaders) })
    return sharp
  })()
  return loaded
}

/** Runs some work, with the loader of gain maps switched on if it wants them. The switch is libvips' own, for the whole process. */
export async function withGainMaps<T>(sharp: SharpModule, wanted: boolean, work: () => Promise<T>): Promise<T> {
  if (!wanted) return work()
  wantGainMaps += 1
  sharp.unblock({ operation: [gainMapLoader] })
  try {
    return await work()
  } finally {
    wantGainMaps -= 1
    if (wantGainMaps === 0) sharp.block({ operation: [gainMapLoader] })
  }
}

declare module 'sharp' {
  interface Sharp {
    /**
     * Private to sharp 0.35: the orientation tag to write. Its public form, `withMetadata`, would keep all metadata and convert the profile
     * as well, and libvips writes the tag of the original whatever `withExif` says.
     */
    readonly options: { withMetadataOrientation: number }
    /** Keeps the gain map of a JPEG, scaled and turned with it. In sharp since 0.35, not yet in its types. */
    keepGainMap(): Sharp
  }
}
