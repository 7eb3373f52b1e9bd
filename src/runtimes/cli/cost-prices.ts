/** One price of AWS: US dollars in us-east-1. */
export type Price = {
  readonly doc: string
  readonly unit: string
  readonly dollars: number
  /** `page`: read on AWS's own page. `quoted`: read where others quote it. */
  readonly known: 'page' | 'quoted'
  /** The page that says what it is today. */
  readonly page: string
}

/** When the pages were read. */
export const pricesAsOf = 'November 2026'

const lambda = 'https://aws.amazon.com/lambda/pricing/'
const s3 = 'https://aws.amazon.com/s3/pricing/'
const gateway = 'https://aws.amazon.com/api-gateway/pricing/'
const cloudfront = 'https://aws.amazon.com/cloudfront/pricing/'
const cloudwatch = 'https://aws.amazon.com/cloudwatch/pricing/'

/**
 * What AWS takes, and what CloudFront gives every account for nothing each month. First tiers: whoever has more than 10 TB a month pays less for
 * the rest. Each row is a flag: `lambda-x86` is `--price-lambda-x86`.
 */
export const prices = {
  'lambda-x86': { doc: 'Lambda, x86', unit: 'GB-second', dollars: 0.0000166667, known: 'quoted', page: lambda },
  'lambda-arm': { doc: 'Lambda, Arm', unit: 'GB-second', dollars: 0.0000133334, known: 'quoted', page: lambda },
  'lambda-calls': { doc: 'Lambda, calls', unit: 'million', dollars: 0.2, known: 'quoted', page: lambda },
  'lambda-stream': { doc: 'Lambda, what is streamed past 6 MB an answer', unit: 'GB', dollars: 0.008, known: 'quoted', page: lambda },
  's3-put': { doc: 'S3, PUT', unit: 'million', dollars: 5, known: 'quoted', page: s3 },
  's3-get': { doc: 'S3, GET', unit: 'million', dollars: 0.4, known: 'quoted', page: s3 },
  's3-month': { doc: 'S3, storage', unit: 'GB-month', dollars: 0.023, known: 'quoted', page: s3 },
  rest: { doc: 'API Gateway, REST API, per 10 MB of an answer', unit: 'million', dollars: 3.5, known: 'quoted', page: gateway },
  function: { doc: 'CloudFront Function', unit: 'million', dollars: 0.1, known: 'quoted', page: cloudfront },
  'function-reads': { doc: 'Reads of its key store', unit: 'million', dollars: 0.03, known: 'quoted', page: cloudfront },
  'function-free': {
    doc: 'Function calls for nothing, and as many reads',
    unit: 'million a month',
    dollars: 2,
    known: 'page',
    page: cloudfront,
  },
  'cdn-gb': { doc: 'CloudFront, to North America and Europe', unit: 'GB', dollars: 0.085, known: 'page', page: cloudfront },
  'cdn-requests': { doc: 'CloudFront, HTTPS requests', unit: 'million', dollars: 1, known: 'quoted', page: cloudfront },
  'cdn-free-gb': { doc: 'CloudFront, GB for nothing', unit: 'GB a month', dollars: 1000, known: 'page', page: cloudfront },
  'cdn-free-requests': { doc: 'CloudFront, requests for nothing', unit: 'million a month', dollars: 10, known: 'page', page: cloudfront },
  logs: { doc: 'CloudWatch, logs taken in', unit: 'GB', dollars: 0.5, known: 'quoted', page: cloudwatch },
} as const satisfies Record<string, Price>

export type PriceName = keyof typeof prices
export type Prices = Readonly<Record<PriceName, number>>
