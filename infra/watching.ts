import { Aws, Fn, Stack } from 'aws-cdk-lib'
import { CfnAlarm, CfnDashboard } from 'aws-cdk-lib/aws-cloudwatch'
import { Effect, PolicyDocument, PolicyStatement, ServicePrincipal, StarPrincipal } from 'aws-cdk-lib/aws-iam'
import { CfnSubscription, CfnTopic, CfnTopicPolicy } from 'aws-cdk-lib/aws-sns'
import type { Construct } from 'constructs'
import { excuse } from './excuse.ts'
import { type Conditions, textWhen, type Values } from './values.ts'

/** What is watched, by the names that CloudWatch knows it by. */
export type Watched = {
  readonly functionName: string
  readonly eventFunctionName: string
  readonly queueName: string
  readonly deadLettersName: string
  readonly distributionId: string
  readonly apiName: string
}

export type Watching = {
  /** Alarms that tell of a bad deployment: CloudFormation rolls back while it is under way when one of them rings. */
  readonly rollbackAlarms: readonly CfnAlarm[]
  readonly dashboardName: string
}

/** A metric as alarms and dashboards name it. */
type Metric = {
  readonly namespace: string
  readonly name: string
  readonly dimensions: Readonly<Record<string, string>>
  readonly statistic: string
}

/** A picture that takes longer keeps its viewer waiting for too long, first as it may be. */
const slowMilliseconds = 5_000

export function addWatching(scope: Construct, values: Values, conditions: Conditions, watched: Watched): Watching {
  const topic = addTopic(scope, values, conditions)
  const metrics = metricsOf(watched)
  const alarm = (id: string, metric: Metric, threshold: number, minutes: number, doc: string): CfnAlarm =>
    new CfnAlarm(scope, id, {
      alarmDescription: doc,
      namespace: metric.namespace,
      metricName: metric.name,
      dimensions: Object.entries(metric.dimensions).map(([name, value]) => ({ name, value })),
      ...(metric.statistic.startsWith('p')
        ? { extendedStatistic: metric.statistic, evaluateLowSampleCountPercentile: 'ignore' }
        : { statistic: metric.statistic }),
      period: 60,
      evaluationPeriods: minutes,
      datapointsToAlarm: Math.ceil((minutes * 3) / 5),
      threshold,
      comparisonOperator: 'GreaterThanThreshold',
      // A night in which nobody asks for a new picture is no trouble.
      treatMissingData: 'notBreaching',
      alarmActions: [topic.ref],
      okActions: [topic.ref],
    })
  const errors = alarm('ErrorsAlarm', metrics.errors, 5, 5, 'The function fails: see its log.')
  alarm('ThrottlesAlarm', metrics.throttles, 5, 5, 'Viewers are turned away: raise Concurrency, or the limit of the account.')
  alarm('SlowAlarm', metrics.slow, slowMilliseconds, 15, `One new picture in twenty takes longer than ${slowMilliseconds / 1000} s.`)
  alarm(
    'DeadLettersAlarm',
    metrics.deadLetters,
    0,
    1,
    'Originals that could not be worked on five times: look at the queue of dead letters.',
  )
  const url = alarm('Url5xxAlarm', metrics.url5xx, 5, 5, 'The Function URL answers with 5xx.')
  url.cfnOptions.condition = conditions.functionUrl
  const api = alarm('Api5xxAlarm', metrics.api5xx, 5, 5, 'The REST API answers with 5xx.')
  api.cfnOptions.condition = conditions.restApi
  const viewers = alarm('Viewer5xxAlarm', metrics.viewer5xx, 5, 5, 'More than 5 % of what viewers ask ends with 5xx.')
  // CloudFront counts in us-east-1 alone, and an alarm sees its own region.
  viewers.cfnOptions.condition = conditions.inUsEast1
  const dashboard = addDashboard(scope, conditions, metrics)
  return { rollbackAlarms: [errors], dashboardName: dashboard.ref }
}

function metricsOf(watched: Watched) {
  const lambda = (name: string, statistic: string, functionName = watched.functionName): Metric => ({
    namespace: 'AWS/Lambda',
    name,
    dimensions: { FunctionName: functionName },
    statistic,
  })
  const cloudFront = (name: string, statistic: string): Metric => ({
    namespace: 'AWS/CloudFront',
    name,
    dimensions: { DistributionId: watched.distributionId, Region: 'Global' },
    statistic,
  })
  const api = (name: string, statistic: string): Metric => ({
    namespace: 'AWS/ApiGateway',
    name,
    dimensions: { ApiName: watched.apiName },
    statistic,
  })
  const sqs = (name: string, queueName: string): Metric => ({
    namespace: 'AWS/SQS',
    name,
    dimensions: { QueueName: queueName },
    statistic: 'Maximum',
  })
  return {
    errors: lambda('Errors', 'Sum'),
    throttles: lambda('Throttles', 'Sum'),
    invocations: lambda('Invocations', 'Sum'),
    usual: lambda('Duration', 'p50'),
    slow: lambda('Duration', 'p95'),
    atOnce: lambda('ConcurrentExecutions', 'Maximum'),
    url5xx: lambda('Url5xxCount', 'Sum'),
    eventErrors: lambda('Errors', 'Sum', watched.eventFunctionName),
    eventInvocations: lambda('Invocations', 'Sum', watched.eventFunctionName),
    waiting: sqs('ApproximateNumberOfMessagesVisible', watched.queueName),
    deadLetters: sqs('ApproximateNumberOfMessagesVisible', watched.deadLettersName),
    viewerRequests: cloudFront('Requests', 'Sum'),
    viewerBytes: cloudFront('BytesDownloaded', 'Sum'),
    viewer4xx: cloudFront('4xxErrorRate', 'Average'),
    viewer5xx: cloudFront('5xxErrorRate', 'Average'),
    apiCount: api('Count', 'Sum'),
    api4xx: api('4XXError', 'Sum'),
    api5xx: api('5XXError', 'Sum'),
    apiLatency: api('Latency', 'p95'),
  } as const satisfies Record<string, Metric>
}

/** Alarms go to a topic, and from there to the operator's address where he gave one; he may add whatever else listens. */
function addTopic(scope: Construct, values: Values, conditions: Conditions): CfnTopic {
  const topic = new CfnTopic(scope, 'Alarms', {})
  const subscription = new CfnSubscription(scope, 'AlarmEmailSubscription', {
    topicArn: topic.ref,
    protocol: 'email',
    endpoint: values.AlarmEmail,
  })
  subscription.cfnOptions.condition = conditions.alarmEmail
  new CfnTopicPolicy(scope, 'AlarmsPolicy', {
    topics: [topic.ref],
    policyDocument: new PolicyDocument({
      statements: [
        new PolicyStatement({
          sid: 'AlarmsOfThisAccount',
          principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
          actions: ['sns:Publish'],
          resources: [topic.ref],
          conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
        }),
        new PolicyStatement({
          sid: 'OnlyTls',
          effect: Effect.DENY,
          principals: [new StarPrincipal()],
          actions: ['sns:Publish'],
          resources: [topic.ref],
          conditions: { Bool: { 'aws:SecureTransport': 'false' } },
        }),
      ],
    }),
  })
  excuse(topic, 'AwsSolutions-SNS2', 'Alarms tell no secrets, and CloudWatch may not use the key that AWS manages for topics.')
  return topic
}

/** Viewers above, the function in the middle, what happens in the background below. */
function addDashboard(scope: Construct, conditions: Conditions, metrics: ReturnType<typeof metricsOf>): CfnDashboard {
  const stack = Stack.of(scope)
  const graph = (title: string, lines: readonly Metric[], region: string = Aws.REGION): object => ({
    type: 'metric',
    width: 8,
    height: 6,
    properties: {
      title,
      region,
      view: 'timeSeries',
      period: 300,
      metrics: lines.map(({ namespace, name, dimensions, statistic }) => [
        namespace,
        name,
        ...Object.entries(dimensions).flat(),
        { stat: statistic, label: `${name} ${statistic}` },
      ]),
    },
  })
  const widgets = [
    graph('Viewers', [metrics.viewerRequests], 'us-east-1'),
    graph('Errors that viewers see, percent', [metrics.viewer4xx, metrics.viewer5xx], 'us-east-1'),
    graph('Bytes to viewers', [metrics.viewerBytes], 'us-east-1'),
    graph('New pictures', [metrics.invocations, metrics.errors, metrics.throttles]),
    graph('Time for a new picture, ms', [metrics.usual, metrics.slow]),
    graph('Pictures made at once', [metrics.atOnce]),
    graph('Events of originals', [metrics.eventInvocations, metrics.eventErrors]),
    graph('Waiting, and given up', [metrics.waiting, metrics.deadLetters]),
  ]
  const apiWidget = graph('REST API', [metrics.apiCount, metrics.api4xx, metrics.api5xx, metrics.apiLatency])
  return new CfnDashboard(scope, 'Dashboard', {
    dashboardName: `${Aws.STACK_NAME}-${Aws.REGION}`,
    dashboardBody: Fn.join('', [
      '{"widgets":[',
      widgets.map((widget) => stack.toJsonString(widget)).join(','),
      textWhen(conditions.restApi, `,${stack.toJsonString(apiWidget)}`, ''),
      ']}',
    ]),
  })
}
