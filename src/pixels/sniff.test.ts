import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { originals } from '../../test/originals.ts'
import { sniff } from './sniff.ts'

it('tells every format that is read by its first bytes', async () => {
  for (const [name, bytes] of Object.entries(await originals())) expect([name, sniff(bytes)]).toEqual([name, name.split(' ')[0]])
})

const box = (...brands: string[]): Buffer => {
  const bytes = Buffer.concat([Buffer.alloc(4), Buffer.from(`ftyp${brands[0]}\0\0\0\0${brands.slice(1).join('')}`, 'latin1')])
  bytes.writeUInt32BE(bytes.length, 0)
  return bytes
}

it.each<[what: string, bytes: Buffer | string, format: string | undefined]>([
  ['nothing', '', undefined],
  ['one byte', 'G', undefined],
  ['a GIF of the first kind', 'GIF87a..', 'gif'],
  ['a GIF of no kind', 'GIF88a..', undefined],
  ['RIFF that is sound', 'RIFF....WAVE', undefined],
  ['AVIF by its major brand', box('avif', 'mif1'), 'avif'],
  ['AVIF by a compatible brand', box('mif1', 'miaf', 'avif'), 'avif'],
  ['an AVIF sequence', box('avis'), 'avif'],
  ['HEIC', box('heic', 'mif1'), undefined],
  ['a box that lies about its length', Buffer.concat([Buffer.from([255, 255, 255, 255]), Buffer.from('ftypmif1')]), undefined],
  ['little-endian TIFF', 'II*\0....', 'tiff'],
  ['big-endian BigTIFF', 'MM\0+....', 'tiff'],
  ['BMP', 'BM......', undefined],
  ['SVG', '<svg xmlns="http://www.w3.org/2000/svg"/>', 'svg'],
  ['SVG behind a byte order mark, blanks and a declaration', '\ufeff<?xml version="1.0"?>\n<!-- > --><svg>', 'svg'],
  ['SVG behind a doctype with a subset', '<!DOCTYPE svg [ <!ENTITY a "b>c"> ]>\n<svg>', 'svg'],
  ['SVG with a prefix', '<s:svg xmlns:s="http://www.w3.org/2000/svg">', 'svg'],
  ['SVG that is packed', gzipSync('<svg width="1"/>'), 'svg'],
  ['another file that is packed', gzipSync('hello'), undefined],
  ['a broken packing', Buffer.from([0x1f, 0x8b, 8, 0, 0]), undefined],
  ['HTML with SVG in it', '<!doctype html><body><svg>', undefined],
  ['a word that begins with svg', '<svgfoo>', undefined],
  ['a comment without end', '<!-- <svg>', undefined],
  ['text', 'no picture at all', undefined],
  ['MVG', 'push graphic-context', undefined],
])('%s is told', (_what, bytes, format) => {
  expect(sniff(Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes))).toBe(format)
})
