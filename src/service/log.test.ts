import { describe, expect, test } from 'vitest'
import { openLog } from './log.ts'
import type { Answered } from './watch.ts'
import type { WatchSettings } from './watch-fields.ts'

const answered: Answered = {
  id: 'r1',
  method: 'GET',
  target: '/i/a.jpg?w=300&s=secret',
  status: 200,
  bytes: 12_345,
  milliseconds: 14.2345,
  cache: 'miss',
  dialect: 'native',
  format: 'webp',
  client: '127.0.0.1',
  timings: { fetch: 1.26, render: 10 },
}

function open(level: WatchSettings['level'], format: WatchSettings['format'] = 'json') {
  const lines: string[] = []
  const log = openLog({ level, format, write: (line) => lines.push(line) })
  return { log, lines, last: () => JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown> }
}

describe('the log', () => {
  test('has one JSON line for a request, without secrets', () => {
    const { log, lines, last } = open('info')
    log.answered(answered)
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(/^\{.*\}\n$/)
    const { time, ...rest } = last()
    expect(Date.parse(String(time))).toBeGreaterThan(1e12)
    expect(rest).toEqual({
      level: 'info',
      id: 'r1',
      method: 'GET',
      target: '/i/a.jpg?w=300&s=***',
      status: 200,
      bytes: 12_345,
      milliseconds: 14.2,
      cache: 'miss',
      dialect: 'native',
      format: 'webp',
      client: '127.0.0.1',
      fetchMs: 1.3,
      renderMs: 10,
    })
  })

  test('leaves paths of the server out of causes, but at level debug', () => {
    const cause = Object.assign(new Error("ENOENT: no such file or directory, open '/srv/my photos/cat.jpg'"), { code: 'ENOENT' })
    const renamed = "Error: EROFS: read-only file system, rename '/var/a' -> '/var/b'"
    const info = open('info')
    info.log.answered({ ...answered, status: 404, cause: new Error('gone', { cause }) })
    expect(info.last().cause).toBe('Error: gone < Error: ENOENT: no such file or directory, open')
    info.log.note('warn', 'It was not kept.', { cause: renamed })
    expect(info.last().cause).toBe('Error: EROFS: read-only file system, rename')
    const debug = open('debug')
    debug.log.note('warn', 'It was not kept.', { cause: renamed })
    expect(debug.last().cause).toBe(renamed)
  })

  test('tells causes by their messages, with stacks at level debug alone', () => {
    const cause = new Error('broken\nhttps://h/a?sig=abc', { cause: new TypeError('below') })
    const info = open('info')
    info.log.answered({ ...answered, status: 502, code: 'origin-failed', cause })
    expect(info.last()).toMatchObject({
      level: 'error',
      code: 'origin-failed',
      cause: 'Error: broken\\u000ahttps://h/a?sig=*** < TypeError: below',
    })
    const debug = open('debug')
    debug.log.answered({ ...answered, status: 502, cause })
    expect(debug.last().cause).toMatch(/^Error: broken.*log\.test\.ts/)
  })

  test('escapes what could forge a line or steer a terminal', () => {
    const { log, lines } = open('info')
    log.answered({ ...answered, target: '/i/\u001b[2J\n', client: '\u009b1', code: 'x\u2028y', cause: 'a\u007fb' })
    log.note('warn', 'said\r\n"more"', { 'na\u0007me': ['\u001b'], deep: { a: { b: { c: { d: 1 } } } } })
    for (const line of lines) expect(line.replace(/\n$/, '')).toMatch(/^[\u0020-\u007e]*$/)
    expect(lines).toHaveLength(2)
  })

  test('leaves out what lies below its level, and checks of the service unless debugging', () => {
    const warn = open('warn')
    warn.log.answered(answered)
    warn.log.note('info', 'quiet')
    expect(warn.lines).toEqual([])
    const info = open('info')
    info.log.answered({ ...answered, target: '/health' })
    info.log.answered({ ...answered, target: '/ready', status: 503 })
    expect(info.lines).toHaveLength(1)
    expect(open('silent').log.note('error', 'x')).toBeUndefined()
  })

  test('is for a person when it should be pretty', () => {
    const { log, lines } = open('info', 'pretty')
    log.answered(answered)
    log.answered({ ...answered, status: 404, code: 'original-missing', cause: 'no file' })
    log.note('info', 'Listening.', { url: 'http://localhost:8080' })
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d 200 GET \/i\/a\.jpg\?w=300&s=\*\*\* 12\.3 kB 14 ms miss webp\n$/)
    expect(lines[1]).toMatch(/404 .* original-missing no file\n$/)
    expect(lines[2]).toMatch(/ Listening\. \{"url":"http:\/\/localhost:8080"\}\n$/)
  })
})
