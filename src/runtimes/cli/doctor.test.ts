import { describe, expect, test } from 'vitest'
import { readSettings, type Settings } from '../../config/read.ts'
import { accessCheck, accessChecks } from './doctor-access.ts'
import { nodeCheck, sharpCheck } from './doctor-machine.ts'
import { timeFinding } from './doctor-render.ts'
import { memoryCheck, settingsChecks } from './doctor-settings.ts'
import { clockCheck, filesCheck, roomCheck } from './doctor-system.ts'

function settings(flags: Readonly<Record<string, string | boolean>> = {}): Settings {
  const read = readSettings({ flags })
  if (read.kind === 'failures') throw read.failures[0]
  return read.settings
}

const key = 'f3A9-kq81-ZZp0-77mw'

describe('the doctor', () => {
  test.each([
    ['20.19.0', 'ok'],
    ['20.18.9', 'fail'],
    ['18.20.1', 'fail'],
    ['24.0.0', 'ok'],
    ['20.19.0-nightly', 'ok'],
  ])('Node %s: %s', (version, state) => {
    expect(nodeCheck(version).state).toBe(state)
  })

  test.each([
    ['0.35.4', true, 'ok'],
    ['0.35.3', true, 'fail'],
    ['0.35.4-rc.1', true, 'fail'],
    ['0.35.5-rc.0', true, 'ok'],
    ['0.34.9', true, 'fail'],
    ['1.0.0', true, 'ok'],
    ['0.35.5', false, 'fail'],
  ])('sharp %s that draws (%s): %s', (version, draws, state) => {
    expect(sharpCheck(version, '8.18.0', draws).state).toBe(state)
  })

  test.each([
    [{}, 'ok'],
    [{ host: '0.0.0.0' }, 'warn'],
    [{ host: '0.0.0.0', keys: key }, 'ok'],
    [{ 'source-http-any': true }, 'ok'],
    [{ host: '0.0.0.0', 'source-http-any': true }, 'fail'],
    [{ host: '0.0.0.0', 'source-http-any': true, 'server-open-proxy': true }, 'warn'],
  ])('access with %j: %s', (flags, state) => {
    expect(accessCheck(settings(flags)).state).toBe(state)
  })

  test.each([
    ['pool', {}, true, 'ok'],
    ['in-process', {}, true, 'warn'],
    ['in-process', {}, false, 'ok'],
    ['in-process', { MALLOC_ARENA_MAX: '2' }, true, 'ok'],
    ['in-process', { LD_PRELOAD: '/usr/lib/libjemalloc.so.2' }, true, 'ok'],
  ])('memory with form %s, %j, glibc %s: %s', (form, env, glibc, state) => {
    expect(memoryCheck(settings({ 'render-form': form }), env, glibc).state).toBe(state)
  })

  const strong = 'a3f9c1d27e5b8046'
    .repeat(3)
    .split('')
    .map((mark, index) => (index % 7 === 3 ? 'x' : mark))
    .join('')
  test.each([
    [{ keys: key }, 'keys warn'],
    [{ keys: strong }, 'keys ok'],
    [{ keys: `${strong},${key}` }, 'keys warn'],
    [{}, 'purge ok'],
    [{ 'purge-token': key }, 'purge warn'],
    [{ 'purge-token': strong }, 'purge ok'],
    [{ 'purge-token': strong, keys: strong }, 'purge fail'],
    [{ 'source-http-allow': 'img.example.com' }, 'origins ok'],
    [{ 'source-http-allow': '*.com' }, 'origins warn'],
    [{ 'source-http-allow': 'a.example', 'source-http-addresses': '10.0.0.0/8' }, 'origins ok'],
    [{ 'source-http-allow': 'a.example', 'source-http-addresses': '8.0.0.0/6' }, 'origins fail'],
    [{ 'server-trusted-proxies': '10.0.0.0/8' }, 'proxies ok'],
    [{ 'server-trusted-proxies': '0.0.0.0/0' }, 'proxies fail'],
    [{ 'server-trusted-proxies': '::/0' }, 'proxies fail'],
    [{ host: '0.0.0.0', 'presets-only': true, presets: 'a=w=3' }, 'access ok'],
  ])('access with %j: %s', (flags, seen) => {
    const findings = accessChecks(settings(flags))
    expect(findings.map(({ name, state }) => `${name} ${state}`)).toContain(seen)
    const told = JSON.stringify(findings)
    for (const secret of [key, strong]) expect(told).not.toContain(secret)
  })

  test.each([
    [8e9, 4, 'ok'],
    [4e9, 4, 'warn'],
    [1e9, 4, 'fail'],
    [2e9, 1, 'ok'],
  ])('%d bytes of memory for %d cores: %s', (bytes, cores, state) => {
    expect(roomCheck(settings(), bytes, cores).state).toBe(state)
  })

  test('counts the memory of every listener', () => {
    const said = (flags: Readonly<Record<string, string>>): string => roomCheck(settings(flags), 16e9, 2).message
    expect(said({})).toMatch(/; 3 render processes take/)
    expect(said({ listeners: '4' })).toMatch(/; 8 render processes take/)
    expect(roomCheck(settings(), 1.2e9, 2).state).toBe('warn')
    expect(roomCheck(settings({ listeners: '4' }), 1.2e9, 2)).toMatchObject({
      state: 'fail',
      mend: expect.stringContaining('TINTYPE_SERVER_LISTENERS'),
    })
  })

  test.each([
    ['Max open files            1024                 1024                 files', ['warn']],
    ['Max open files            65536                65536                files', ['ok']],
    ['Max open files            unlimited            unlimited            files', ['ok']],
    ['', []],
  ])('open files %j: %j', (limits, states) => {
    expect(filesCheck(settings(), limits).map(({ state }) => state)).toEqual(states)
  })

  test('a clock that stands before the program, and a machine that takes its time', () => {
    const installed = Date.UTC(2026, 0, 1)
    expect([clockCheck(installed + 1, installed).state, clockCheck(0, installed).state]).toEqual(['ok', 'fail'])
    expect([timeFinding(80).state, timeFinding(900).state]).toEqual(['ok', 'warn'])
  })

  test('says how each thing is mended that is not as it should be', async () => {
    const findings = await settingsChecks(
      settings({ host: '0.0.0.0', 'store-disk-folder': '/dev/null/no', 'source-file-root': '/no/such' }),
      {},
    )
    const seen = findings.map(({ name, state }) => `${name} ${state}`)
    expect(seen).toEqual(
      expect.arrayContaining(['access warn', 'purge ok', 'proxies ok', 'cache fail', 'memory ok', 'clock ok', 'source fail']),
    )
    for (const { state, mend } of findings) expect(mend === undefined).toBe(state === 'ok')
  })
})
