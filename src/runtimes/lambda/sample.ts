/** The picture that `getSample` gives: 70 by 46 px, as the one that was built into ImageMagick. A hill, the sun, and the frame of a plate. */
export const sample = Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="70" height="46">
<linearGradient id="sky" x2="0" y2="1"><stop stop-color="#f6d9a8"/><stop offset="1" stop-color="#b8734a"/></linearGradient>
<rect width="70" height="46" fill="#2b211b"/>
<rect x="3" y="3" width="64" height="40" fill="url(#sky)"/>
<circle cx="48" cy="17" r="7" fill="#fff3d6"/>
<path d="M3 43V31L21 17L36 33L47 25L67 40V43Z" fill="#4a3527"/>
</svg>`)
