import { CfnOutput, CfnRule, Fn, type IStackSynthesizer, LegacyStackSynthesizer, Stack } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { excuse } from './excuse.ts'
import { Tintype, type TintypeProps } from './tintype.ts'
import { declareParameters, type Values } from './values.ts'

/** The stack of the published template: the construct with parameters for properties, and outputs for what an operator wants to know. */
export class TintypeStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      description: 'Tintype: an image service whose whole interface is the URL.',
      // The template stands for itself: nothing is uploaded by CDK, and no account needs to be prepared for it.
      synthesizer: new LegacyStackSynthesizer() as IStackSynthesizer,
      analyticsReporting: false,
    })
    this.templateOptions.templateFormatVersion = '2010-09-09'
    const values = declareParameters(this)
    addRules(this, values)
    excuse(this, 'CloudFormation-Validate::W2509', 'KeysSecretArn names a secret and is none.')
    excuse(this, 'CloudFormation-Validate::W1001', 'The bucket is named under the condition under which it is there.')
    // A child of this name adds nothing to the names of its own: `Results`, not `TintypeResults3F2A`.
    const { facts, conditions } = new Tintype(this, 'Default', props(values))
    for (const [name, { doc, value, when }] of Object.entries(facts)) {
      // Outputs share their names with parameters and resources in CDK, not in CloudFormation.
      const output = new CfnOutput(this, `${name}Output`, {
        description: doc,
        value,
        ...(when === undefined ? {} : { condition: conditions[when] }),
      })
      output.overrideLogicalId(name)
    }
  }
}

function props(values: Values): TintypeProps {
  const small = Object.entries(values).map(([name, value]) => [name.replace(/^./, (letter) => letter.toLowerCase()), value])
  return Object.fromEntries(small) as TintypeProps
}

/** What must go together is said before anything is made. */
function addRules(stack: Stack, values: Values): void {
  const rule = (
    name: string,
    when: [value: string, is: string],
    assert: ReturnType<typeof Fn.conditionEquals>,
    assertDescription: string,
  ): void => {
    new CfnRule(stack, name, { ruleCondition: Fn.conditionEquals(...when), assertions: [{ assert, assertDescription }] })
  }
  const given = (value: string) => Fn.conditionNot(Fn.conditionEquals(value, ''))
  rule('OnlyNeedsPresets', [values.PresetsOnly, 'yes'], given(values.Presets), 'PresetsOnly needs Presets.')
  rule('EdgeNeedsKeys', [values.VerifyAtEdge, 'yes'], given(values.KeysImportArn), 'VerifyAtEdge needs KeysImportArn.')
  rule(
    'WafInUsEast1',
    [values.Waf, 'yes'],
    Fn.conditionEquals(stack.region, 'us-east-1'),
    'Waf needs a stack in us-east-1; elsewhere use WebAclArn.',
  )
  new CfnRule(stack, 'DomainNeedsCertificate', {
    ruleCondition: given(values.DomainName),
    assertions: [{ assert: given(values.CertificateArn), assertDescription: 'DomainName needs CertificateArn.' }],
  })
}
