import { expect, it } from 'vitest'
import { userCacheFolder } from './cache-folder.ts'

it.each([
  ['linux', {}, '/home/u', '/home/u/.cache/tintype'],
  ['linux', { XDG_CACHE_HOME: '/var/c' }, '/home/u', '/var/c/tintype'],
  ['linux', { XDG_CACHE_HOME: 'c' }, '/home/u', '/home/u/.cache/tintype'],
  ['darwin', { XDG_CACHE_HOME: '/var/c' }, '/Users/u', '/Users/u/Library/Caches/tintype'],
  ['win32', { LOCALAPPDATA: 'D:\\L' }, 'C:\\U', 'D:\\L\\tintype\\cache'],
  ['win32', {}, 'C:\\U', 'C:\\U\\AppData\\Local\\tintype\\cache'],
])('%s with %j', (platform, environment, home, expected) => {
  expect(userCacheFolder(environment, platform, home)).toBe(expected)
})
