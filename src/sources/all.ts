import { file } from './file.ts'
import { http } from './http.ts'
import { s3 } from './s3.ts'

/** Every kind of source, in the order in which the reference lists them. */
export const sources = [file, http, s3] as const
