import type Sharp from 'sharp'
import type { SourceFormat } from '../geometry/facts.ts'
import { fontEnvironment } from './fonts.ts'

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

let loaded: Promise<SharpModule> | undefined

/**
 * sharp, loaded when first needed: it takes a tenth of a second and 50 MB. The fonts are named before, since fontconfig reads its
 * environment once; libvips' cache is off, since no two jobs share a picture in it.
 */
export function loadSharp(): Promise<SharpModule> {
  loaded ??= (async () => {
    Object.assign(process.env, fontEnvironment())
    const { default: sharp } = await import('sharp')
    sharp.cache(false)
    sharp.block({ operation: ['VipsForeignLoad'] })
    sharp.unblock({ operation: Object.values(loaders) })
    return sharp
  })()
  return loaded
}

declare module 'sharp' {
  interface Sharp {
    /** Keeps the gain map of a JPEG, scaled and turned with it. In sharp since 0.35, not yet in its types. */
    keepGainMap(): Sharp
  }
}
