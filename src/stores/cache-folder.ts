import { homedir } from 'node:os'
import { posix, win32 } from 'node:path'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The folder for what Tintype may lose, where the platform keeps such things.
 * @see XDG Base Directory Specification 0.8: a relative `XDG_CACHE_HOME` does not count.
 */
export function userCacheFolder(environment: Environment, platform: string = process.platform, home: string = homedir()): string {
  if (platform === 'win32') return win32.join(environment.LOCALAPPDATA || win32.join(home, 'AppData', 'Local'), 'tintype', 'cache')
  if (platform === 'darwin') return posix.join(home, 'Library', 'Caches', 'tintype')
  const named = environment.XDG_CACHE_HOME ?? ''
  return posix.join(posix.isAbsolute(named) ? named : posix.join(home, '.cache'), 'tintype')
}
