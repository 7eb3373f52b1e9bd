import { readFileSync } from 'node:fs'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SaxesParser } from 'saxes'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { corpus } from '../corpus.ts'
import { openOrigin } from '../origin.ts'
import { seen } from '../pictures.ts'
import { costlySvgs, evil, ground, hostileSvgs, refusedSvgs } from './hostile-svgs.ts'
import { type Got, openServer, type Server } from './server.ts'
import { cannotTrace, traced } from './strace.ts'

/** SVG that tries to run something or to reach out: what is passed on of it, and what drawing it opens. */

const hostile = corpus('hostile')
const corpusFiles = (hostile?.files ?? []).filter(({ file }) => /^svgz?-/.test(file))
const policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox"

/** Names do for the tests to be listed by; the addresses in the files are known once somebody listens. */
const names = Object.keys(hostileSvgs('http://127.0.0.1:9', '/dev/null'))
const file = (name: string): string => `${name.replace(/[ ,]+/g, '-')}.svg`

let folder: string
/** Where a picture lies that nobody may open. */
let outside: string
/** Whom none of the files may reach, by a picture, a style sheet, or a link. */
let canary: Awaited<ReturnType<typeof openOrigin>>
let server: Server

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tintype-originals-'))
  canary = await openOrigin((_, response) => response.end())
  await writeFile(
    join(folder, 'ground.png'),
    await sharp({ create: { width: 80, height: 60, channels: 3, background: '#fff' } })
      .png()
      .toBuffer(),
  )
  outside = await mkdtemp(join(tmpdir(), 'tintype-untouched-'))
  const untouched = join(outside, 'a.png')
  await cp(join(folder, 'ground.png'), untouched)
  const all = { ...hostileSvgs(canary.url, untouched), ...refusedSvgs(canary.url), ...costlySvgs() }
  for (const [name, bytes] of Object.entries(all)) await writeFile(join(folder, file(name)), bytes)
  for (const each of corpusFiles) await writeFile(join(folder, each.file), readFileSync(join(hostile?.folder ?? '', each.file)))
  server = await openServer({}, folder)
})
afterAll(async () => {
  await server?.stop()
  await canary?.close()
  for (const each of [folder, outside]) await rm(each, { recursive: true, force: true })
})

/** Well-formed, plain, and without anything that runs or leads out, as a look finds that shares nothing with the one that made it so. */
function expectHarmless(text: string): void {
  expect(text).not.toMatch(/alert|127\.0\.0\.1|etc\/hostname|@import|<!|<\?|\]\]>|xlink|foreignobject|<\/?(?:[\w-]+:|script)/i)
  expect(text.toLowerCase()).not.toContain(evil)
  const parser = new SaxesParser({ xmlns: true })
  let inStyle = false
  parser.on('opentag', ({ name, local, uri, attributes }) => {
    expect([name, uri]).toEqual([local, 'http://www.w3.org/2000/svg'])
    expect(local).not.toMatch(
      /^(?:a|script|handler|listener|foreignObject|iframe|object|embed|video|audio|canvas|form|metadata|discard|cursor|link)$/i,
    )
    inStyle = local === 'style'
    for (const { name: full, value } of Object.values(attributes)) {
      if (full === 'xmlns') continue
      expect(full).toMatch(/^(?:xml:space|xml:lang|[A-Za-z][\w-]*)$/)
      expect(full).not.toMatch(/^(?:on.*|src|srcset|base|data|action|ping|target)$/i)
      if (full === 'href') expect(value).toMatch(/^(?:#[^\s"'()]+|data:image\/(?:png|jpeg|gif|webp);base64,[\w+/=\s]*)$/)
      else expect(value).not.toMatch(/(?:java|vb|live)?script\s*:|\\|url\s*\(\s*["']?(?!\s*["']?#)|expression|image-set|data:/i)
      if (full === 'attributeName') expect(value).not.toMatch(/href|^\s*on|style|src|base|attributeName|^\s*(?:id|class)\s*$/i)
    }
  })
  parser.on('text', (content) => {
    if (inStyle) expect(content).not.toMatch(/@import|@font-face|\\|url\(\s*["']?(?!["']?#)|expression/i)
  })
  parser.on('closetag', () => {
    inStyle = false
  })
  parser.write(text).close()
}

function expectPassedOn(got: Got): void {
  expect([got.status, got.headers['content-type']]).toEqual([200, 'image/svg+xml'])
  expect(got.headers['content-security-policy']).toBe(policy)
  expect(got.headers['x-content-type-options']).toBe('nosniff')
}

describe('SVG that is passed on', () => {
  it.each(names)('check 23: %s is gone, and the rest still draws', async (name) => {
    const got = await server.get(`/i/${file(name)}?f=original`)
    expectPassedOn(got)
    expectHarmless(got.body.toString())
    const picture = await seen(await sharp(got.body).png().toBuffer())
    expect([picture.width, picture.height, ...picture.at(20, 15)]).toEqual([40, 30, ...ground, 255])
    expect(canary.sockets.size).toBe(0)
  })

  it('check 23: what stays is enough to draw by', async () => {
    const body =
      '<defs><linearGradient id="l"><stop stop-color="#00f"/></linearGradient></defs><style>.a{fill:url(#l)}</style><g class="a"><rect id="r" width="9" height="9"/></g><use xlink:href="#r" x="20" fill="red"/>'
    await writeFile(
      join(folder, 'good.svg'),
      `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="40" height="30">${body}</svg>`,
    )
    const got = await server.get('/i/good.svg?f=original')
    expectPassedOn(got)
    const { at } = await seen(await sharp(got.body).png().toBuffer())
    expect([at(4, 4), at(24, 4), at(35, 25)]).toEqual([
      [0, 0, 255, 255],
      [255, 0, 0, 255],
      [0, 0, 0, 0],
    ])
  })

  it.each(Object.keys(refusedSvgs('http://127.0.0.1:9')))('check 23: %s is refused', async (name) => {
    const got = await server.get(`/i/${file(name)}?f=original`)
    expect([415, 422, 413]).toContain(got.status)
    expect(got.headers['content-type']).toBe('application/problem+json')
    expect(got.headers['content-security-policy']).toBe(policy)
    expect(got.headers['x-content-type-options']).toBe('nosniff')
    expect(got.body.toString()).not.toMatch(/alert|evil|127\.0\.0\.1/)
    expect(got.ms).toBeLessThan(4000)
  })

  it.each(Object.keys(costlySvgs()))('check 23: many %s take no long time', async (name) => {
    const got = await server.get(`/i/${file(name)}?f=original`)
    expect(got.ms).toBeLessThan(4000) // a process is stopped after 2 s
    if (got.status === 200) expect(got.body.toString()).toMatch(/^<svg .*<\/svg>$/s)
    else expect([413, 422, 504]).toContain(got.status)
  })

  it.skipIf(hostile === undefined).each(corpusFiles)('check 23: $file of the corpus: $note', async ({ file: name }) => {
    const got = await server.get(`/i/${name}?f=original`)
    if (got.status !== 200) return expect([413, 415, 422, 504]).toContain(got.status)
    expectPassedOn(got)
    expectHarmless(got.body.toString())
    expect(got.body.toString()).not.toMatch(/TT-[A-Z]+/)
  })
})

describe('SVG that is drawn', () => {
  /** One call a line; one that another thread interrupted comes again as `<... name resumed>`. */
  const callsOf = (trace: string): readonly string[] => trace.split('\n').filter((line) => /^\d+ +(?:\w+\(|<\.\.\. )/.test(line))
  const named = (calls: readonly string[], names: RegExp): readonly string[] =>
    calls.filter((line) => names.test(/^\d+ +(?:<\.\.\. )?(\w+)/.exec(line)?.[1] ?? ''))

  it.skipIf(cannotTrace() !== undefined)('check 24: opens no connection, no file and no program', { timeout: 150_000 }, async () => {
    const trace = `${folder}.trace`
    const watched = await openServer({}, folder, traced(trace))
    const files = [...[...names, ...Object.keys(refusedSvgs(canary.url))].map(file), ...corpusFiles.map((each) => each.file)]
    const drawn: boolean[] = []
    try {
      for (const name of files)
        for (const query of ['f=png&w=64', 'f=original']) {
          const got = await watched.get(`/i/${name}?${query}`)
          expect([200, 400, 413, 415, 422, 504]).toContain(got.status)
        }
      for (const name of names) drawn.push((await watched.get(`/i/ground.png?f=webp&w=40&mark=${file(name)}`)).status === 200)
    } finally {
      await watched.stop()
    }
    const calls = callsOf(await readFile(trace, 'utf8'))
    await rm(trace)

    // That something was drawn, and watched: the server's own work.
    expect(drawn.filter(Boolean).length).toBeGreaterThan(drawn.length * 0.9) // librsvg refuses the rest
    const opened = named(calls, /^(?:open|openat|openat2|creat)$/)
    for (const name of files) expect(opened.some((line) => line.includes(`/${name}"`))).toBe(true)
    expect(named(calls, /^accept4?$/).length).toBeGreaterThan(files.length * 2)
    const started = named(calls, /^exec/).filter((line) => line.includes('("'))
    expect(started.length).toBeGreaterThanOrEqual(3)

    // Originals come from a folder, so nobody is called, by whatever protocol; whoever draws has no socket but the pair it was born with.
    expect(named(calls, /^(?:connect|sendmmsg|io_uring_setup)$/)).toEqual([])
    expect(named(calls, /^(?:sendto|sendmsg)$/).filter((line) => line.includes('sa_family'))).toEqual([])
    expect(named(calls, /^socket$/).filter((line) => !line.startsWith(`${watched.pid} `))).toEqual([])
    expect(canary.requests).toEqual([])
    const node = JSON.stringify(process.execPath)
    for (const line of started) expect(line).toContain(`execve(${node}, [${node}, `)
    expect(opened.filter((line) => /\/etc\/hostname|tintype-untouched-/.test(line) || line.toLowerCase().includes(evil))).toEqual([])
  })
})
