import { Problem } from '../schema/field.ts'
import { number, printNumber } from '../schema/fields.ts'

/** Rows of numbers as one argument: `1_2_1:2_4_2:1_2_1`. No commas, which part the arguments of a filter from each other. */

/** The rows, of any lengths from 1; `undefined` when one of their numbers is none, or beyond `far` either way. */
export function readRows(text: string, far: number): number[][] | undefined {
  const item = number({ doc: '', min: -far, max: far })
  const rows: number[][] = []
  for (const line of text.split(':')) {
    const row: number[] = []
    for (const part of line.split('_')) {
      const value = item.read(part)
      if (value instanceof Problem) return undefined
      row.push(value)
    }
    rows.push(row)
  }
  return rows
}

export function printRows(rows: readonly (readonly number[])[]): string {
  return rows.map((row) => row.map(printNumber).join('_')).join(':')
}
