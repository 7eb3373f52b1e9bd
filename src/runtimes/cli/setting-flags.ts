import { flagOf } from '../../config/names.ts'
import { settings, shortFlags } from '../../config/tree.ts'

/** The flags that are settings, each with whether it may stand alone. Apart from `flags.ts`, since it loads every part that has settings. */
export const settingFlags: ReadonlyMap<string, boolean> = new Map([
  ...settings.map(({ path, field }) => [flagOf(path), field.read('') === true] as const),
  ...Object.keys(shortFlags).map((name) => [name, false] as const),
  ['config', false],
  ['sources', false],
])
