import type { Prices } from './cost-prices.ts'

/** A month. */
export type Use = {
  /** Pictures asked for. */
  readonly views: number
  /** Part of them that CloudFront answers by itself, 0 to 1. */
  readonly hit: number
  /** Results that are made for the first time. */
  readonly fresh: number
  /** Of one result. */
  readonly bytes: number
  /** What making one takes. */
  readonly seconds: number
  /** Of the function, in MB of 1024 kB. */
  readonly memory: number
  readonly arch: 'x86_64' | 'arm64'
  readonly entry: 'function-url' | 'rest-api'
  /** Months that a result stays in the bucket; 0: there is no bucket, and whatever CloudFront does not have is made anew. */
  readonly months: number
  /** Is the signature checked at the edge? It costs a read of the key store each view. */
  readonly verified: boolean
  /** A flat plan of CloudFront, in dollars a month; it covers Function and key store too. */
  readonly flat?: number
}

/** One line of the bill; `how` says what is counted. */
export type Line = { readonly name: string; readonly dollars: number; readonly how: string }

export type Cost = { readonly lines: readonly Line[]; readonly total: number; readonly perMillion: number }

const million = 1e6
const gb = 1e9

/** Bytes of log that a call leaves: a line of ours, and those of Lambda about start, end and duration. */
export const logBytes = 1500

/** An answer is streamed for nothing up to here. */
const freeStream = 6e6

/** A REST API counts a streamed answer once for each of these. */
const restUnit = 10e6

/**
 * What a month costs, by line, in US dollars. The formula is told in docs/guide/aws-cost.md.
 * @returns  `perMillion` views; 0 when there are none.
 */
export function costOf(use: Use, price: Prices): Cost {
  const { views, hit, fresh, bytes, seconds, memory, arch, entry, months, verified, flat } = use
  const misses = views * (1 - hit)
  const made = months > 0 ? fresh : misses
  const gbSeconds = made * seconds * (memory / 1024)
  const streamed = (made * Math.max(0, bytes - freeStream)) / gb
  // A result and the empty object that tells whose it is; see docs/adr/0012-aws.md.
  const puts = months > 0 ? 2 * fresh : 0
  // CloudFront looks into the bucket first; before and after a result the function looks whether its original was purged meanwhile; and the
  // original itself is read.
  const gets = (months > 0 ? misses + 2 * made : 0) + made
  const kept = (fresh * months * bytes) / gb
  const units = made * Math.max(1, Math.ceil(bytes / restUnit))
  const sent = (views * bytes) / gb
  const logged = (made * logBytes) / gb
  const beyond = (amount: number, free: number): number => Math.max(0, amount - free)
  const calls = beyond(views / million, price['function-free'])

  const lines: Line[] = [
    {
      name: 'Lambda',
      dollars:
        gbSeconds * price[arch === 'arm64' ? 'lambda-arm' : 'lambda-x86'] +
        (made / million) * price['lambda-calls'] +
        streamed * price['lambda-stream'],
      how: `${count(made)} calls, ${count(gbSeconds)} GB-seconds`,
    },
    {
      name: 'S3',
      dollars: (puts / million) * price['s3-put'] + (gets / million) * price['s3-get'] + kept * price['s3-month'],
      how: `${count(puts)} PUT, ${count(gets)} GET, ${count(kept)} GB kept`,
    },
    {
      name: 'API',
      dollars: entry === 'rest-api' ? (units / million) * price.rest : 0,
      how: entry === 'rest-api' ? `${count(units)} requests to a REST API` : 'a Function URL costs nothing of its own',
    },
    {
      name: 'Function',
      dollars: flat === undefined ? calls * (price.function + (verified ? price['function-reads'] : 0)) : 0,
      how: flat === undefined ? `${count(views)} calls${verified ? ' and reads' : ''}` : 'in the flat plan',
    },
    {
      name: 'CloudFront',
      dollars:
        flat ??
        beyond(sent, price['cdn-free-gb']) * price['cdn-gb'] + beyond(views / million, price['cdn-free-requests']) * price['cdn-requests'],
      how: flat === undefined ? `${count(sent)} GB, ${count(views)} requests` : 'a flat plan',
    },
    { name: 'CloudWatch', dollars: logged * price.logs, how: `${count(logged)} GB of logs` },
  ]
  const total = lines.reduce((sum, { dollars }) => sum + dollars, 0)
  return { lines, total, perMillion: views > 0 ? total / (views / million) : 0 }
}

/** Whole from 100 on, else one digit behind the point where there is one. */
function count(amount: number): string {
  return amount.toLocaleString('en-US', { maximumFractionDigits: amount < 100 ? 1 : 0 })
}
