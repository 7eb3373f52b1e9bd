import { type Context, command, json, Misuse, Trouble } from '../command.ts'
import { abandon, type ChangeSet, changeRow, dropChanges, execute, planChanges, tellChanges } from './change-set.ts'
import { type Cloud, openCloud } from './cloud.ts'
import { uploadAll } from './code.ts'
import { codeBucket } from './code-bucket.ts'
import { consent, needTerminal } from './consent.ts'
import { eventsSoFar, follow } from './events.ts'
import { Interrupted, interruptedCode, interruptible } from './interrupt.ts'
import { checkParameter, givenParameters, readParameters, type Said, valueInForce } from './parameters.ts'
import { releaseOf } from './release.ts'
import { settled } from './settle.ts'
import { accountOf, findStack, type Stack, stackName } from './stack.ts'
import { readTemplate, type Template } from './template.ts'

/** CloudFront alone may take a quarter of an hour. */
const longestSeconds = 3600

export const deploy = command({
  doc: 'Puts the service on AWS, or brings what is there up to date; shows what would change, and asks first.',
  usage: '[--stage STAGE] [--set PARAMETER=VALUE …] [--dry-run] [--yes]',
  args: {
    stack: { type: 'string', valueHint: 'NAME', description: 'Name of the stack (default tintype).' },
    stage: { type: 'string', valueHint: 'STAGE', description: 'A stack of its own beside production: NAME-STAGE (default production).' },
    set: { type: 'string', valueHint: 'PARAMETER=VALUE', description: 'A parameter of the stack; as often as need be.' },
    entry: { type: 'string', valueHint: 'KIND', description: 'function-url or rest-api; short for --set Entry=KIND.' },
    region: { type: 'string', valueHint: 'REGION', description: 'Else that of AWS_REGION or of the profile.' },
    bucket: { type: 'string', valueHint: 'NAME', description: 'A bucket of yours for the code, in that region; else one is made.' },
    template: { type: 'string', valueHint: 'FILE', description: 'Another template than the one that comes with this version.' },
    alarms: { type: 'boolean', default: true, description: 'Go on even when an alarm of the stack sounds; else it is rolled back.' },
    'dry-run': { type: 'boolean', description: 'Show what would change, and stop there.' },
    yes: { type: 'boolean', description: 'Do not ask.' },
    json: { type: 'boolean', description: 'What came of it, as JSON on standard output.' },
  },
  settings: false,
  many: true,
  repeated: 'set',
  examples: [
    'tintype deploy --region eu-central-1',
    'tintype deploy --stage staging --set Memory=3008 --set Concurrency=50',
    'tintype deploy --entry rest-api --set AlarmEmail=me@example.org --yes',
    'tintype deploy --dry-run',
  ],
  async run(args, context) {
    const template = await readTemplate(context.folder, args.template)
    const entry = args.entry === undefined ? [] : [`Entry=${args.entry}`]
    const said = readParameters([...entry, ...args._], template.parameters)
    const name = nameOf(args.stack, args.stage)
    if (args.yes !== true && args['dry-run'] !== true) needTerminal(context)
    const cloud = await openCloud(args.region)
    const state = { begun: false }
    try {
      return await interruptible(longestSeconds, (signal) => run({ cloud, name, template, said, args, state }, context, signal))
    } catch (thrown) {
      if (!(thrown instanceof Interrupted)) throw thrown
      return tellInterrupted(thrown, state.begun, name, cloud, context)
    } finally {
      cloud.close()
    }
  },
})

type Work = {
  readonly cloud: Cloud
  readonly name: string
  readonly template: Template
  readonly said: Said
  readonly args: {
    readonly bucket?: string | undefined
    readonly alarms?: boolean | undefined
    readonly 'dry-run'?: boolean | undefined
    readonly yes?: boolean | undefined
    readonly json?: boolean | undefined
  }
  /** Does AWS go on without us? */
  readonly state: { begun: boolean }
}

async function run({ cloud, name, template, said, args, state }: Work, context: Context, signal: AbortSignal): Promise<number> {
  const { err } = context
  const { 'dry-run': dryRun, yes, json: asJson } = args
  const before = await settled(cloud, await findStack(cloud, name, signal), { yes, dryRun }, context, signal)
  err.line(`${err.ink('bold', name)} in ${cloud.region}: ${before === undefined ? 'a new stack' : `an update of ${before.id}`}.`)
  const changes = await plan({ cloud, name, template, said, args }, before, context, signal)
  if (changes === undefined) {
    err.line(err.ink('green', 'Nothing to change: all of it is there already.'))
    return finish('unchanged', before, undefined, asJson, context)
  }
  tellChanges(changes, context)
  if (dryRun === true) {
    await dropChanges(cloud, changes, before === undefined, signal)
    err.line('Nothing else was done; the template lies in the bucket for the code.')
    return finish('planned', before, changes, asJson, context)
  }
  const question = `Make these ${changes.changes.length} changes in account ${accountOf(changes.stack)}?`
  const agreed = await consent(question, yes, context, signal).catch((thrown: unknown) =>
    abandon(cloud, changes, before === undefined, thrown),
  )
  if (!agreed) {
    await dropChanges(cloud, changes, before === undefined, signal)
    err.line('Nothing was changed.')
    return 1
  }
  const known = await eventsSoFar(cloud, changes.stack, signal)
  state.begun = true
  await execute(cloud, changes, signal)
  const { status, cause } = await follow(cloud, changes.stack, known, err, signal)
  if (status !== 'CREATE_COMPLETE' && status !== 'UPDATE_COMPLETE') {
    const went = status.includes('ROLLBACK_COMPLETE') ? 'It was rolled back' : `The stack is ${status}`
    const why = cause === undefined ? 'AWS names no cause.' : `${cause.resource}: ${cause.reason}`
    const hint =
      before === undefined ? 'Mend that, and deploy again.' : 'What was there before is there still; mend that, and deploy again.'
    throw new Trouble(`${went}. It began with ${why}`, hint)
  }
  return finish('deployed', await findStack(cloud, changes.stack, signal), changes, asJson, context)
}

/** Code and template to their bucket, and what CloudFormation would do with them. */
async function plan(
  { cloud, name, template, said, args }: Omit<Work, 'state'>,
  before: Stack | undefined,
  context: Context,
  signal: AbortSignal,
): Promise<ChangeSet | undefined> {
  const bucket = args.bucket ?? (await codeBucket(cloud, context, signal))
  const architecture = valueInForce('Architecture', said, before?.parameters, template.parameters) || 'x86_64'
  const { codeKey, templateUrl } = await uploadAll(
    cloud,
    bucket,
    template,
    { architecture, dryRun: args['dry-run'] === true },
    context,
    signal,
  )
  const own = new Map([['CodeBucket', bucket], ['CodeKey', codeKey], ...said])
  if (!own.has('Release')) own.set('Release', releaseOf(template, own, before?.parameters))
  for (const [parameter, value] of own) {
    const known = template.parameters[parameter]
    if (known === undefined) own.delete(parameter)
    else checkParameter(parameter, value, known)
  }
  const alarms = before?.outputs.find((output) => output.name === 'RollbackAlarms')?.value.split(',') ?? []
  const wish = {
    stack: name,
    fresh: before === undefined,
    template: { url: templateUrl },
    parameters: givenParameters(own, before?.parameters, template.parameters),
    alarms: args.alarms === false ? [] : alarms,
  }
  context.err.line(`${context.err.ink('dim', 'Asking')} CloudFormation what would change.`)
  return planChanges(cloud, wish, signal)
}

/** What there is now: for a person on standard error, for a program on standard output. */
function finish(
  result: 'deployed' | 'planned' | 'unchanged',
  stack: Stack | undefined,
  changes: ChangeSet | undefined,
  asJson: boolean | undefined,
  { out, err }: Context,
): number {
  const outputs = stack?.outputs ?? []
  if (asJson === true) {
    out.line(
      json({
        result,
        stack: stack?.id ?? changes?.stack,
        changes: changes?.changes.map(changeRow) ?? [],
        outputs: Object.fromEntries(outputs.map(({ name, value }) => [name, value])),
      }),
    )
    return 0
  }
  if (result === 'planned') return 0
  const width = Math.max(0, ...outputs.map(({ name }) => name.length))
  for (const { name, value } of outputs) out.line(`${out.ink('cyan', name.padEnd(width))}  ${value}`)
  const url = outputs.find(({ name }) => name === 'Url')?.value
  if (result === 'deployed' && url !== undefined) {
    err.line('')
    err.line(`${err.ink('green', 'Done.')} Open ${err.ink('underline', url)}, or prove it: ${err.ink('bold', `tintype check ${url}`)}`)
  }
  return 0
}

/** A stage has a stack of its own, so that nothing done to it can touch production. */
export function nameOf(stack = 'tintype', stage = 'production'): string {
  const name = stackName(stack, stage)
  if (/^[A-Za-z][A-Za-z0-9-]{0,99}$/.test(name)) return name
  throw new Misuse(
    `--stack and --stage: expected letters, digits and dashes, got "${name}".`,
    'For instance: --stack pictures --stage staging',
  )
}

function tellInterrupted({ why }: Interrupted, begun: boolean, name: string, { region }: Cloud, { err }: Context): number {
  const at = `--stack-name ${name} --region ${region}`
  err.line('')
  if (!begun) err.line('Stopped. Nothing was changed.')
  else {
    err.line(`${why === 'late' ? 'This takes too long to watch' : 'No longer watching'}: AWS goes on without this program.`)
    err.line(`  Follow it:  aws cloudformation describe-stack-events ${at} --max-items 10`)
    err.line(`  Stop it:    aws cloudformation cancel-update-stack ${at}   (an update; a first deployment: tintype destroy)`)
  }
  return why === 'late' ? 1 : interruptedCode
}
