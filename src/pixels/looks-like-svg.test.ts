import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { looksLikeSvg } from './looks-like-svg.ts'
import { sniff } from './sniff.ts'

const svg = '<svg xmlns="http://www.w3.org/2000/svg"/>'

test.each([
  ['plain', Buffer.from(svg)],
  ['after a declaration', Buffer.from(`<?xml version="1.0"?>${svg}`)],
  ['after space', Buffer.from(` \r\n\t${svg}`)],
  ['after more space than any writer leaves', Buffer.from(`${' '.repeat(4000)}${svg}`)],
  ['after blanks of Unicode', Buffer.from(`\u2003\ufeff${svg}`)],
  ['after a byte order mark', Buffer.from(`\ufeff${svg}`)],
  ['UTF-16, little end first', Buffer.from(`\ufeff${svg}`, 'utf16le')],
  ['UTF-16, big end first', Buffer.from(`\ufeff${svg}`, 'utf16le').swap16()],
  ['UTF-16 without a mark', Buffer.from(svg, 'utf16le').swap16()],
  ['gzipped', gzipSync(svg)],
])('SVG: %s', (_, bytes) => expect(looksLikeSvg(bytes)).toBe(true))

test.each([
  ['JPEG', Buffer.from([0xff, 0xd8, 0xff, 0xe0])],
  ['PNG', Buffer.from('\x89PNG\r\n\x1a\n<svg', 'latin1')],
  ['GIF', Buffer.from('GIF89a<svg')],
  ['WebP', Buffer.from('RIFF....WEBP')],
  ['AVIF', Buffer.from('\0\0\0\x20ftypavif', 'latin1')],
  ['AVIF whose first box has 60 bytes', Buffer.from('\0\0\0<ftypavif', 'latin1')],
  ['TIFF', Buffer.from('II*\0')],
  ['nothing', Buffer.alloc(0)],
])('not SVG: %s', (_, bytes) => expect(looksLikeSvg(bytes)).toBe(false))

test('whatever is read as an SVG has its deadline: neither looks further than the other', () => {
  for (let blanks = 0; blanks < 5000; blanks += 37) {
    const padded = Buffer.from(`${' '.repeat(blanks)}${svg}`)
    if (sniff(padded) === 'svg') expect(looksLikeSvg(padded), `${blanks} blanks`).toBe(true)
  }
})
