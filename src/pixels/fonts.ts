import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FontName } from '../recipe/steps.ts'

/** The fonts that ship with the package: two floors up, both from `src/pixels` and from `dist/pixels`. */
const shipped = fileURLToPath(new URL('../../assets/fonts', import.meta.url))

/** The bundle for AWS holds them packed. They are then laid out when the first text is drawn: until then they would only cost time. */
const pack = `${shipped}.br`
const packed = !existsSync(shipped) && existsSync(pack)

/** The folder of the fonts; `fontsReady` says when they are in it. */
export const fontFolder: string = packed ? mkdtempSync(join(tmpdir(), 'tintype-fonts-')) : shipped

let ready: Promise<void> | undefined

/** Wait for this before text or an SVG is drawn. */
export function fontsReady(): Promise<void> {
  ready ??= packed ? import('./font-pack.ts').then(({ unpackFonts }) => unpackFonts(pack, fontFolder)) : Promise.resolve()
  return ready
}

/**
 * The fonts that text can be set in, by the name a URL uses. `family` is what Pango and SVG call it.
 * Whatever text is drawn, these are the only fonts seen, so that a result does not depend on the machine that made it.
 */
export const fonts = {
  sans: { family: 'DejaVu Sans', file: 'DejaVuSans.ttf' },
  'sans bold': { family: 'DejaVu Sans Bold', file: 'DejaVuSans-Bold.ttf' },
  serif: { family: 'DejaVu Serif', file: 'DejaVuSerif.ttf' },
  mono: { family: 'DejaVu Sans Mono', file: 'DejaVuSansMono.ttf' },
} as const satisfies Record<FontName, { readonly family: string; readonly file: string }>

/** Path of a font's file, for sharp's `fontfile`. */
export function fontPath(name: FontName): string {
  return join(fontFolder, fonts[name].file)
}

/**
 * What a process that draws text must find in its environment when it starts: fontconfig reads it once, at the first text,
 * from the C environment that `process.env` writes to as well. Set it before sharp is loaded.
 */
export function fontEnvironment(): { readonly FONTCONFIG_FILE: string } {
  return { FONTCONFIG_FILE: join(fontFolder, 'fonts.conf') }
}
