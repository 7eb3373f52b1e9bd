import { printRecipe, type Recipe, recipe } from './recipe.ts'
import { type Step, step } from './steps.ts'

/** What a look at the pixels finds, by its name among the findings. */
export type Look = {
  readonly finding: 'trim' | 'areas' | 'focus' | 'dominant' | 'mean' | 'patches'
  /** The step before which the picture is looked at. */
  readonly index: number
  /** Equal texts find the same on one original: all that was done to the picture before, and what is looked for. */
  readonly text: string
  /** Other originals lie on what is looked at: the text alone does not tell what is found. */
  readonly mixed: boolean
}

/**
 * The looks that a recipe needs, in the order of its steps; each kind of finding once, by the first step that needs it, but for nine-patches. What comes after a look
 * changes nothing of what it finds, so a picture in many sizes is looked at once.
 */
export function looksOf({ dpr, steps }: Recipe): readonly Look[] {
  const looks: Look[] = []
  for (const [index, at] of steps.entries()) {
    const before = steps.slice(0, index)
    const wish = wishesOf(at).find(({ finding }) => finding === 'patches' || looks.every((look) => look.finding !== finding))
    if (wish === undefined) continue
    const text = `${wish.finding} ${printRecipe(recipe([...before, ...wish.by], {}, dpr))}`
    looks.push({
      finding: wish.finding,
      index,
      text,
      mixed: [...before, ...wish.by].some(({ kind }) => kind === 'overlay' || kind === 'frame'),
    })
  }
  return looks
}

/** What a step may need to be found, the first that is not known yet; and what of the step shapes that. */
function wishesOf(at: Step): readonly { readonly finding: Look['finding']; readonly by: readonly Step[] }[] {
  if (at.kind === 'trim') return [{ finding: 'trim', by: [at] }]
  if (at.kind === 'focus' && at.detect.length > 0) return [{ finding: 'areas', by: [step('focus', { detect: at.detect })] }]
  if (at.kind === 'frame') return [{ finding: 'patches', by: [at] }]
  if (at.kind !== 'resize' && at.kind !== 'pad' && at.kind !== 'canvas' && at.kind !== 'flatten') return []
  const { background } = at
  const colour = background === 'dominant' || background === 'mean' ? [{ finding: background, by: [] }] : []
  const focus = at.kind === 'resize' && typeof at.gravity === 'string' ? [{ finding: 'focus' as const, by: [at] }] : []
  return [...colour, ...focus]
}
