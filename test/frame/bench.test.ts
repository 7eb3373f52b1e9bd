import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { judge, measure, median, random, ratio, shuffle, weighted, zipf } from '../../bench/figures.mjs'
import { groupUse, listenerAt } from '../../bench/process-group.mjs'
import { chosen, fillTemplate, readOptions, readPeer, show, table } from '../../bench/words.mjs'

/** The arithmetic and the words of `npm run bench`. What it measures is no test: a machine that does other things too would fail it. */

describe('figures', () => {
  it('have the middle value, or the mean of the two middle ones', () => {
    expect(median([3, 1, 2])).toBe(2)
    expect(median([4, 1, 3, 2])).toBe(2.5)
    expect(median([7])).toBe(7)
    expect(median([])).toBeNaN()
  })

  it('keep their values in the order of the rounds', () => {
    expect(measure([3, 1, 2])).toEqual({ median: 2, lowest: 1, highest: 3, values: [3, 1, 2] })
  })

  it('are divided round by round', () => {
    expect(ratio([2, 9, 4], [1, 3, 4]).values).toEqual([2, 3, 1])
  })

  it('are judged by their median, both ends included', () => {
    const figures = { ratio: measure([1, 1.15, 9]), 'requests/s': 70, word: 'not made' }
    expect(judge(figures, { figure: 'ratio', atMost: 1.15 })).toBe(true)
    expect(judge(figures, { figure: 'ratio', atMost: 1.14 })).toBe(false)
    expect(judge(figures, { figure: 'requests/s', atLeast: 70 })).toBe(true)
    expect(judge(figures, { figure: 'requests/s', atLeast: 71 })).toBe(false)
    expect(judge(figures, undefined)).toBeUndefined()
  })

  it('do not hold a bar where there is none to compare', () => {
    expect(judge({ ratio: 'not made' }, { figure: 'ratio', atMost: 1 })).toBe(false)
    expect(judge({}, { figure: 'ratio', atLeast: 1 })).toBe(false)
  })
})

describe('chance', () => {
  const draw = <T>(next: () => T, count: number): T[] => Array.from({ length: count }, next)

  it('is the same for the same seed, even, and below 1', () => {
    expect(draw(random(7), 5)).toEqual(draw(random(7), 5))
    expect(draw(random(7), 5)).not.toEqual(draw(random(8), 5))
    const many = draw(random(1), 10_000)
    expect(Math.min(...many)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...many)).toBeLessThan(1)
    expect(many.reduce((sum, value) => sum + value, 0) / many.length).toBeCloseTo(0.5, 1)
  })

  it('shuffles without losing anything', () => {
    const things = [1, 2, 3, 4, 5, 6, 7, 8]
    const order = shuffle(things, random(3))
    expect(order).not.toEqual(things)
    expect([...order].sort()).toEqual(things)
    expect(shuffle(things, random(3))).toEqual(order)
  })

  it('asks for the second half as often as for the first', () => {
    const counts = new Map<number, number>()
    for (const at of draw(zipf(200, random(5)), 50_000)) counts.set(at, (counts.get(at) ?? 0) + 1)
    const share = (at: number): number => (counts.get(at) ?? 0) / 50_000
    expect(share(0)).toBeCloseTo(1 / 5.878, 2)
    expect(share(1)).toBeCloseTo(share(0) / 2, 2)
    expect(share(9)).toBeCloseTo(share(0) / 10, 2)
    expect([Math.min(...counts.keys()), Math.max(...counts.keys())]).toEqual([0, 199])
  })

  it('draws words by their weight', () => {
    const words = draw(weighted({ webp: 3, avif: 1 }, random(9)), 10_000)
    expect(words.filter((word) => word === 'webp').length / words.length).toBeCloseTo(0.75, 1)
    expect(new Set(words)).toEqual(new Set(['webp', 'avif']))
  })
})

describe('the command', () => {
  it('takes everything without a word', () => {
    expect(readOptions([])).toMatchObject({ only: [], peers: [], quick: false, write: false, list: false })
    expect(chosen('cold-jpeg', [])).toBe(true)
  })

  it('takes rows by the beginning of their names', () => {
    const { only } = readOptions(['--only', 'cold', '--only', 'hit-304'])
    expect(['cold-jpeg', 'hit', 'hit-304', 'family'].filter((name) => chosen(name, only))).toEqual(['cold-jpeg', 'hit-304'])
  })

  it.each([
    [['--fast'], /--fast/],
    [['cold'], /cold/],
    [['--write', '--quick'], /--write/],
    [['--write', '--only', 'hit'], /--write/],
    [['--peer', 'x'], /NAME=http/],
    [['--peer', 'x=http://127.0.0.1/{path}'], /\{path\}/],
    [['--peer', 'x=http://127.0.0.1/{width}'], /\{source\}/],
    [['--peer', 'x=http://images.example.com/{source}'], /loopback/],
    [['--peer', 'x=http://127.0.0.1.example.com/{source}'], /loopback/],
  ])('refuses %j', (words, message) => {
    expect(() => readOptions(words)).toThrow(message)
  })
})

describe('a peer', () => {
  const text = 'imgproxy=http://127.0.0.1:8081/_/rs:fit:{width}:{height}/plain/{source}@{format}'

  it('has a name, a port, and a template whose words are filled as they stand', () => {
    const peer = readPeer(text)
    expect(peer).toMatchObject({ name: 'imgproxy', origin: 'http://127.0.0.1:8081', port: 8081 })
    const values = { source: 'http://127.0.0.1:9/a$&.jpg', format: 'webp', width: 512, height: 500 }
    expect(fillTemplate(peer.template, values)).toBe('http://127.0.0.1:8081/_/rs:fit:512:500/plain/http://127.0.0.1:9/a$&.jpg@webp')
  })

  it('may be named with a version, and be at the port that is usual', () => {
    expect(readPeer('Thumbor 7.8=http://localhost/unsafe/{source}')).toMatchObject({ name: 'Thumbor 7.8', port: 80 })
  })
})

describe('a table', () => {
  it.each([
    [0, '0'],
    [1.154, '1.15'],
    [19.44, '19.4'],
    [1234.5, '1235'],
    [Number.NaN, '-'],
    ['not made', 'not made'],
    [measure([1.5, 1.25, 2.75]), '1.50 (1.25..2.75)'],
  ])('shows %j as %s', (value, text) => {
    expect(show(value)).toBe(text)
  })

  it('has a column for each figure, and those of bars where there is one', () => {
    const rows = [
      { what: 'JPEG', figures: { ratio: measure([1.25]), 'peak MB': 210 }, bar: { figure: 'ratio', atMost: 1.15 } },
      { what: 'PNG', figures: { ratio: measure([1]) } },
    ]
    expect(table(rows)).toBe(
      [
        '|  | ratio | peak MB | Bar | Holds |',
        '| --- | --- | --- | --- | --- |',
        '| JPEG | 1.25 (1.25..1.25) | 210 | ratio at most 1.15 | **no** |',
        '| PNG | 1.00 (1.00..1.00) |  |  |  |',
      ].join('\n'),
    )
    expect(table([{ what: 'a', figures: { 'CPU ms': 2 } }])).toBe('|  | CPU ms |\n| --- | --- |\n| a | 2 |')
  })
})

describe.skipIf(!existsSync('/proc/self/smaps_rollup'))('a service of which only the port is known', () => {
  /** Listens, has a child that lives, and one that worked for a while and ended. */
  const program = `
    const { spawn, spawnSync } = require('node:child_process')
    const run = (code) => [process.execPath, ['-e', code]]
    spawnSync(...run('const end = Date.now() + 300; while (Date.now() < end);'))
    const child = spawn(...run('setInterval(() => {}, 1000); console.log("up")'), { stdio: ['pipe', 'pipe', 'inherit'] })
    child.stdout.once('data', () => require('node:http').createServer().listen(0, '127.0.0.1', function () { console.log(this.address().port, child.pid) }))
  `

  it('is found by its port, with the memory of its children, and the time of those that have ended', async () => {
    const service = spawn(process.execPath, ['-e', program], { stdio: ['pipe', 'pipe', 'inherit'] })
    try {
      const [said] = await once(service.stdout.setEncoding('utf8'), 'data')
      const [port = 0, child = 0] = String(said).split(' ').map(Number)
      try {
        expect(await listenerAt(port)).toBe(service.pid)
        const [whole, part] = await Promise.all([groupUse(service.pid ?? 0), groupUse(child)])
        expect(part.memoryBytes).toBeGreaterThan(1e6)
        expect(whole.memoryBytes).toBeGreaterThan(part.memoryBytes)
        // Some of the 0.3 s; on a busy machine it did not have all of them.
        expect(whole.cpuSeconds - part.cpuSeconds).toBeGreaterThan(0.03)
      } finally {
        process.kill(child)
      }
    } finally {
      service.kill()
    }
  })

  it('is not found where nobody listens', async () => {
    await expect(listenerAt(1)).rejects.toThrow('port 1')
  })
})
