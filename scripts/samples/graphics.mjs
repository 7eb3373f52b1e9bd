// What is drawn with lines and letters, as SVG: exact, and set in the fonts that the package ships.

const ink = '#1d2b3a'
const copper = '#b4632d'

/** The word mark: a plate in its frame, half exposed, and the name. @returns {string} SVG with a viewBox, no raster size of its own. */
export function logo() {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 400" role="img" aria-label="Tintype">
  <defs>
    <linearGradient id="plate" x2="1" y2="1">
      <stop offset="0" stop-color="#f1c27d"/><stop offset="0.55" stop-color="${copper}"/><stop offset="1" stop-color="#5b2a14"/>
    </linearGradient>
    <clipPath id="window"><rect x="62" y="92" width="176" height="216" rx="14"/></clipPath>
  </defs>
  <rect x="40" y="70" width="220" height="260" rx="30" fill="${ink}"/>
  <g clip-path="url(#window)">
    <rect x="62" y="92" width="176" height="216" fill="url(#plate)"/>
    <circle cx="184" cy="158" r="27" fill="#fff3d6"/>
    <path d="M40 308V258L104 190L150 240L184 206L260 284V308Z" fill="${ink}" fill-opacity="0.82"/>
    <path d="M62 308V92H150Z" fill="#fff" fill-opacity="0.13"/>
  </g>
  <text x="292" y="222" font-family="DejaVu Serif, serif" font-size="112" letter-spacing="-3" fill="${ink}">Tintype</text>
  <path d="M296 252H694" stroke="${copper}" stroke-width="6" stroke-linecap="round"/>
  <text x="296" y="302" font-family="DejaVu Sans, sans-serif" font-size="32" letter-spacing="3.2" fill="${copper}">pictures by address</text>
</svg>
`
}

/** A plate camera as a plan drawing, with measures and lettering: what lossy formats smear. @returns {string} 1200 x 900. */
export function drawing() {
  const pleats = Array.from({ length: 15 }, (_, i) => {
    const x = 420 + i * 20
    const h = 118 + i * 7.6
    return `M${x} ${430 - h}L${x + 10} ${430 - h + 14}L${x + 20} ${430 - h - 7.6}M${x} ${430 + h}L${x + 10} ${430 + h - 14}L${x + 20} ${430 + h + 7.6}M${x} ${430 - h}V${430 + h}M${x + 10} ${444 - h}V${416 + h}`
  }).join('')
  const measure = (/** @type {number} */ x1, /** @type {number} */ x2, /** @type {number} */ y, /** @type {string} */ said) =>
    `<path d="M${x1} ${y - 12}v24M${x2} ${y - 12}v24M${x1} ${y}H${x2}M${x1} ${y}l12 -5v10zM${x2} ${y}l-12 -5v10z"/><text class="s" x="${(x1 + x2) / 2}" y="${y - 10}" text-anchor="middle">${said}</text>`
  const grid =
    Array.from({ length: 46 }, (_, i) => `M${30 + i * 25.33} 30V870`).join('') +
    Array.from({ length: 34 }, (_, i) => `M30 ${30 + i * 25.45}H1170`).join('')
  const rings = [96, 84, 70, 52, 34, 12].map((r) => `<ellipse cx="330" cy="430" rx="${(r * 0.3).toFixed(1)}" ry="${r}"/>`).join('')
  const rays = [-66, -33, 0, 33, 66].map((dy) => `M90 ${430 + dy}H326L738 ${430 - dy * 2.6}`).join('')
  return `<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="900" viewBox="0 0 1200 900">
  <style>.t{font-family:'DejaVu Serif'}.s{font-family:'DejaVu Sans'}.m{font-family:'DejaVu Sans Mono'}text{fill:${ink};stroke:none;font-size:19px}</style>
  <rect width="1200" height="900" fill="#fffdf7"/>
  <path d="${grid}" stroke="#dfe9ee" fill="none"/>
  <g fill="none" stroke="${ink}" stroke-width="2">
    <rect x="30" y="30" width="1140" height="840" stroke-width="3"/>
    <path d="${rays}" stroke="${copper}" stroke-width="1.2" stroke-dasharray="9 5"/>
    <path d="${pleats}" stroke-width="1.3"/>
    <rect x="386" y="296" width="34" height="268" stroke-width="3" fill="#fffdf7"/>
    <path d="M386 372H330V488H386M330 352H296V508H330" stroke-width="3"/>${rings}
    <rect x="720" y="178" width="44" height="504" stroke-width="3" fill="#fffdf7"/><rect x="734" y="206" width="10" height="448" fill="#f1c27d"/>
    <path d="M340 708H800V734H340zM402 564V708M742 682V708" stroke-width="3"/>
    <path d="M420 734L352 846M720 734L788 846M570 734V846" stroke-width="4"/>
    <g stroke-width="1.3" fill="${ink}">${measure(404, 740, 138, '336 mm')}${measure(296, 386, 268, '90 mm')}</g>
    <path d="M744 330L866 262H900M330 352L252 226H100M570 352L640 98H700" stroke-width="1.2"/>
  </g>
  <text class="t" x="826" y="400" style="font-size:62px">Tintype</text><text class="t" x="828" y="438" style="font-size:21px">plate camera, side view</text>
  <text class="s" x="908" y="268">plate, 165 × 216 mm</text><text class="s" x="100" y="220">brass lens, f/3.6</text><text class="s" x="706" y="103">bellows of calf leather</text>
  <g class="m"><text class="m" xml:space="preserve" x="830" y="560" style="font-size:17px">1  frame      walnut</text><text class="m" xml:space="preserve" x="830" y="588" style="font-size:17px">2  fittings   brass</text>
  <text class="m" xml:space="preserve" x="830" y="616" style="font-size:17px">3  plate      iron, 0.2 mm</text><text class="m" xml:space="preserve" x="830" y="644" style="font-size:17px">4  varnish    sandarac</text></g>
  <path d="M816 532H1140V662H816Z" fill="none" stroke="${ink}" stroke-width="1.4"/>
  <text class="s" x="830" y="736" style="font-size:15px">The quick brown fox jumps over the lazy</text><text class="s" x="830" y="760" style="font-size:12px">The quick brown fox jumps over the lazy dog</text>
  <text class="s" x="830" y="780" style="font-size:9px">The quick brown fox jumps over the lazy dog ÀÉÎÕÜ ßøæ Ωλπ Жщя</text>
  <text class="s" x="1148" y="852" text-anchor="end" style="font-size:16px">sheet 1 of 1, scale 1 : 3</text>
</svg>`
}

/** A signpost that is upright only when the viewer minds the orientation. @param {number} width @param {number} height @returns {string} */
export function signpost(width, height) {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 600 800">
  <defs><linearGradient id="sky" x2="0" y2="1"><stop offset="0" stop-color="#2f6db3"/><stop offset="0.75" stop-color="#cfe6ef"/></linearGradient>
  <linearGradient id="wood"><stop offset="0" stop-color="#5f3b1d"/><stop offset="0.5" stop-color="#a8733f"/><stop offset="1" stop-color="#6b431f"/></linearGradient></defs>
  <rect width="600" height="800" fill="url(#sky)"/>
  <circle cx="470" cy="130" r="56" fill="#fff3c4"/>
  <path d="M0 640Q150 540 320 610T600 570V800H0Z" fill="#7fae62"/><path d="M0 700Q220 610 420 690T600 660V800H0Z" fill="#4f8244"/>
  <rect x="272" y="330" width="56" height="400" fill="url(#wood)"/>
  <path d="M300 96L470 300H390V470H210V300H130Z" fill="#f7f2e4" stroke="#3b2714" stroke-width="10" stroke-linejoin="round"/>
  <text x="300" y="410" text-anchor="middle" font-family="DejaVu Sans" font-weight="bold" font-size="104" fill="#b4332d">UP</text>
  </svg>`
}

/** A fruit still life in flat colour, for a printing press. @returns {string} 900 x 600. */
export function fruit() {
  const ball = (/** @type {string} */ id, /** @type {string} */ light, /** @type {string} */ dark) =>
    `<radialGradient id="${id}" cx="0.36" cy="0.3" r="0.75"><stop offset="0" stop-color="#fff"/><stop offset="0.16" stop-color="${light}"/><stop offset="1" stop-color="${dark}"/></radialGradient>`
  const grapes = [0, 1, 2, 3, 4].flatMap((row) => Array.from({ length: 5 - row }, (_, i) => [610 + i * 50 + row * 25, 300 + row * 42]))
  return `<svg xmlns="http://www.w3.org/2000/svg" width="900" height="600">
  <defs>${ball('orange', '#ffb13d', '#b34a00')}${ball('apple', '#f2543f', '#6d0612')}${ball('lime', '#c3e04e', '#2f6b14')}${ball('grape', '#8d6bd1', '#2b1150')}
  <linearGradient id="wall" x2="0" y2="1"><stop offset="0" stop-color="#12565e"/><stop offset="1" stop-color="#66b5a8"/></linearGradient></defs>
  <rect width="900" height="600" fill="url(#wall)"/><rect y="430" width="900" height="170" fill="#e9d3a8"/><rect y="430" width="900" height="9" fill="#c8a66b"/>
  <g fill="#000" fill-opacity="0.22"><ellipse cx="250" cy="500" rx="170" ry="26"/><ellipse cx="470" cy="520" rx="130" ry="22"/><ellipse cx="700" cy="512" rx="150" ry="22"/></g>
  <circle cx="240" cy="350" r="150" fill="url(#orange)"/><circle cx="455" cy="405" r="118" fill="url(#apple)"/><circle cx="360" cy="470" r="66" fill="url(#lime)"/>
  <path d="M455 300q-6 -44 26 -70" stroke="#4b2f16" stroke-width="11" fill="none" stroke-linecap="round"/><path d="M478 268q60 -52 108 -18q-48 50 -108 18z" fill="#4f9a3c"/>
  ${grapes.map(([x, y]) => `<circle cx="${x}" cy="${y}" r="32" fill="url(#grape)"/>`).join('')}<path d="M712 284q-4 -44 20 -74" stroke="#5f7a2a" stroke-width="9" fill="none" stroke-linecap="round"/>
  </svg>`
}
