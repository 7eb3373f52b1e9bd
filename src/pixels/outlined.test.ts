import { describe, expect, it } from 'vitest'
import { animation, black, drawn, pixelsOf, plain, type Rgba, rendered, seen, white } from '../../test/pictures.ts'

const gray: Rgba = [100, 100, 100]
const [lime, dark, ground] = [
  [0, 255, 0, 255],
  [0, 0, 0, 255],
  [100, 100, 100, 255],
]

describe('an outline', () => {
  it('is a line inside the edges of each area, with a black one on both sides', async () => {
    const { at, width, height } = await pixelsOf(
      'focus(areas=10x20:40x50%2C60x5:90x15)/outline()',
      await plain(100, 60, gray).png().toBuffer(),
    )
    expect([width, height]).toEqual([100, 60])
    const row = [8, 9, 10, 11, 12, 13, 14, 35, 36, 37, 38, 39, 40, 41].map((x) => at(x, 35))
    expect(row).toEqual([ground, dark, lime, lime, lime, dark, ground, ground, dark, lime, lime, lime, dark, ground])
    const column = [18, 19, 20, 21, 22, 23, 24, 46, 47, 48, 49, 50, 51].map((y) => at(25, y))
    expect(column).toEqual([ground, dark, lime, lime, lime, dark, ground, dark, lime, lime, lime, dark, ground])
    expect([at(9, 19), at(10, 20), at(39, 49), at(40, 50), at(75, 5), at(89, 14)]).toEqual([dark, lime, lime, dark, lime, lime])
  })

  it('has the colour and width that are asked', async () => {
    const { at } = await pixelsOf('focus(areas=10x10:40x40)/outline(colour=ff0080,line=1)', await plain(60, 60, gray).png().toBuffer())
    expect([9, 10, 11, 12].map((x) => at(x, 25))).toEqual([dark, [255, 0, 128, 255], dark, ground])
  })

  it('lies on the picture as it stands: shifted with a region, and only what lies in it', async () => {
    const wish = 'focus(areas=30x30:50x50%2C70x70:90x90)/region(x=20,y=20,width=40,height=40)/outline(line=1)'
    const { at, width } = await pixelsOf(wish, await plain(100, 100, gray).png().toBuffer())
    expect([width, at(10, 20), at(29, 20), at(20, 10), at(20, 29)]).toEqual([40, lime, lime, lime, lime])
    let drawnOn = 0
    for (let y = 0; y < 40; y++) for (let x = 0; x < 40; x++) if (at(x, y)[1] === 255) drawnOn += 1
    expect(drawnOn).toBe(4 * 20 - 4)
  })

  it('goes through the effects that follow', async () => {
    const { at } = await pixelsOf('focus(areas=10x10:40x40)/outline()/invert()', await plain(60, 60, gray).png().toBuffer())
    expect([at(11, 25), at(25, 25)]).toEqual([
      [255, 0, 255, 255],
      [155, 155, 155, 255],
    ])
  })

  it('shows what a detector found', async () => {
    const original = await drawn(200, 100, (x, y): Rgba => ((x - 150) ** 2 + (y - 50) ** 2 < 300 ? [220, 20, 20] : [200, 200, 200]))
      .png()
      .toBuffer()
    const made = await rendered('focus(detect=saliency)/outline()|format=png', original)
    const { at } = await seen(made.bytes)
    const [{ left, top, width, height } = { left: 0, top: 0, width: 0, height: 0 }] = made.findings.areas ?? []
    expect([at(left, top), at(left + width - 1, top + height - 1)]).toEqual([lime, lime])
  })

  it('of nothing changes nothing', async () => {
    const original = await plain(20, 20, gray).png().toBuffer()
    for (const wish of ['outline()', 'focus(areas=5x5:5x9)/outline()', 'focus(detect=saliency)/outline()']) {
      const { at } = await pixelsOf(wish, original)
      for (let x = 0; x < 20; x++) expect(at(x, x)).toEqual(ground)
    }
  })

  it('is green on a gray picture too, and opaque on a clear one', async () => {
    const onGray = await pixelsOf('focus(areas=4x4:16x16)/outline()', await plain(20, 20, black).toColourspace('b-w').png().toBuffer())
    expect(onGray.at(5, 10)).toEqual(lime)
    const onClear = await pixelsOf(
      'focus(areas=4x4:16x16)/outline()',
      await plain(20, 20, [...white.slice(0, 3), 0] as unknown as Rgba)
        .png()
        .toBuffer(),
    )
    expect([onClear.at(5, 10), onClear.at(10, 10)[3]]).toEqual([lime, 0])
  })

  it('is on every frame of an animation', async () => {
    const original = await animation('gif', [plain(30, 20, [200, 0, 0]), plain(30, 20, [0, 0, 200])])
    const { at, height } = await seen(
      (await rendered('page(animation=1)/focus(areas=4x4:16x16)/outline()|format=webp,lossless=1', original)).bytes,
    )
    expect([height, at(5, 10), at(5, 30), at(10, 30)]).toEqual([40, lime, lime, [0, 0, 200, 255]])
  })

  it('stays within bounds, however large, small or far the areas', async () => {
    const areas = ['0x0:9999999x9999999', '5000x5000:6000x6000', '0x0:1x1', '3x0:4x2', '9999998x0:9999999x9999999'].join('%2C')
    const { at } = await pixelsOf(`focus(areas=${areas})/outline(line=20)`, await plain(8, 2, gray).png().toBuffer())
    expect([at(0, 0), at(3, 1)]).toEqual([lime, lime])
    const one = await pixelsOf('focus(areas=0x0:1x1)/outline()', await plain(1, 1, gray).png().toBuffer())
    expect(one.at(0, 0)).toEqual(lime)
  })
})
