import fc from 'fast-check'

/** Texts as strangers send them. */

/** Anything at all, half surrogates among it. */
const anything = fc.string({ unit: 'binary', maxLength: 400 })

/** Pieces of a grammar in any order, with anything between them. */
export function scrambled(pieces: readonly string[]): fc.Arbitrary<string> {
  const piece = fc.oneof(
    { arbitrary: fc.constantFrom(...pieces), weight: 6 },
    { arbitrary: fc.string({ unit: 'binary', maxLength: 12 }), weight: 1 },
  )
  return fc.array(piece, { maxLength: 40 }).map((all) => all.join(''))
}

/** One or two pieces over and over, up to a length: what makes a careless pattern look at every text again and again. */
export function repeated(pieces: readonly string[], longest: number): fc.Arbitrary<string> {
  return fc
    .tuple(
      fc.constantFrom('', ...pieces),
      fc.constantFrom(...pieces),
      fc.constantFrom('', ...pieces),
      fc.constantFrom('', '!', '\0', ...pieces),
    )
    .map(([before, one, other, behind]) => {
      const room = Math.max(0, longest - before.length - behind.length)
      return before + `${one}${other}`.repeat(room).slice(0, room) + behind
    })
}

/** A valid text with a few of its characters changed, left out or said twice. */
export function damaged(valid: readonly string[]): fc.Arbitrary<string> {
  const change = fc.tuple(fc.nat(), fc.constantFrom('change', 'drop', 'twice'), fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }))
  return fc.tuple(fc.constantFrom(...valid), fc.array(change, { minLength: 1, maxLength: 5 })).map(([text, changes]) =>
    changes.reduce((made, [at, kind, character]) => {
      const index = made.length === 0 ? 0 : at % made.length
      const end = kind === 'twice' ? index : index + 1
      return made.slice(0, index) + (kind === 'drop' ? '' : kind === 'twice' ? made.slice(index, index + 20) : character) + made.slice(end)
    }, text),
  )
}

/** All of these: what a grammar is tried with. */
export function textsLike(valid: readonly string[], pieces: readonly string[], longest: number): fc.Arbitrary<string> {
  return fc.oneof(anything, scrambled([...valid, ...pieces]), repeated([...pieces, ...valid], longest), damaged(valid))
}
