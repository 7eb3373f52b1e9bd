import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Failure } from '../errors.ts'
import { recipe } from '../recipe/recipe.ts'
import { admit } from '../service/admit.ts'
import { plainDelivery } from './dialect.ts'
import { readThumborPath } from './thumbor-path.ts'
import { meaningOf } from './thumbor-print.ts'
import { thumborProof, thumborSignature } from './thumbor-signature.ts'

const key = 'clé-secrète'

/** Is the target admitted, by a service that takes what proxies make of paths or not? */
function admits(target: string, decodedPaths: boolean): boolean {
  const request = readThumborPath(target, { decodedPaths })
  if (request instanceof Failure) return false
  const proof = thumborProof(request, { decodedPaths })
  return admit({ key: 'x', recipe: recipe([]), delivery: plainDelivery, proof }, ['another', key], 0) === undefined
}

/** What is signed, and what arrives of it. */
const proxies: readonly (readonly [signed: string, sent: string])[] = [
  ['filters:blur(2)/a.jpg', 'filters:blur%282%29/a.jpg'],
  ['filters:blur(2)/a.jpg', 'filters%3Ablur(2)/a.jpg'],
  ['filters:blur%282%29/a.jpg', 'filters:blur(2)/a.jpg'],
  ['300x200/maracuj%C3%A1.jpg', '300x200/maracuj%c3%a1.jpg'],
  ['300x200/maracuj%c3%a1.jpg', '300x200/maracuj%C3%A1.jpg'],
  ['300x200/maracujá.jpg', '300x200/maracuj%C3%A1.jpg'],
  ['300x200/a b.jpg', '300x200/a%20b.jpg'],
  ['300x200/%7Eme/a.jpg', '300x200/~me/a.jpg'],
  ['300x200/~me/a.jpg', '300x200/%7eme/a.jpg'],
  ['300x200/a+b.jpg', '300x200/a%2Bb.jpg'],
  ['300x200/a%2Bb.jpg', '300x200/a+b.jpg'],
  ['10x20:30x40/http://h.example/a.jpg', '10x20%3A30x40/http%3A//h.example/a.jpg'],
  ['300x200/https%3A%2F%2Fh.example%2Fa.jpg%3Fv%3D1', '300x200/https://h.example/a.jpg%3Fv=1'],
  ['filters:quality(80)/https%3A//h.example/a.jpg', 'filters:quality(80)/https://h.example/a.jpg'],
  ['300x200/%69mage.jpg', '300x200/%69mage.jpg'],
]

describe('a signature', () => {
  it.each(proxies)('over %s holds for %s only where proxies are reckoned with', (signed, sent) => {
    const target = `/${thumborSignature(signed, key)}/${sent}`
    expect([admits(target, true), admits(target, false)]).toEqual([true, signed === sent])
  })

  it('holds in a spelling of Thumbor, and with the option in those that others make of it', () => {
    const signature = thumborSignature('300x200/a.jpg', key)
    const spelled = (hash: string): readonly boolean[] => [admits(`/${hash}/300x200/a.jpg`, false), admits(`/${hash}/300x200/a.jpg`, true)]
    expect(spelled(signature)).toEqual([true, true])
    expect(spelled(signature.replace('=', '%3D'))).toEqual([true, true])
    expect(spelled(signature.replace('=', '%3d'))).toEqual([false, true])
    expect(spelled(signature.replace('=', ''))).toEqual([false, true])
    expect(spelled(`${signature}=`)).toEqual([false, false])
    expect(spelled(signature.replace('=', '%3D='))).toEqual([false, false])
    expect(spelled(signature.toLowerCase())).toEqual([false, false])
    expect(spelled('unsafe')).toEqual([false, false])
  })

  it('over one picture never holds for another', () => {
    for (const [signed] of proxies) {
      const hash = thumborSignature(signed, key)
      for (const other of [
        '300x201/a.jpg',
        `unsafe/${signed}`,
        `/${signed}`,
        `${signed}/`,
        `${signed}%20`,
        `smart/${signed}`,
        signed.replaceAll('%', '%25').concat('x'),
      ]) {
        expect([other, admits(`/${hash}/${other}`, true)]).toEqual([other, false])
      }
    }
  })

  it('is tried over few texts, each of which asks for the same', () => {
    const piece = fc.constantFrom(
      '300x200',
      '/',
      '%2F',
      '%2f',
      'filters:',
      'blur(2)',
      '%28',
      ')',
      '%3A',
      ':',
      '%3F',
      '%25',
      '%2541',
      '%C3%A9',
      '~',
      '%7E',
      'smart',
      'a',
      '+',
      '%20',
      '%23',
      '%61',
    )
    fc.assert(
      fc.property(
        fc.array(piece, { minLength: 1 }).map((all) => all.join('')),
        (path) => {
          const request = readThumborPath(`/hash/${path}`, { decodedPaths: true })
          if (request instanceof Failure) return
          const { message, alternatives = [] } = thumborProof(request, { decodedPaths: true })
          expect(message).toBe(path)
          expect(alternatives.length).toBeLessThanOrEqual(26)
          for (const text of alternatives) {
            // A text that cannot be sent is what somebody signed undecoded.
            const sent = /^[\x21-\x7e]+$/.test(text) && !/[?#]|%(?![0-9a-f]{2})/i.test(text) && text !== decodeURIComponent(path)
            const read = readThumborPath(`/unsafe/${sent ? text : encodeURI(text).replaceAll('?', '%3F').replaceAll('#', '%23')}`, {
              decodedPaths: true,
            })
            expect(read instanceof Failure ? read : meaningOf(read)).toBe(meaningOf(request))
          }
        },
      ),
      { numRuns: 1000 },
    )
  })

  it.each(['%28', 'é', '%C3%A9', '(', '/', 'a', '%2F', '%'])('takes a moment over eight thousand characters of %j', (piece) => {
    const began = performance.now()
    admits(`/hash/${piece.repeat(8192 / piece.length)}`, true)
    expect(performance.now() - began).toBeLessThan(1000)
  })
})
