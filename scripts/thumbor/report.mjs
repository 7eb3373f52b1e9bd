// What the side-by-side prints: a line for each row that differs, and a table by feature.
import { bounds } from './judge.mjs'

/** A row that differs, in lines. */
export function faultLines({ row, theirs, ours, faults }) {
  return [`${row.feature}: ${row.path}`, `    Thumbor ${shown(theirs)}; Tintype ${shown(ours)}`, ...faults.map((fault) => `    ${fault}`)]
}

function shown({ status, type, width, height, pages = 1 }) {
  return [status, type, width && `${width}x${height}`, pages > 1 && `${pages} frames`].filter(Boolean).join(' ')
}

/** A table in Markdown: of each feature the rows, how many passed, differ by intent, have one size, and how like the pictures are that do not differ by intent. */
export function summary(results) {
  const below = `below ${bounds.likeness.ssim}`
  const head = ['feature', 'rows', 'passed', 'apart', 'sizes equal', 'SSIM least', 'SSIM median', below]
  const features = [...new Set(results.map(({ row }) => row.feature))]
  const lines = [...features.map((feature) => [feature, results.filter(({ row }) => row.feature === feature)]), ['all', results]].map(
    ([name, rows]) => {
      const both = rows.filter(({ theirs, ours }) => theirs.width !== undefined && ours.width !== undefined)
      const kept = rows.filter(({ apart, likeness }) => apart === undefined && likeness !== undefined)
      const similar = kept.map(({ likeness }) => likeness.ssim).sort((a, b) => a - b)
      return [
        name,
        rows.length,
        rows.filter(({ faults }) => faults.length === 0).length,
        rows.filter(({ apart }) => apart !== undefined).length,
        `${both.filter(({ theirs, ours }) => theirs.width === ours.width && theirs.height === ours.height).length} of ${both.length}`,
        similar[0]?.toFixed(3) ?? '',
        similar[similar.length >> 1]?.toFixed(3) ?? '',
        similar.filter((value) => value < bounds.likeness.ssim).length,
      ]
    },
  )
  return [head, head.map(() => '---'), ...lines].map((cellsOf) => `| ${cellsOf.join(' | ')} |`).join('\n')
}
