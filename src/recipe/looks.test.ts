import { describe, expect, it } from 'vitest'
import { Failure } from '../errors.ts'
import { looksOf } from './looks.ts'
import { readRecipe } from './recipe.ts'

function looks(text: string): ReturnType<typeof looksOf> {
  const recipe = readRecipe(text)
  if (recipe instanceof Failure) throw recipe
  return looksOf(recipe)
}

const textOf = (text: string, finding: string): string | undefined => looks(text).find((look) => look.finding === finding)?.text

describe('the looks of a recipe', () => {
  it.each([
    ['resize(width=9)/blur(sigma=3)|', []],
    ['focus(areas=0x0:9x9)/resize(width=9,height=9,fit=cover)|', []],
    ['trim()/focus(detect=saliency)/resize(width=9,height=5,fit=cover,gravity=attention)|', ['trim 0', 'areas 1', 'focus 2']],
    ['pad(top=3,background=auto)/resize(width=9,height=9,fit=pad,background=auto)|', ['dominant 0']],
    ['resize(width=9,height=9,fit=pad,background=auto,gravity=entropy)|', ['dominant 0']],
  ])('%s are %j', (text, expected) => expect(looks(text).map(({ finding, index }) => `${finding} ${index}`)).toEqual(expected))

  it('are the same whatever comes after them, and whatever else the step says', () => {
    const small = 'orient()/trim()/focus(areas=1x1:9x9,detect=saliency)/resize(width=90,height=50,fit=cover)|format=webp'
    const large = 'orient()/trim()/focus(detect=saliency)/region(x=9)/resize(width=900,height=900)/gray()|format=jpeg,quality=9'
    for (const finding of ['trim', 'areas']) expect(textOf(small, finding)).toBe(textOf(large, finding) ?? 'none')
  })

  it('are others where what is looked at or for is another', () => {
    const texts = [
      'focus(detect=saliency)|',
      'orient()/focus(detect=saliency)|',
      'trim()/focus(detect=saliency)|',
      'trim(threshold=20)/focus(detect=saliency)|',
      'page(index=1)/focus(detect=saliency)|',
      'pad(top=9)/focus(detect=saliency)|',
      'pad(top=9)/focus(detect=saliency)|dpr=2',
    ].map((text) => textOf(text, 'areas'))
    expect(new Set(texts).size).toBe(7)
  })

  it('say when other originals lie on what is looked at', () => {
    expect(looks('overlay(key=a.png)/trim()|')).toMatchObject([{ mixed: true }])
    expect(looks('trim()/overlay(key=a.png)|')).toMatchObject([{ mixed: false }])
  })
})
