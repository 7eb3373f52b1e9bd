import type Sharp from 'sharp'
import { type SourceFormat, sourceFormats } from '../geometry/facts.ts'
import { fontEnvironment } from './fonts.ts'
import { sharpProblem } from './sharp-version.ts'

/** sharp, as a function that opens pictures, with its tables of formats and versions. */
export type SharpModule = typeof Sharp

/** The loader of each format in libvips, all from memory. Every other one, and every file, is blocked in libvips itself. */
const loaders: Readonly<Record<SourceFormat, string>> = {
  jpeg: 'VipsForeignLoadJpegBuffer',
  png: 'VipsForeignLoadPngBuffer',
  webp: 'VipsForeignLoadWebpBuffer',
  gif: 'VipsForeignLoadNsgifBuffer',
  avif: 'VipsForeignLoadHeifBuffer',
  tiff: 'VipsForeignLoadTiffBuffer',
  svg: 'VipsForeignLoadSvgBuffer',
}

/** Loaders that some jobs need beside those of originals: of a gain map, and of what one pass hands to the next with profile and metadata. */
const passing = {
  /** Reads a JPEG together with its gain map, at three times the cost, so it is on only while somebody wants gain maps. */
  gainMap: 'VipsForeignLoadUhdrBuffer',
  pass: loaders.png,
} as const
export type PassingLoader = keyof typeof passing

let loaded: Promise<SharpModule> | undefined
/** Loaders that are on for good, and how many jobs want each of the others now. */
const switchedOn = new Set<string>()
const wanted = new Map<string, number>()

/**
 * sharp, loaded when first needed: it takes a tenth of a second and 50 MB. The fonts are named before, since fontconfig reads its
 * environment once; libvips' cache is off, since no two jobs share a picture in it.
 * @param read  Formats whose loaders are switched on. The switch is libvips' own, for the whole process: what one caller needs stays on.
 * @throws `sharp-too-old`: no picture is read by a decoder that is known to be open.
 */
export async function loadSharp(read: readonly SourceFormat[] = sourceFormats): Promise<SharpModule> {
  loaded ??= (async () => {
    Object.assign(process.env, fontEnvironment())
    const { default: sharp } = await import('sharp')
    const problem = sharpProblem(sharp.versions.sharp)
    if (problem !== undefined) throw problem
    sharp.cache(false)
    sharp.block({ operation: ['VipsForeignLoad'] })
    return sharp
  })()
  const sharp = await loaded
  const operation = read.map((format) => loaders[format])
  for (const loader of operation) switchedOn.add(loader)
  sharp.unblock({ operation })
  return sharp
}

/** Runs some work with some more loaders on. */
export async function withLoaders<T>(sharp: SharpModule, which: readonly PassingLoader[], work: () => Promise<T>): Promise<T> {
  const operation = which.map((name) => passing[name]).filter((loader) => !switchedOn.has(loader))
  if (operation.length === 0) return work()
  for (const loader of operation) wanted.set(loader, (wanted.get(loader) ?? 0) + 1)
  sharp.unblock({ operation })
  try {
    return await work()
  } finally {
    for (const loader of operation) wanted.set(loader, (wanted.get(loader) ?? 0) - 1)
    sharp.block({ operation: operation.filter((loader) => wanted.get(loader) === 0 && !switchedOn.has(loader)) })
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
