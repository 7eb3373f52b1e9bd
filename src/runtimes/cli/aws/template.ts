import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Misuse } from '../command.ts'

/** A parameter as CloudFormation describes it. */
export type TemplateParameter = {
  readonly Type: string
  readonly Description?: string
  readonly Default?: string | number
  readonly AllowedValues?: readonly (string | number)[]
  readonly AllowedPattern?: string
  readonly ConstraintDescription?: string
  readonly MinValue?: number | string
  readonly MaxValue?: number | string
  readonly MinLength?: number | string
  readonly MaxLength?: number | string
}

export type Template = {
  readonly parameters: Readonly<Record<string, TemplateParameter>>
  /** Without blanks: CloudFormation counts them against its limit. */
  readonly text: string
  readonly sha256: string
}

/** The templates that come with the program, four floors up from here, both in `src` and in `dist`: of `npm run build:aws`, and of the package. */
const own = ['../../../../dist-aws/tintype.template.json', '../../../../dist/aws/tintype.template.json'].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
)

/** Reads the template: that of the file, or the one that comes with the program. */
export async function readTemplate(folder: string, file?: string): Promise<Template> {
  const paths = file === undefined ? own : [resolve(folder, file)]
  const path = paths.find((each) => existsSync(each)) ?? paths[0] ?? ''
  const written = await readFile(path, 'utf8').catch(() => {
    throw new Misuse(
      `The template ${path} cannot be read.`,
      file === undefined ? 'It is made by: npm run build:aws' : 'Name a template in JSON.',
    )
  })
  try {
    const parsed = JSON.parse(written) as { readonly Parameters?: Template['parameters'] }
    const text = JSON.stringify(parsed)
    return { parameters: parsed.Parameters ?? {}, text, sha256: createHash('sha256').update(text).digest('hex') }
  } catch {
    throw new Misuse(`The template ${path} is no JSON.`, 'Name a template in JSON.')
  }
}
