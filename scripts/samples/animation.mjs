// One day over the hills of the word mark, frame by frame; round corners, so that what lies behind the picture shows there.

const frames = 18

/** Milliseconds of each frame: dawn and noon wait, the rest runs; no two neighbours need be equal. */
export const delays = Array.from({ length: frames }, (_, i) => (i === 0 ? 600 : i === frames / 2 ? 400 : i % 2 === 0 ? 80 : 110))

/** Times it plays before it rests. */
export const loop = 3

/** @returns {string[]} Each frame as SVG, 320 x 320. */
export function day() {
  return delays.map((_, i) => frame(i / (frames - 1)))
}

/** @param {number} time 0 dawn, 1 night. */
function frame(time) {
  const light = Math.sin(Math.PI * Math.min(1, time * 1.12))
  const dusk = Math.exp(-(((time - 0.84) / 0.14) ** 2)) + 0.8 * Math.exp(-((time / 0.16) ** 2))
  const colour = (/** @type {number[]} */ night, /** @type {number[]} */ noon, /** @type {number[]} */ red) =>
    `rgb(${night.map((n, c) => Math.round(Math.min(255, n + ((noon[c] ?? 0) - n) * light + ((red[c] ?? 0) - n) * dusk * 0.5))).join(',')})`
  const angle = Math.PI * (1 - time * 1.08)
  const x = 160 + 128 * Math.cos(angle)
  const y = 236 - 176 * Math.sin(angle)
  const stars = [
    [60, 70],
    [110, 44],
    [170, 62],
    [230, 40],
    [268, 92],
    [92, 118],
    [204, 108],
    [140, 96],
    [250, 140],
    [52, 150], // prettier-ignore
  ]
  const night = Math.max(0, (time - 0.72) / 0.28)
  return `<svg xmlns="http://www.w3.org/2000/svg" width="320" height="320">
  <defs><linearGradient id="s" x2="0" y2="1"><stop offset="0" stop-color="${colour([14, 20, 48], [60, 140, 214], [92, 70, 130])}"/>
  <stop offset="0.8" stop-color="${colour([44, 48, 88], [196, 228, 240], [250, 150, 80])}"/></linearGradient>
  <clipPath id="w"><rect x="28" y="28" width="264" height="264" rx="34"/></clipPath></defs>
  <rect x="8" y="8" width="304" height="304" rx="52" fill="#1d2b3a"/>
  <g clip-path="url(#w)"><rect width="320" height="320" fill="url(#s)"/>
  <g fill="#fff" opacity="${night.toFixed(2)}">${stars.map(([sx, sy], i) => `<circle cx="${sx}" cy="${sy}" r="${1.4 + (i % 3) * 0.7}"/>`).join('')}</g>
  <circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="25" fill="${colour([255, 190, 120], [255, 246, 205], [255, 170, 90])}"/>
  <path d="M0 320V222L84 130L146 200L190 158L320 262V320Z" fill="${colour([24, 28, 54], [84, 112, 128], [92, 60, 84])}"/>
  <path d="M0 320V268Q80 214 170 250T320 236V320Z" fill="${colour([14, 22, 32], [72, 134, 74], [84, 62, 44])}"/></g>
  </svg>`
}
