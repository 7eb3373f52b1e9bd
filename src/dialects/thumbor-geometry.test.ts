import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ordered, words } from '../../test/contracts/dialect.ts'
import { factsOf, limits } from '../../test/pictures.ts'
import { Failure } from '../errors.ts'
import type { Deed, Plan } from '../geometry/plan.ts'
import { plan } from '../geometry/planner.ts'
import { thumbor } from './thumbor.ts'

/** What Thumbor's own transformer did, operation by operation: `800x600 | 300x200 | crop 0,34->800,567; resize 300x200 | 300x200`. */
const file = new URL('../../test/vectors/thumbor/geometry.txt', import.meta.url)
const rows = readFileSync(file, 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => line.split(' | ') as [string, string, string, string])

const roomy = { ...limits, outputSide: 1e9, outputPixels: 1e15, sourcePixels: 1e15 }

function planned(part: string, width: number, height: number): Plan {
  const { recipe } = ordered(thumbor, `/thumbor/unsafe/${part}/example.com/a.jpg`, words)
  const made = plan(recipe, { facts: [factsOf(width, height)], findings: {}, limits: roomy, effects: new Map() })
  if (made instanceof Failure) throw made
  return made
}

function said(deed: Deed): string {
  switch (deed.deed) {
    case 'crop':
      return `crop ${deed.left},${deed.top}->${deed.left + deed.width},${deed.top + deed.height}`
    case 'resize':
      return `resize ${deed.width}x${deed.height}`
    default:
      return deed.deed
  }
}

describe('geometry', () => {
  it.each(rows)('%s: %s', (original, part, operations, size) => {
    const [width = 0, height = 0] = original.split('x').map(Number)
    const made = planned(part, width, height)
    expect([made.told.deeds.map(said).join('; ') || 'none', `${made.size.width}x${made.size.height}`]).toEqual([operations, size])
  })

  it('has many rows', () => expect(rows.length).toBeGreaterThan(350))
})
