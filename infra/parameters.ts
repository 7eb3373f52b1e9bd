/** What an operator may say about a stack: a row is a parameter of the template and a property of the construct. */
export type Parameter = {
  readonly group: Group
  /** Shown by the console of CloudFormation beside the field. */
  readonly doc: string
  readonly fallback: string | number
  readonly choices?: readonly (string | number)[]
  /** Of the whole text. */
  readonly pattern?: string
  /** What the pattern means, in words. */
  readonly expected?: string
  readonly min?: number
  readonly max?: number
}

export type Group = 'Code' | 'Originals' | 'Pictures' | 'Entry' | 'Function' | 'Signatures' | 'Domain' | 'Watching'

/** Nothing, or what the pattern says: a parameter of CloudFormation cannot be left out, but its text may be empty. */
const orEmpty = (pattern: string): string => `^$|^(?:${pattern})$`

/** Letters that no list, path or pattern of S3 gives a meaning. */
const bucket = '[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]'
const arn = (service: string, rest = '.+'): string => `arn:aws[a-z-]*:${service}:${rest}`

/**
 * Every parameter, in the order of the template. Names are those of CloudFormation; properties of the construct begin with a small letter.
 * A text that is empty means "without"; numbers that mean "without" say so.
 */
export const parameters = {
  CodeBucket: {
    group: 'Code',
    doc: 'Bucket that holds the zip of the function; it must be in the region of the stack.',
    fallback: '',
    pattern: bucket,
    expected: 'the name of a bucket',
  },
  CodeKey: {
    group: 'Code',
    doc: 'Key of the zip in that bucket, for the architecture below.',
    fallback: 'tintype-lambda-x64.zip',
    pattern: '[\\x21-\\x7e]{1,1024}',
    expected: 'a key of printable ASCII',
  },
  Release: {
    group: 'Code',
    doc: 'Name of this deployment. Another name publishes another version of the function: change it with whatever else you change.',
    fallback: 'first',
    pattern: '[A-Za-z0-9][A-Za-z0-9._-]{0,63}',
    expected: 'up to 64 letters, digits, dots, dashes and underscores',
  },
  ProductionVersion: {
    group: 'Code',
    doc: 'Version of the function that production runs: empty for the newest, or the number of an earlier one, to roll back or to try the newest in staging first.',
    fallback: '',
    pattern: orEmpty('[1-9][0-9]{0,8}'),
    expected: 'a number, or nothing',
  },
  OriginalsBucket: {
    group: 'Originals',
    doc: 'Bucket that holds the originals, in this region; empty makes one, which outlives the stack. One that exists must send its events to EventBridge.',
    fallback: '',
    pattern: orEmpty(bucket),
    expected: 'the name of a bucket, or nothing',
  },
  OriginalsPrefix: {
    group: 'Originals',
    doc: 'Only keys below it are originals: "photos/".',
    fallback: '',
    pattern: orEmpty('[A-Za-z0-9!_.()/-]{0,255}/'),
    expected: 'a prefix that ends in a slash, or nothing',
  },
  OriginalsKeyArn: {
    group: 'Originals',
    doc: 'Key of KMS with which the originals are encrypted; empty when S3 encrypts them with keys of its own.',
    fallback: '',
    pattern: orEmpty(arn('kms')),
    expected: 'the ARN of a key, or nothing',
  },
  HttpAllow: {
    group: 'Originals',
    doc: 'Hosts of the web from which originals may come, with commas between: "images.example.org, *.example.net". Empty: none.',
    fallback: '',
    pattern: orEmpty('[A-Za-z0-9.*:/_, -]{1,1024}'),
    expected: 'names of hosts, with commas between',
  },
  Presets: {
    group: 'Pictures',
    doc: 'Presets as TINTYPE_PRESETS takes them: \'{ "thumb": "w=200&h=200&fit=cover" }\'.',
    fallback: '',
    max: 2048,
  },
  PresetsOnly: {
    group: 'Pictures',
    doc: 'Answer presets alone, and refuse every other parameter. Needs Presets.',
    fallback: 'no',
    choices: ['yes', 'no'],
  },
  Prerender: {
    group: 'Pictures',
    doc: 'Presets that are made as soon as an original arrives, with commas between.',
    fallback: '',
    pattern: orEmpty('[A-Za-z0-9_.-]+(?: *, *[A-Za-z0-9_.-]+)*'),
    expected: 'names of presets, with commas between',
  },
  Accepts: {
    group: 'Pictures',
    doc: 'Clients for which presets are made ahead of time, by the formats that they take, with commas between: none, webp, avif, avif-webp.',
    fallback: 'avif-webp',
    pattern: '(?:none|webp|avif|avif-webp)(?:,(?:none|webp|avif|avif-webp)){0,3}',
    expected: 'some of none, webp, avif, avif-webp, with commas between',
  },
  Demo: {
    group: 'Pictures',
    doc: 'Sample pictures on the page at the root, as "demo:" originals.',
    fallback: 'yes',
    choices: ['yes', 'no'],
  },
  ResultDays: {
    group: 'Pictures',
    doc: 'Days after which a picture leaves the result bucket, to be made again when someone asks.',
    fallback: 90,
    min: 1,
    max: 3650,
  },
  Entry: {
    group: 'Entry',
    doc: 'What CloudFront asks when the result bucket has no answer: a Function URL (the cheapest), or a REST API with throttling, canary and access logs.',
    fallback: 'function-url',
    choices: ['function-url', 'rest-api'],
  },
  StageName: {
    group: 'Entry',
    doc: 'Stage that CloudFront asks.',
    fallback: 'production',
    choices: ['production', 'staging'],
  },
  CanaryPercent: {
    group: 'Entry',
    doc: 'Of a REST API: percent of what production is asked that the version in staging answers. 0: none.',
    fallback: 0,
    min: 0,
    max: 100,
  },
  ThrottleRate: {
    group: 'Entry',
    doc: 'Of a REST API: requests a second that it lets through to the function; beyond, 429.',
    fallback: 500,
    min: 1,
    max: 10000,
  },
  ThrottleBurst: {
    group: 'Entry',
    doc: 'Of a REST API: requests at once above that rate.',
    fallback: 250,
    min: 1,
    max: 5000,
  },
  ApiGatewayLogRole: {
    group: 'Entry',
    doc: 'Of a REST API: let the stack set the role with which API Gateway writes logs, for all APIs of this account and region. "no" where it is set already.',
    fallback: 'yes',
    choices: ['yes', 'no'],
  },
  Memory: {
    group: 'Function',
    doc: 'Memory of the function in MB. 1769 is one vCPU; twice that for much AVIF.',
    fallback: 1769,
    min: 512,
    max: 10240,
  },
  TimeoutSeconds: {
    group: 'Function',
    doc: 'Longest time for one picture.',
    fallback: 30,
    min: 3,
    max: 60,
  },
  Concurrency: {
    group: 'Function',
    doc: 'Ceiling of pictures made at once, and so of what a flood can cost. 0: no ceiling but that of the account.',
    fallback: 0,
    min: 0,
    max: 10000,
  },
  EventConcurrency: {
    group: 'Function',
    doc: 'Pictures made ahead of time at once, at most.',
    fallback: 5,
    min: 2,
    max: 1000,
  },
  Architecture: {
    group: 'Function',
    doc: 'x86_64 is faster with pictures, arm64 a fifth cheaper a second. The zip must be the one for it.',
    fallback: 'x86_64',
    choices: ['x86_64', 'arm64'],
  },
  KeysSecretArn: {
    group: 'Signatures',
    doc: 'Secret of Secrets Manager whose text is TINTYPE_KEYS: only signed URLs are answered. Empty: no URL needs a signature.',
    fallback: '',
    pattern: orEmpty(arn('secretsmanager', '[a-z0-9-]+:[0-9]{12}:secret:.+')),
    expected: 'the ARN of a secret, or nothing',
  },
  VerifyAtEdge: {
    group: 'Signatures',
    doc: 'Refuse wrong signatures in CloudFront already, before anything is looked up. Needs KeysImportArn.',
    fallback: 'no',
    choices: ['yes', 'no'],
  },
  KeysImportArn: {
    group: 'Signatures',
    doc: 'Object of S3 from which the store of keys at the edge is filled when it is made: {"data":[{"key":"keys","value":"..."}]}.',
    fallback: '',
    pattern: orEmpty(arn('s3', '::.+/.+')),
    expected: 'the ARN of an object, or nothing',
  },
  DomainName: {
    group: 'Domain',
    doc: 'Name under which pictures are asked for; its record must point to the distribution. Empty: the name that CloudFront gives.',
    fallback: '',
    pattern: orEmpty('(?:\\*\\.)?[a-z0-9-]+(?:\\.[a-z0-9-]+)+'),
    expected: 'the name of a host, or nothing',
  },
  CertificateArn: {
    group: 'Domain',
    doc: 'Certificate of that name, in us-east-1 whatever the region of the stack.',
    fallback: '',
    pattern: orEmpty(arn('acm', 'us-east-1:.+')),
    expected: 'the ARN of a certificate in us-east-1, or nothing',
  },
  PriceClass: {
    group: 'Domain',
    doc: 'Edges from which CloudFront answers: all of them, or the cheaper ones.',
    fallback: 'PriceClass_All',
    choices: ['PriceClass_All', 'PriceClass_200', 'PriceClass_100'],
  },
  OriginShieldRegion: {
    group: 'Domain',
    doc: 'Region of one more cache before the result bucket, where viewers are spread over the world; empty: none.',
    fallback: '',
    pattern: orEmpty('[a-z]{2}-[a-z]+-[0-9]'),
    expected: 'the name of a region, or nothing',
  },
  Waf: {
    group: 'Domain',
    doc: 'Make a firewall with the rules that AWS keeps, and a rate limit. Only in us-east-1.',
    fallback: 'no',
    choices: ['yes', 'no'],
  },
  WafRequests: {
    group: 'Domain',
    doc: 'Requests in five minutes that the firewall allows one address.',
    fallback: 10000,
    min: 100,
    max: 2000000000,
  },
  WebAclArn: {
    group: 'Domain',
    doc: 'Firewall that is there already (scope CLOUDFRONT); empty: none.',
    fallback: '',
    pattern: orEmpty(arn('wafv2', 'us-east-1:.+:global/webacl/.+')),
    expected: 'the ARN of a web ACL in us-east-1, or nothing',
  },
  AlarmEmail: {
    group: 'Watching',
    doc: 'Where alarms are sent; AWS asks that address to agree first. Empty: nowhere.',
    fallback: '',
    pattern: orEmpty('[^@\\s]+@[^@\\s]+'),
    expected: 'an address, or nothing',
  },
  LogDays: {
    group: 'Watching',
    doc: 'Days for which logs are kept.',
    fallback: 30,
    choices: [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653],
  },
  AccessLogBucket: {
    group: 'Watching',
    doc: 'Bucket for the access logs of CloudFront; it must allow ACLs. Empty: none are written.',
    fallback: '',
    pattern: orEmpty(bucket),
    expected: 'the name of a bucket, or nothing',
  },
} as const satisfies Record<string, Parameter>

export type ParameterName = keyof typeof parameters
