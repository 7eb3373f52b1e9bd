import { spawnSync } from 'node:child_process'
import { accessSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { fontNames } from '../recipe/steps.ts'
import { fontEnvironment, fontFolder, fontPath, fonts } from './fonts.ts'

/** Draws in a fresh process that has the fonts' environment, no home and nothing else; what it said on both streams. */
function draw(script: string): { stdout: string; stderr: string } {
  const env = { ...fontEnvironment(), HOME: '', PATH: process.env.PATH ?? '' }
  const cwd = fontFolder // below the package, so that sharp is found
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', `import sharp from 'sharp'\n${script}`], {
    cwd,
    env,
    encoding: 'utf8',
  })
  return { stdout, stderr }
}

/** Script that prints the ink (dark bytes) of an SVG text for each style, as JSON. */
const inkOf = (styles: readonly string[]): string => `
  const ink = []
  for (const style of ${JSON.stringify(styles)}) {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="500" height="80"><rect width="500" height="80" fill="white"/>' +
      '<text x="5" y="50" font-size="40" style="' + style + '">Tintype 1839</text></svg>'
    const pixels = await sharp(Buffer.from(svg)).raw().toBuffer()
    ink.push(pixels.filter((value) => value < 128).length)
  }
  console.log(JSON.stringify(ink))`

test('every font is a file that is there', () => {
  for (const name of fontNames) expect(() => accessSync(fontPath(name))).not.toThrow()
})

test('text by family: each is its own font, and nothing is said on stderr', () => {
  const families = Object.values(fonts).map(({ family }) => family)
  const { stdout, stderr } = draw(`
    const sizes = []
    for (const font of ${JSON.stringify(families)}) {
      const { info } = await sharp({ text: { text: 'Tintype 1839', font: font + ' 40' } }).png().toBuffer({ resolveWithObject: true })
      sizes.push(info.width)
    }
    console.log(JSON.stringify(sizes))`)
  expect(stderr).toBe('')
  const widths = JSON.parse(stdout) as number[]
  expect(widths.length).toBe(fontNames.length)
  expect(new Set(widths).size).toBe(fontNames.length)
})

test('SVG text: generic families, old names and unknown ones are all drawn', () => {
  const { stdout, stderr } = draw(
    inkOf([
      'font-family:sans-serif',
      'font-family:Arial',
      'font-family:No Such Font',
      'font-family:serif',
      'font-family:monospace',
      'font-family:sans-serif;font-weight:bold',
    ]),
  )
  expect(stderr).toBe('')
  const [sans = 0, arial, unknown, serif = 0, mono = 0, bold = 0] = JSON.parse(stdout) as number[]
  expect(sans).toBeGreaterThan(1000)
  expect([arial, unknown]).toEqual([sans, sans])
  expect(new Set([sans, serif, mono, bold]).size).toBe(4)
  expect(bold).toBeGreaterThan(sans * 1.2)
})

test('where no folder can be written there is no noise either', () => {
  // fontconfig complains when it has nowhere to keep its cache; the null device always takes it.
  expect(readFileSync(fontEnvironment().FONTCONFIG_FILE, 'utf8')).toContain('<cachedir>/dev/null</cachedir>')
})
