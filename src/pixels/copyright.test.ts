import sharp from 'sharp'
import { expect, it } from 'vitest'
import { plain, red } from '../../test/pictures.ts'
import { copyrightOf } from './copyright.ts'

async function exif(IFD0: Record<string, string>): Promise<Buffer | undefined> {
  return (await sharp(await plain(4, 4, red).withExif({ IFD0 }).jpeg().toBuffer()).metadata()).exif
}

it('reads whose a picture is, and no more', async () => {
  expect(copyrightOf(await exif({ Copyright: '(c) Ada', Artist: 'Ada', Make: 'Camera' }))).toEqual({ Copyright: '(c) Ada', Artist: 'Ada' })
  expect(copyrightOf(await exif({ Artist: 'Ada' }))).toEqual({ Artist: 'Ada' })
  expect(copyrightOf(await exif({ Make: 'Camera' }))).toBeUndefined()
})

it('takes control characters out and cuts what is too long', async () => {
  expect(copyrightOf(await exif({ Copyright: ' a\u0007\u001b[2Jb ' }))?.Copyright).toBe('a [2Jb')
  expect(copyrightOf(await exif({ Copyright: 'x'.repeat(5000) }))?.Copyright).toHaveLength(500)
})

it('keeps no page and no program in what it says', async () => {
  expect(copyrightOf(await exif({ Artist: 'Ada <ada@example.org>' }))?.Artist).toBe('Ada (ada@example.org)')
  expect(copyrightOf(await exif({ Copyright: '<?php a(); ?><script>' }))?.Copyright).toBe('(?php a(); ?)(script)')
})

it('says nothing of what is broken, absent or huge', () => {
  expect(copyrightOf(undefined)).toBeUndefined()
  expect(copyrightOf(Buffer.from('Exif\0\0garbage'))).toBeUndefined()
  expect(copyrightOf(Buffer.alloc(2_000_000))).toBeUndefined()
})
