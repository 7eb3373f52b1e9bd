import { describe, expect, it } from 'vitest'
import { animation, black, blue, drawn, green, pixelsOf, plain, type Rgba, red, rendered, seen, tried, white } from '../../test/pictures.ts'

const clear: Rgba = [0, 0, 0, 0]
const opaque = ([r, g, b]: Rgba): Rgba => [r, g, b, 255]

/**
 * 9x8 px with its rim: a green border of 2 px, red corners, a clear middle of 3x2 that stretches; padded by 2 px all round.
 */
const patch = () =>
  drawn(9, 8, (x, y): Rgba => {
    const [across, down] = [x >= 3 && x <= 5, y >= 3 && y <= 4]
    const rim = x === 0 || y === 0 || x === 8 || y === 7
    if (rim) return (across && (y === 0 || y === 7)) || (down && (x === 0 || x === 8)) ? opaque(black) : clear
    if (across && down) return clear
    return opaque(across || down ? green : red)
  })
    .png()
    .toBuffer()

describe('a frame', () => {
  it('grows the canvas by its padding and stretches what is marked', async () => {
    const { width, height, at } = await pixelsOf('frame(key=p)', [await plain(40, 30, blue).png().toBuffer(), await patch()])
    expect([width, height]).toEqual([44, 34])
    for (let y = 0; y < 34; y++)
      for (let x = 0; x < 44; x++) {
        const [edge, side] = [x < 2 || x >= 42, y < 2 || y >= 32]
        expect(at(x, y)).toEqual([...(edge && side ? red : edge || side ? green : blue), 255])
      }
  })

  it('has white where neither the picture nor the patch is', async () => {
    const holed = await drawn(5, 5, (x, y): Rgba => {
      if ((x === 2 && (y === 0 || y === 4)) || (y === 2 && (x === 0 || x === 4))) return opaque(black)
      return x === 2 && y === 2 ? opaque(red) : clear
    })
      .png()
      .toBuffer()
    // Padding of 1 on each side; only what stretches is drawn, in red over the picture.
    const { width, height, at } = await pixelsOf('frame(key=p)', [await plain(6, 4, blue).png().toBuffer(), holed])
    expect([width, height]).toEqual([8, 6])
    expect([at(0, 0), at(7, 3), at(1, 1), at(6, 4)]).toEqual([opaque(white), opaque(white), opaque(red), opaque(red)])
  })

  it('mixes what it stretches, in colours that are seen', async () => {
    const ramp = await drawn(4, 3, (x, y): Rgba => {
      if ((y === 0 && (x === 1 || x === 2)) || (x === 0 && y === 1)) return opaque(black)
      return y === 1 && x === 1 ? [255, 0, 0, 255] : y === 1 && x === 2 ? [0, 0, 0, 0] : clear
    })
      .png()
      .toBuffer()
    const { at } = await pixelsOf('frame(key=p)', [await plain(8, 2, white).png().toBuffer(), ramp])
    // Red fading out over white: its red stays full, however clear it is.
    for (let x = 0; x < 8; x++) expect([at(x, 0)[0], Math.abs((at(x, 0)[1] ?? 0) - (255 * x) / 8) <= 2]).toEqual([255, true])
  })

  it('of a picture smaller than what keeps its size has the near corner alone', async () => {
    const bare = await drawn(9, 8, (x, y): Rgba => {
      if (y === 0) return x === 4 ? opaque(black) : clear
      if (x === 0) return y === 3 ? opaque(black) : clear
      return x === 8 || y === 7 ? clear : opaque(red)
    })
      .png()
      .toBuffer()
    const { width, height, at } = await pixelsOf('frame(key=p)', [await plain(4, 3, blue).png().toBuffer(), bare])
    expect([width, height]).toEqual([4, 3])
    expect([at(0, 0), at(2, 1), at(3, 0), at(0, 2)]).toEqual([opaque(red), opaque(red), opaque(blue), opaque(blue)])
  })

  it('lies around every frame of an animation', async () => {
    const film = await animation('gif', [plain(20, 10, blue), plain(20, 10, white)])
    const made = await rendered('page(animation=1)/frame(key=p)|format=webp,lossless=1', [film, await patch()])
    expect(made).toMatchObject({ width: 24, height: 14, frames: 2 })
    const { at } = await seen(made.bytes)
    for (const [frame, colour] of [blue, white].entries()) {
      const top = frame * 14
      expect([at(0, top), at(10, top), at(23, top + 13), at(10, top + 6)]).toEqual([red, green, red, colour].map(opaque))
    }
  })

  it('may lie around another, each with an original of its own, beside marks', async () => {
    const mark = await plain(4, 4, white).png().toBuffer()
    const wish = 'overlay(key=m,across=0,down=0)/frame(key=p)/overlay(key=m,across=-0,down=-0)/frame(key=p)'
    const { width, height, at } = await pixelsOf(wish, [
      await plain(20, 20, blue).png().toBuffer(),
      mark,
      await patch(),
      mark,
      await patch(),
    ])
    expect([width, height]).toEqual([28, 28])
    expect([at(0, 0), at(2, 2), at(4, 4), at(8, 8), at(25, 25), at(22, 22)]).toEqual([red, red, white, blue, white, white].map(opaque))
  })

  it('tells its exact size with the facts', async () => {
    const made = await rendered('resize(width=20)/frame(key=p)|format=jpeg', [await plain(40, 30, blue).png().toBuffer(), await patch()])
    expect(made).toMatchObject({ width: 24, height: 19, findings: { patches: [{ padding: { top: 2, right: 2, bottom: 2, left: 2 } }] } })
  })

  it.each([
    ['without marks', plain(9, 9, [255, 255, 255, 255])],
    ['too small', plain(2, 2, [0, 0, 0, 255])],
    ['marked in what is nearly black', plain(9, 9, [1, 0, 0, 255])],
    ['marked in what is nearly opaque', plain(9, 9, [0, 0, 0, 254])],
  ])('%s is refused', async (_, drawing) => {
    const made = await tried('frame(key=p)|format=png', [await plain(9, 9, blue).png().toBuffer(), await drawing.png().toBuffer()])
    expect(made).toMatchObject({ code: 'patch-invalid', status: 422 })
  })

  it('that is no picture is refused', async () => {
    const made = await tried('frame(key=p)|format=png', [await plain(9, 9, blue).png().toBuffer(), Buffer.from('no picture')])
    expect(made).toMatchObject({ code: 'original-not-image' })
  })

  it('that would grow the picture beyond what may be is refused before it is drawn', async () => {
    const wide = await drawn(3002, 3, (x, y): Rgba => ((x === 0 && y === 1) || y === 0 || (y === 2 && x === 1501) ? opaque(black) : clear))
      .png()
      .toBuffer()
    const original = await plain(9, 9, blue).png().toBuffer()
    const made = await tried('frame(key=p)|format=png', [original, wide], { outputPixels: 20_000 })
    expect(made).toMatchObject({ code: 'output-too-large' })
  })
})
