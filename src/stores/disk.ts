import { resolve } from 'node:path'
import { Failure } from '../errors.ts'
import { integer, text } from '../schema/fields.ts'
import { userCacheFolder } from './cache-folder.ts'
import { DiskFolder } from './disk-folder.ts'
import { DiskStore } from './disk-store.ts'
import { defineStore } from './store.ts'

export const disk = defineStore({
  name: 'disk',
  doc: 'Keeps the entries used last as files in a folder, which several processes may share.',
  options: {
    folder: text({
      doc: "Where the files lie; empty for the user's cache folder.",
      min: 0,
      max: 4096,
      expected: 'the path of a folder, or nothing',
      fallback: '',
    }),
    bytes: integer({ doc: 'Most disk space for entries.', unit: 'bytes', min: 2 ** 20, max: 2 ** 49, fallback: 2 * 2 ** 30 }),
    files: integer({ doc: 'Most files; each takes about 300 bytes of memory too.', min: 100, max: 10_000_000, fallback: 100_000 }),
  },
  async open({ folder, bytes, files }) {
    // The platform's cache folder is a matter of the environment alone, and is asked for only when no setting names one.
    const path = resolve(folder === '' ? userCacheFolder(process.env) : folder)
    const place = new DiskFolder(path)
    try {
      await place.prepare()
    } catch (cause) {
      const parameter = 'TINTYPE_STORE_DISK_FOLDER'
      const expected = 'a folder that can be written'
      throw new Failure('setting-invalid', `${parameter}: expected ${expected}, got "${path}".`, { parameter, expected, cause })
    }
    return new DiskStore(place, { bytes, files })
  },
})
