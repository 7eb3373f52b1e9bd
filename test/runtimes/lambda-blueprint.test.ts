import { tmpdir } from 'node:os'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { createLambda } from '../../src/runtimes/lambda/lambda.ts'
import { plain, quadrants, red } from '../pictures.ts'
import { event } from './lambda-callers.ts'

/** Nothing is set up: no bucket, no folder, no key; a fresh function does all of this. */
const { handler } = createLambda({ env: { LAMBDA_TASK_ROOT: tmpdir() }, write: () => {} })

type Row = {
  readonly event: Record<string, unknown>
  readonly result?: string | { readonly type: 'text' | 'object' | 'base64'; readonly value?: string; readonly has?: readonly string[] }
  readonly error?: string
}
const rows = event('blueprint-image-processing-service') as unknown as readonly Row[]

describe('the blueprint of 2015', () => {
  it.each(rows.map((row) => [JSON.stringify({ ...row.event, base64Image: row.event.base64Image && '…' }), row] as const))(
    'answers %s as it did',
    async (_shown, { event: asked, result, error }) => {
      if (error !== undefined) {
        await expect(handler(asked)).rejects.toThrow(new Error(error))
        return
      }
      const got = await handler(asked)
      if (typeof result !== 'object') return expect(got).toBe(result)
      const { type, value, has = [], ...facts } = result
      switch (type) {
        case 'text':
          expect(got).toEqual(value ?? expect.stringMatching(/\w/))
          break
        case 'object':
          for (const name of has) expect(got).toHaveProperty([name])
          break
        default:
          expect(await sharp(Buffer.from(got as string, 'base64')).metadata()).toMatchObject(facts)
      }
    },
  )

  const image = async (width: number, height: number): Promise<string> =>
    (await quadrants(width, height).jpeg().toBuffer()).toString('base64')
  const sizeOf = async (got: unknown): Promise<unknown> => {
    const { width, height, format } = await sharp(Buffer.from(got as string, 'base64')).metadata()
    return [format, width, height]
  }

  it.each([
    [{ operation: 'resize', width: 20 }, ['png', 20, 10]],
    [{ operation: 'resize', height: 20, outputExtension: 'webp' }, ['webp', 40, 20]],
    [{ operation: 'resize', width: '20', height: 20, outputExtension: 'jpg', quality: 0.5, strip: true }, ['jpeg', 20, 10]],
    [{ operation: 'thumbnail', width: 0 }, ['png', 100, 50]],
    [{ operation: 'convert', outputExtension: 'gif' }, ['gif', 80, 40]],
    [{ operation: 'convert', customArgs: ['-resize', '50%'], outputExtension: 'png' }, ['png', 40, 20]],
    [{ operation: 'convert', customArgs: ['-resize', '20x20!', '-strip', '-quality', '70'], outputExtension: 'jpg' }, ['jpeg', 20, 20]],
    [{ operation: 'convert', customArgs: ['-thumbnail', '20x20^', '-auto-orient'], outputExtension: 'png' }, ['png', 40, 20]],
    [{ operation: 'convert', customArgs: ['-resize', '200x200>'], outputExtension: 'png' }, ['png', 80, 40]],
    [{ operation: 'convert', customArgs: ['-resize', '200'], outputExtension: 'png' }, ['png', 200, 100]],
    [{ operation: 'convert', customArgs: ['-resize', 'x20', '-flip', '-flop'], outputExtension: 'png' }, ['png', 40, 20]],
  ])('makes of %j %j', async (asked, expected) => {
    expect(await sizeOf(await handler({ ...asked, base64Image: await image(80, 40) }))).toEqual(expected)
  })

  it('turns pictures over as it is told', async () => {
    const asked = { operation: 'convert', base64Image: await image(80, 40), customArgs: ['-flip'], outputExtension: 'png' }
    const { data } = await sharp(Buffer.from((await handler(asked)) as string, 'base64'))
      .raw()
      .toBuffer({ resolveWithObject: true })
    const [r = 0, , b = 0] = data
    expect([r < 60, b > 190]).toEqual([true, true]) // blue was at the bottom left
  })

  it('identifies what it is given', async () => {
    const base64Image = await image(80, 40)
    expect(await handler({ operation: 'identify', base64Image })).toEqual({
      format: 'JPEG',
      width: 80,
      height: 40,
      depth: 8,
      pages: 1,
      'mime type': 'image/jpeg',
      geometry: '80x40+0+0',
    })
    expect(await handler({ operation: 'identify', base64Image, customArgs: ['-format', '%m %w%% %h\\n%z'] })).toBe('JPEG 80% 40\n8')
  })

  it('refuses by its name what it does not understand, and runs no command', async () => {
    const base64Image = (await plain(4, 4, red).png().toBuffer()).toString('base64')
    for (const [asked, message] of [
      [{ operation: 'convert', customArgs: ['-write', '/etc/passwd'], outputExtension: 'png' }, /"-write" is not understood/],
      [{ operation: 'convert', customArgs: ['@/etc/passwd'], outputExtension: 'png' }, /"@\/etc\/passwd" is not understood/],
      [{ operation: 'convert', customArgs: ['-resize', '20;id'], outputExtension: 'png' }, /-resize: expected a size/],
      [{ operation: 'convert', customArgs: ['-resize'], outputExtension: 'png' }, /-resize: expected a value/],
      [
        { operation: 'convert', customArgs: ['-resize', '9', '-thumbnail', '9'], outputExtension: 'png' },
        /-thumbnail: a size was given before/,
      ],
      [{ operation: 'convert', customArgs: ['-resize', '9'] }, /no "outputExtension" field supplied/],
      [{ operation: 'convert', customArgs: 'rose:', outputExtension: 'png' }, /"customArgs" is no list/],
      [{ operation: 'convert', outputExtension: 'exe' }, /"outputExtension": expected one of png, jpg/],
      [{ operation: 'convert', outputExtension: 'constructor' }, /"outputExtension": expected one of/],
      [{ operation: 'identify', customArgs: ['-verbose'] }, /"-verbose" is not understood/],
      [{ operation: 'identify', customArgs: ['-format', '%[EXIF:GPSLatitude]'] }, /"%\[EXIF:GPSLatitude\]" is not understood/],
      [{ operation: 'identify', customArgs: ['-format', '%w', '-write'] }, /"-write" is not understood/],
      [{ operation: 'identify', customArgs: ['-format', '%c'] }, /"%c" is not understood/],
      [{ operation: 'resize', srcPath: '/etc/passwd' }, /"srcPath" is not understood; expected base64Image, /],
      [{ operation: 'resize', customArgs: ['-negate'] }, /"customArgs" is not understood/],
      [{ operation: 'resize', width: -1 }, /"width": expected a whole number/],
      [{ operation: 'resize', quality: 70 }, /"quality": expected 0 to 1/],
      [{ operation: 'resize', width: 99_999 }, /^w: /],
      [{ operation: 'toString' }, /^Unrecognized operation "toString"$/],
    ] as const) {
      await expect(handler({ ...asked, base64Image })).rejects.toThrow(message)
    }
  })

  it('says what is wrong with a picture', async () => {
    const failing = async (base64Image: unknown): Promise<unknown> =>
      handler({ operation: 'resize', base64Image }).catch((thrown: unknown) => `${(thrown as Error).name}: ${(thrown as Error).message}`)
    expect(await failing('no base64!')).toBe('Error: Invalid resize request: "base64Image" is no base64.')
    expect(await failing(Buffer.from('text').toString('base64'))).toMatch(/^original-not-image: The original is no picture/)
    expect(await failing(Buffer.alloc(20_000_001).toString('base64'))).toMatch(/^original-too-large: /)
    expect(await failing(7)).toMatch(/is no base64/)
  })

  it('says what cannot be handed over', async () => {
    const noise = Buffer.from(Array.from({ length: 1_000_000 }, (_, at) => (at * at * 31 + (at >> 3) * 7 + at * 131) % 251))
    const base64Image = (
      await sharp(noise, { raw: { width: 1000, height: 1000, channels: 1 } })
        .png()
        .toBuffer()
    ).toString('base64')
    const asked = { operation: 'resize', base64Image, width: 4000, outputExtension: 'tiff' }
    await expect(handler(asked)).rejects.toThrow(/^The picture has \d+ bytes in base64; at most \d+ can be handed over\.$/)
  })
})
