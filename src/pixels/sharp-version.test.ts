import { describe, expect, it, test, vi } from 'vitest'
import { openPool } from './pool.ts'
import { oldestSharp, sharpProblem } from './sharp-version.ts'

describe('the oldest sharp that is used', () => {
  test.each([
    ['0.35.4', false],
    ['0.35.10', false],
    ['0.36.0', false],
    ['1.0.0', false],
    ['0.36.0-rc.1', false],
    ['0.35.3', true],
    ['0.34.99', true],
    ['0.35.4-rc.0', true],
    ['0.35', true],
    ['', true],
    [undefined, true],
  ])('%s: refused is %s', (found, refused) => {
    expect(sharpProblem(found)?.code).toBe(refused ? 'sharp-too-old' : undefined)
  })

  it('is what package.json pins, or older', async () => {
    const { default: about } = await import('../../package.json', { with: { type: 'json' } })
    expect(about.dependencies.sharp).toMatch(/^\d+\.\d+\.\d+$/)
    expect(sharpProblem(about.dependencies.sharp)).toBeUndefined()
  })

  it('stops what renders in its own process', async () => {
    vi.doMock('sharp', () => ({ default: { versions: { sharp: '0.35.3' } } }))
    const { openInProcess } = await import('./in-process.ts')
    await expect(openInProcess({ filters: [] })).rejects.toMatchObject({
      code: 'sharp-too-old',
      message: expect.stringContaining(oldestSharp),
    })
    vi.doUnmock('sharp')
  })

  it('stops the start of a server, which hears it from its render processes', async () => {
    const pool = await openPool({ entry: new URL('../../test/old-sharp-process.mjs', import.meta.url), processes: 1, spare: 0 })
    try {
      const { signal } = new AbortController()
      await expect(pool.formats(signal)).rejects.toMatchObject({ code: 'sharp-too-old', message: expect.stringContaining('0.35.3') })
      expect(await pool.ready(signal)).toBe(false)
      expect(pool.figures().crashes).toBe(0)
    } finally {
      await pool.close()
    }
  })
})
