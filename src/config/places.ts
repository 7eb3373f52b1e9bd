import { resolve } from 'node:path'
import { userCacheFolder } from '../stores/cache-folder.ts'
import type { Settings } from './read.ts'

/** The folder for what may be lost: that of the disk store, or where the platform keeps such things. */
export function cacheFolder({ store }: Settings, env: Readonly<Record<string, string | undefined>>): string {
  const { folder } = store.disk
  return resolve(folder === '' ? userCacheFolder(env) : folder)
}
