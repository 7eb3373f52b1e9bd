import { file } from './file.ts'
import { http } from './http.ts'

/** Every kind of source, in the order in which the reference lists them. */
export const sources = [file, http] as const
