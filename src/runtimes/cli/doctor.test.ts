import { describe, expect, test } from 'vitest'
import { readSettings, type Settings } from '../../config/read.ts'
import { nodeCheck, sharpCheck } from './doctor-machine.ts'
import { accessCheck, memoryCheck, settingsChecks } from './doctor-settings.ts'

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

  test('says how each thing is mended that is not as it should be', async () => {
    const findings = await settingsChecks(
      settings({ host: '0.0.0.0', 'store-disk-folder': '/dev/null/no', 'source-file-root': '/no/such' }),
      {},
    )
    expect(findings.map(({ name, state }) => `${name} ${state}`)).toEqual(['access warn', 'cache fail', 'memory ok', 'source fail'])
    for (const { state, mend } of findings) expect(mend === undefined).toBe(state === 'ok')
  })
})
