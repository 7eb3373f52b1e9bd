import { rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RegoEngine, TemplateFile } from '@aws/cloudformation-validate'
import { App, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks } from 'cdk-nag'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parameters } from '../../infra/parameters.ts'
import { synthesise } from '../../infra/template.ts'
import { type Deployed, deploy, references, type Template } from './deployed.ts'
import { least, modes } from './stacks.ts'

const engine = new RegoEngine()
afterAll(() => engine.free())

let template: Template
/** What CDK's own validation and cdk-nag found. */
let found: string
beforeAll(() => {
  const app = new App({
    analyticsReporting: false,
    treeMetadata: false,
    context: { '@aws-cdk/core:validateAgainstDefaultRules': true },
  })
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app))
  found = said(() => {
    template = synthesise(app) as Template
  })
}, 60_000)

describe('the template', () => {
  it('finds favour with cdk-nag and with CloudFormation, but for what is excused where it stands', () => {
    expect(found).toBe('')
  })

  it('asks for nothing that CDK would have to upload or to prepare', () => {
    expect(JSON.stringify(template)).not.toMatch(/cdk-hnb659fds|BootstrapVersion|AssetParameters|aws:cdk|AWS::CDK/)
    expect(Object.values(template.Resources).map(({ Type }) => Type)).not.toContain('Custom::S3AutoDeleteObjects')
  })

  it('is within the limits of CloudFormation', () => {
    // Beyond 51,200 bytes it can no longer be sent along, but must lie in S3: which `tintype deploy` knows.
    expect(Buffer.byteLength(JSON.stringify(template))).toBeLessThan(100_000)
    expect(Object.keys(template.Resources).length).toBeLessThan(500)
    expect(Object.keys(template.Parameters).length).toBeLessThan(200)
  })

  it('has a parameter for every row, each with words, and each in a group of the console', () => {
    expect(Object.keys(template.Parameters)).toEqual(Object.keys(parameters))
    const groups = (template.Metadata as { 'AWS::CloudFormation::Interface': { ParameterGroups: { Parameters: string[] }[] } })[
      'AWS::CloudFormation::Interface'
    ].ParameterGroups
    expect(groups.flatMap(({ Parameters }) => Parameters).sort()).toEqual(Object.keys(parameters).sort())
    for (const [name, { Description }] of Object.entries(template.Parameters as Readonly<Record<string, { Description?: string }>>)) {
      expect(Description, name).toMatch(/^[A-Za-z].+\.$/)
    }
  })

  it('allows its own defaults', () => {
    for (const [name, { Default, AllowedPattern, AllowedValues }] of Object.entries(
      template.Parameters as Readonly<Record<string, { Default?: string | number; AllowedPattern?: string; AllowedValues?: string[] }>>,
    )) {
      if (Default === undefined) continue
      if (AllowedPattern !== undefined) expect(String(Default), name).toMatch(new RegExp(`^(?:${AllowedPattern})$`))
      if (AllowedValues !== undefined) expect(AllowedValues, name).toContain(String(Default))
    }
  })

  it.each([
    [{ ...least, VerifyAtEdge: 'yes' }, 'VerifyAtEdge needs KeysImportArn.'],
    [{ ...least, DomainName: 'img.example.org' }, 'DomainName needs CertificateArn.'],
    [{ ...least, Waf: 'yes' }, 'Waf needs a stack in us-east-1; elsewhere use WebAclArn.'],
  ])('refuses %j', (given, message) => {
    expect(() => deploy(template, given)).toThrow(message)
  })
})

describe.each(modes)('the stack with %s', (_name, given) => {
  it('is valid, condition by condition', async () => {
    expect(await complaints(deploy(template, given))).toEqual([])
  })

  it('refers to nothing that is not there', () => {
    const deployed = deploy(template, given)
    const there = new Set([...Object.keys(deployed.Resources), 'AWS::AccountId'])
    expect(references(deployed).filter((name) => !there.has(name))).toEqual([])
  })
})

/** What AWS's own validator says against a template, beside advice. */
async function complaints(deployed: Deployed): Promise<readonly string[]> {
  const path = join(tmpdir(), `tintype-template-${process.pid}.json`)
  try {
    await writeFile(path, JSON.stringify(deployed))
    const report = engine.validateStandard(new TemplateFile(path), { severityLevel: 'WARN' })
    return [
      ...(report.status === 'OK' ? [] : [report.status]),
      ...report.diagnostics.map(({ ruleId, entity, message }) => `${ruleId} ${entity?.logicalId}: ${message}`),
    ]
  } finally {
    await rm(path, { force: true })
  }
}

/** What CDK prints of what it found, on standard error; how many colours and lines it takes is its own affair. */
function said(run: () => void): string {
  const { write } = process.stderr
  let text = ''
  process.stderr.write = (chunk: string | Uint8Array) => {
    text += String(chunk)
    return true
  }
  try {
    run()
  } catch (error) {
    return `${text}\n${String(error)}`
  } finally {
    process.stderr.write = write
  }
  return text
}
