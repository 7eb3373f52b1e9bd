// When two answers to one URL are the same, and what is wrong where they are not. It compares digests (ask.mjs): two with pictures by likeness,
// and one that was recorded, which has but a fingerprint, with the fingerprint of the other.
import { isDeepStrictEqual } from 'node:util'
import { differenceOf } from './differences.mjs'
import { distance, fingerprint, likeness } from './look.mjs'

/**
 * What pictures of one size may be apart and still be the same. 0.97 is what Thumbor's own tests ask of its filters; two encoders that throw
 * much away do not throw the same away (`rough`): one WebP encoder, at quality 50, makes a similarity of 0.963 and 4.7 of colours of two pictures
 * whose colours are off by 1. Measured where nothing but the decoder, the kernel and the encoder differed: a similarity of
 * 0.98 to 1, or down to 0.96 where it is rough, colours off by up to 4; cells by 0 to 2 and one, on a hard edge, by up to 17. A crop that is off
 * by one pixel moves cells by 3 and one by 20.
 */
export const bounds = {
  likeness: { ssim: 0.97, roughSsim: 0.95, difference: 4.5, roughDifference: 6, alpha: 2 },
  fingerprint: { cells: 2, cell: 18, roughCell: 20, colour: 3.5, alpha: 2, grain: 0.2, grainPart: 0.06 },
}

/**
 * Judges what one side made of a row by what Thumbor made of it.
 * @param strict  No difference is meant: for a side-by-side of one program with itself.
 * @returns  `faults`: sentences, none where all is well; `apart`: the deliberate difference that the row falls under; `likeness`: where two
 *           pictures of one size were there to be compared.
 */
export function judge(row, theirs, ours, { strict = false } = {}) {
  const like = theirs.picture && ours.picture && sameSize(theirs, ours) ? { likeness: likeness(theirs.picture, ours.picture) } : {}
  const faults = [...sameFaults(row, theirs, ours, 'all', like)]
  // Two that fail alike are not well for it.
  const apart = strict || (faults.length === 0 && ours.status < 500) ? undefined : differenceOf(row, theirs)
  if (apart === undefined) return { faults, ...like }
  return { faults: [...apartFaults(row, theirs, ours, apart.check, like)], apart, ...like }
}

function apartFaults(row, theirs, ours, check, like) {
  if (check === 'answered') return answeredFaults(ours)
  return check === 'refused' ? refusedFaults(ours) : sameFaults(row, theirs, ours, check, like)
}

function answeredFaults({ status }) {
  // 502 and 504 tell of an original that could not be had, which is nothing that broke here.
  return status < 500 || status === 502 || status === 504 ? [] : [`status ${status}, expected one below 500`]
}

function refusedFaults({ status }) {
  return status >= 400 && status < 500 ? [] : [`status ${status}, expected a refusal`]
}

/** The checks, from the strictest: `all`; `likeness`, all but a fingerprint that was recorded; `fingerprint`, all but likeness; `size`; `status`. */
function* sameFaults(row, theirs, ours, check, like) {
  if (theirs.status !== ours.status) return yield `status ${ours.status}, expected ${theirs.status}`
  if (theirs.status !== 200 || check === 'status') return
  if (theirs.meta !== undefined) return yield* metaFaults(theirs.meta, ours.meta)
  if (ours.width === undefined) return yield `no picture, but ${ours.type}${ours.unread === undefined ? '' : `: ${ours.unread}`}`
  if (!sameSize(theirs, ours)) yield `size ${ours.width}x${ours.height}, expected ${theirs.width}x${theirs.height}`
  if (theirs.pages > 1 !== ours.pages > 1) yield `${ours.pages} frames, expected ${theirs.pages}`
  if (check === 'size') return
  if (theirs.type !== ours.type) yield `type ${ours.type}, expected ${theirs.type}`
  if (row.feature === 'max_age' && theirs.age !== undefined && theirs.age !== ours.age) yield `max-age ${ours.age}, expected ${theirs.age}`
  yield* budgetFaults(row, theirs, ours)
  if (!sameSize(theirs, ours)) return
  if ((check === 'all' || check === 'likeness') && like.likeness !== undefined) yield* likenessFaults(like.likeness, isRough(row, theirs))
  else if (check !== 'likeness') yield* fingerprintFaults(printOf(theirs), printOf(ours), isRough(row, theirs))
}

const sameSize = (one, other) => one.width === other.width && one.height === other.height
const printOf = (digest) => (digest.picture === undefined ? digest : fingerprint(digest.picture))

/** Where Thumbor kept to a budget of bytes, so must we. */
function* budgetFaults({ path }, theirs, ours) {
  const most = Number(/max_bytes\((\d+)\)/.exec(path)?.[1] ?? Number.POSITIVE_INFINITY)
  if (theirs.bytes <= most && ours.bytes > most) yield `${ours.bytes} bytes, expected at most ${most}`
}

function* metaFaults(theirs, ours) {
  for (const part of ['operations', 'target']) {
    if (isDeepStrictEqual(theirs[part], ours?.[part])) continue
    yield `meta ${part} ${JSON.stringify(ours?.[part])}, expected ${JSON.stringify(theirs[part])}`
  }
}

/** Is it of a format or a quality that changes pictures much? */
function isRough({ path }, { type }) {
  const quality = Number(/quality\((\d+)\)/.exec(path)?.[1] ?? 80)
  return /webp|avif|gif/.test(type) || quality < 70 || /max_bytes/.test(path)
}

function* likenessFaults({ ssim, difference, alpha }, rough) {
  const most = bounds.likeness
  if (!(ssim >= (rough ? most.roughSsim : most.ssim))) yield `similarity ${ssim.toFixed(3)}`
  if (!(difference <= (rough ? most.roughDifference : most.difference))) yield `colours off by ${difference.toFixed(1)}`
  if (!(alpha <= most.alpha)) yield `opacity off by ${alpha.toFixed(1)}`
}

function* fingerprintFaults(theirs, ours, rough) {
  const found = distance(theirs, ours)
  const most = bounds.fingerprint
  if (!(found.cells <= most.cells && found.cell <= (rough ? most.roughCell : most.cell)))
    yield `light off by ${found.cells.toFixed(1)}, in a cell by ${found.cell}`
  if (!(found.colour <= most.colour)) yield `colours off by ${found.colour.toFixed(1)}`
  if (!(found.alpha <= most.alpha)) yield `opacity off by ${found.alpha.toFixed(1)}`
  if (!(found.grain <= (most.grain + most.grainPart * theirs.grain) * (rough ? 2.5 : 1)))
    yield `grain ${ours.grain}, expected ${theirs.grain}`
}
