import type { Fields, Values } from '../schema/field.ts'
import { boolean, integer, list, text } from '../schema/fields.ts'

/** Originals that clients bring. */
export const uploadFields = {
  enabled: boolean({ doc: 'Take uploads: POST, GET and HEAD of `image` below the mount of a dialect that has them.', fallback: false }),
  put: boolean({ doc: 'Let PUT put another picture in the place of an upload.', fallback: false }),
  delete: boolean({ doc: 'Let DELETE remove an upload.', fallback: false }),
  source: text({
    doc: 'Name of the source that keeps uploads: a folder or a bucket, as in TINTYPE_SOURCES=uploads=file:/data/uploads. A picture of one is asked for as NAME:ID.',
    max: 32,
    pattern: /^[a-z][a-z0-9-]*$/,
    expected: 'the name of a source',
    fallback: 'uploads',
  }),
  token: text({
    doc: 'Token that writing needs, as `Authorization: Bearer`: uploads, and lines for the list of what is blocked.',
    min: 16,
    max: 512,
    secret: true,
  }),
  open: boolean({ doc: 'Let anyone who reaches this service write, without a token.', fallback: false }),
  maxBytes: integer({
    doc: 'Largest upload; never more than limit.sourceBytes, or it could not be read again.',
    unit: 'bytes',
    min: 1,
    max: 1e9,
    fallback: 20_000_000,
  }),
  minWidth: integer({ doc: 'Least width of an upload.', unit: 'px', min: 1, max: 1_000_000, fallback: 1 }),
  minHeight: integer({ doc: 'Least height of an upload.', unit: 'px', min: 1, max: 1_000_000, fallback: 1 }),
  filename: text({
    doc: 'Name in the address of an upload that came without one; its ending is that of its format.',
    max: 100,
    pattern: /^[\w.~-]+$/,
    expected: 'a name of letters, digits and . _ ~ -',
    fallback: 'image',
  }),
  seconds: integer({ doc: 'Longest time for the body of an upload to come.', unit: 'seconds', min: 1, max: 600, fallback: 20 }),
  atOnce: integer({
    doc: 'Uploads that are taken at once; as many more wait as for the renderer. Each may hold twice its bytes in memory.',
    unit: 'uploads',
    min: 1,
    max: 1000,
    fallback: 8,
  }),
} as const satisfies Fields

/** Originals that are never shown. */
export const blockFields = {
  keys: list(text({ doc: 'A text.', max: 1000 }), {
    doc: 'Texts; a picture is refused when the key of its original, or of one laid over it, contains one of them.',
    max: 1000,
    fallback: [],
  }),
  file: text({
    doc: 'File with one such text a line, up to 5000 of them in 500 kB; read again when it changes.',
    max: 4096,
    expected: 'the path of a file',
  }),
  put: boolean({ doc: 'Let PUT of `blacklist?TEXT` append a line to that file.', fallback: false }),
} as const satisfies Fields

export type UploadSettings = Values<typeof uploadFields>
export type BlockSettings = Values<typeof blockFields>
