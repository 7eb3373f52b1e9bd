import type { Facts } from '../geometry/facts.ts'
import type { Deed, Told } from '../geometry/plan.ts'
import type { Recipe } from '../recipe/recipe.ts'
import type { Explained, Order } from './dialect.ts'

/**
 * What Thumbor answers to `meta`: the operations that would be carried out, in its own shape. Four things are not as Thumbor has them: `source`
 * holds the size of the original, where Thumbor's holds that of the result; sizes are whole numbers, never `300.0`; a source that is
 * scaled down to the largest size which is read shows that as its first operation, so that all coordinates follow from it; and `target` is the
 * size of the picture that then comes, filters included.
 * @see https://thumbor.readthedocs.io/en/latest/usage.html
 */
export function thumborMeta({ key }: Pick<Order, 'key'>, { recipe, plan, facts }: Explained): Readonly<Record<string, unknown>> {
  const [original] = facts
  const { width, height } = plan.size
  return {
    thumbor: {
      source: { url: quoted(key), ...sourceSize(original, recipe), frameCount: original.pages },
      operations: plan.told.deeds.map(operation),
      target: { width, height },
      focal_points: plan.told.focus.map(focalPoint),
    },
  }
}

/** As the viewer sees the original, which is turned by its tag only where the recipe says so. */
function sourceSize({ width, height, orientation }: Facts, { steps }: Recipe): { readonly width: number; readonly height: number } {
  const orient = steps.find((step) => step.kind === 'orient')
  const tag = orient === undefined ? 1 : orient.tag === 'auto' ? orientation : Number(orient.tag)
  return tag >= 5 ? { width: height, height: width } : { width, height }
}

function operation(done: Deed): Readonly<Record<string, unknown>> {
  switch (done.deed) {
    case 'crop':
      return { type: 'crop', left: done.left, top: done.top, right: done.left + done.width, bottom: done.top + done.height }
    case 'resize':
      return { type: 'resize', width: done.width, height: done.height }
    case 'flop':
      return { type: 'flip_horizontally' }
    case 'flip':
      return { type: 'flip_vertically' }
    default:
      return done satisfies never
  }
}

const origins = { said: 'Explicit', found: 'detection', aligned: 'alignment' } as const

function focalPoint({ x, y, weight, width, height, origin }: Told['focus'][number]): Readonly<Record<string, unknown>> {
  return { x, y, z: weight, height, width, origin: origins[origin] }
}

/** The key as Thumbor writes one: all percent-encoded but letters, digits, `_.-~/`. What is no character is U+FFFD. */
function quoted(key: string): string {
  return encodeURIComponent(key.replace(/[\ud800-\udfff]/gu, '\ufffd'))
    .replace(/%2F/g, '/')
    .replace(/[!*'()]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
}
