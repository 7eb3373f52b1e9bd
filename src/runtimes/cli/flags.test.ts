import { describe, expect, test } from 'vitest'
import { Misuse } from './command.ts'
import { splitFlags } from './flags.ts'
import { settingFlags } from './setting-flags.ts'

const args = { root: { type: 'positional' }, json: { type: 'boolean' }, expires: { type: 'string' } } as const

function misuse(argv: readonly string[], withSettings = true): string {
  try {
    splitFlags(argv, args, withSettings ? settingFlags : new Map())
  } catch (thrown) {
    if (thrown instanceof Misuse) return thrown.message
    throw thrown
  }
  return 'none'
}

describe('a command line', () => {
  test.each([
    [['./photos', '--port', '9000'], { port: '9000' }, ['./photos']],
    [['--port=9000', './photos'], { port: '9000' }, ['./photos']],
    [['--limit-source-pixels', '7', '--json', 'x'], { 'limit-source-pixels': '7' }, ['--json', 'x']],
    [['--metrics', './photos'], { metrics: true }, ['./photos']],
    [['--no-metrics', './photos'], { metrics: false }, ['./photos']],
    [['--metrics=no'], { metrics: 'no' }, []],
    [['x', '--expires', '1h', '--debug'], {}, ['--expires=1h', '--debug', 'x']],
    [['--', '--port'], {}, ['--', '--port']],
    [['--cache-min-seconds', '-1'], { 'cache-min-seconds': '-1' }, []],
  ])('%j is divided into settings and what is the command’s own', (argv, flags, own) => {
    expect(splitFlags(argv, args, settingFlags)).toEqual({ flags, own })
  })

  test.each([
    [['--prot', '1'], 'There is no flag --prot. Did you mean --port?'],
    [['--limit-source-pixel', '1'], 'There is no flag --limit-source-pixel. Did you mean --limit-source-pixels?'],
    [['--qqqqqqqqqqq'], 'There is no flag --qqqqqqqqqqq.'],
    [['-p', '1'], 'There is no flag -p.'],
    [['--port'], '--port: expected a value.'],
    [['--host', '--port', '80'], '--host: expected a value.'],
    [['--port', '1', '--port', '2'], '--port is given twice.'],
    [['--no-port'], 'There is no flag --no-port. Did you mean --port?'],
  ])('%j is refused: %s', (argv, message) => {
    expect(misuse(argv)).toBe(message)
  })

  test('settings are flags only of commands that take them', () => {
    expect(misuse(['--port', '1'], false)).toMatch(/^There is no flag --port\./)
    expect(settingFlags.get('server-open-proxy')).toBe(true)
    expect(settingFlags.get('limit-source-pixels')).toBe(false)
  })
})
