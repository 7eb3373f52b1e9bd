/** The style of the page at `/`: paper and ink, a plate of metal in the dark. Its hash stands in the page's policy. */
export const landingStyle = `
:root{--paper:#faf8f4;--card:#fff;--ink:#26221c;--soft:#6b6255;--line:#e4ddd0;--mark:#8a4b14;color-scheme:light dark}
@media(prefers-color-scheme:dark){:root{--paper:#171513;--card:#211e1b;--ink:#ece6dc;--soft:#a89e8e;--line:#38332d;--mark:#e6a766}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.6 system-ui,-apple-system,"Segoe UI",sans-serif}
header,main,footer{max-width:70rem;margin:0 auto;padding:0 1.25rem}
header{padding-top:2.5rem}
h1{font:600 clamp(2.2rem,6vw,3.4rem)/1.1 "Iowan Old Style","Palatino Linotype",Palatino,Georgia,serif;letter-spacing:-.02em;margin:0}
h2{font:600 1.5rem/1.2 "Iowan Old Style","Palatino Linotype",Palatino,Georgia,serif;margin:3rem 0 .5rem}
.lead{color:var(--soft);font-size:1.15rem;margin:.4rem 0 1.5rem}
p{max-width:46rem}
a{color:var(--mark);text-underline-offset:.2em}
a:focus-visible,summary:focus-visible{outline:3px solid var(--mark);outline-offset:3px;border-radius:.3rem}
code{font:.85em/1.5 ui-monospace,"SF Mono",Menlo,Consolas,monospace;overflow-wrap:anywhere}
code b{color:var(--mark);font-weight:600}
img{display:block;width:100%;height:auto}
.hero{margin:0}
.hero img{border-radius:.75rem;background:var(--line)}
figcaption{color:var(--soft);margin-top:.6rem}
.gallery{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,18rem),1fr));gap:1.25rem;list-style:none;margin:1.25rem 0 0;padding:0}
.gallery li{background:var(--card);border:1px solid var(--line);border-radius:.75rem;overflow:hidden;padding-bottom:.9rem}
.gallery p{margin:.8rem 1rem .2rem;font-weight:600}
.gallery code{display:block;margin:0 1rem;color:var(--soft)}
.gallery a:hover img{opacity:.92}
details{border-top:1px solid var(--line)}
details:last-of-type{border-bottom:1px solid var(--line)}
summary{cursor:pointer;padding:.7rem 0;font-weight:600}
summary::first-letter{text-transform:uppercase}
table{border-collapse:collapse;width:100%;margin-bottom:1rem}
th,td{text-align:left;vertical-align:top;padding:.35rem 1rem .35rem 0;font-weight:400}
th{width:15rem}
th code{color:var(--mark);font-weight:600;font-size:.95em}
small{color:var(--soft);overflow-wrap:anywhere}
footer{color:var(--soft);padding-top:3rem;padding-bottom:2rem;display:flex;flex-wrap:wrap;gap:.5rem 2rem;justify-content:space-between}
footer p{margin:0}
nav a{margin-right:1rem}
@media(max-width:36rem){th,td{display:block;width:auto;padding:.1rem 0}td{padding-bottom:.7rem}}
`
