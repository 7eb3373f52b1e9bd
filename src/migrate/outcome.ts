import type { PyValue } from './python-literals.ts'

/** What becomes of one option: settings that say the same, by their names in the environment; and what there is to know. */
export type Outcome = {
  readonly settings?: Readonly<Record<string, string>>
  /** Why there is no equal, or what is different about it; one sentence. */
  readonly note?: string
}

/** All options of a file, the last value of each. */
export type Options = ReadonlyMap<string, PyValue>

/** What becomes of the value of an option; other options may have a say in it. */
export type Row = (value: PyValue, options: Options) => Outcome

/** The row of an option that has no equal. */
export const none =
  (why: string): Row =>
  () => ({ note: why })

/** No equal for any value but this one, which is how it always is here. */
export const only =
  (usual: PyValue | readonly PyValue[], why: string): Row =>
  (value) => {
    const usuals: readonly unknown[] = Array.isArray(usual) ? usual : [usual]
    return { note: usuals.includes(value) ? 'It is so here anyway.' : why }
  }

/** A setting of the same meaning. What the value cannot be is said. */
export const as =
  (setting: string, read: (value: PyValue) => string | undefined, more?: string): Row =>
  (value) => {
    const text = read(value)
    if (text === undefined) return { note: `${setting} takes no such value; choose one.` }
    return { settings: { [setting]: text }, ...(more === undefined ? {} : { note: more }) }
  }

/** The same, where one value says that nothing is said. */
export const unless =
  (off: PyValue | readonly PyValue[], why: string, row: Row): Row =>
  (value, options) => {
    const offs: readonly unknown[] = Array.isArray(off) ? off : [off]
    return offs.includes(value) ? { note: why } : row(value, options)
  }

export const yesNo = (value: PyValue): string | undefined => (typeof value === 'boolean' ? (value ? 'yes' : 'no') : undefined)

/** A text that a list of an environment variable can hold as one value. */
export const text = (value: PyValue): string | undefined =>
  typeof value === 'string' && value !== '' && !/\p{Cc}/u.test(value) ? value : undefined

/** A whole number within bounds, both counted in; one beyond is brought to the nearest. */
export const whole =
  (min: number, max: number) =>
  (value: PyValue): string | undefined =>
    typeof value === 'number' && Number.isFinite(value) ? String(Math.min(max, Math.max(min, Math.round(value)))) : undefined
