import { rmSync } from 'node:fs'
import { App } from 'aws-cdk-lib'
import { TintypeStack } from './stack.ts'

/** The published template as JSON: one for all that its parameters may say. */
export function printTemplate(): string {
  // Judging it takes longer than all else: the tests do.
  const app = new App({ analyticsReporting: false, treeMetadata: false, builtinCloudFormationValidation: false })
  return `${JSON.stringify(synthesise(app), undefined, 1)}\n`
}

/** The template of the stack in an app, which may have been given validations before. */
export function synthesise(app: App): Readonly<Record<string, unknown>> {
  const stack = new TintypeStack(app, 'tintype')
  const assembly = app.synth()
  const template = assembly.getStackByName(stack.stackName).template as Readonly<Record<string, unknown>>
  // What CDK would hand to its own deploying lies in a temporary folder.
  rmSync(assembly.directory, { recursive: true, force: true })
  return template
}
