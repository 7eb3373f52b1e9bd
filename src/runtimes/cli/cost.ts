import type { Ink } from '../../service/ink.ts'
import { readAmount } from './amount.ts'
import { command, json, Misuse } from './command.ts'
import { type Cost, costOf, type Use } from './cost-model.ts'
import { type PriceName, prices, pricesAsOf } from './cost-prices.ts'

type PriceArg = { readonly type: 'string'; readonly valueHint: 'DOLLARS'; readonly description: string }

const priceNames = Object.keys(prices) as PriceName[]
const priceArgs = Object.fromEntries(
  priceNames.map((name): [string, PriceArg] => {
    const { doc, unit, dollars } = prices[name]
    return [`price-${name}`, { type: 'string', valueHint: 'DOLLARS', description: `${doc}, per ${unit} (${plain(dollars)}).` }]
  }),
) as Readonly<Record<`price-${PriceName}`, PriceArg>>

export const cost = command({
  doc: 'Tells what a month on AWS costs, line by line.',
  usage: '[--views 10M] [--hit 90] [--new 200k] …',
  args: {
    views: { type: 'string', valueHint: 'COUNT', default: '10M', description: 'Pictures asked for in a month (10M).' },
    hit: { type: 'string', valueHint: 'PERCENT', default: '90', description: 'Of them, what CloudFront answers by itself (90).' },
    new: { type: 'string', valueHint: 'COUNT', description: 'Results made for the first time in a month (2 % of the views).' },
    kilobytes: { type: 'string', valueHint: 'SIZE', default: '45', description: 'Of one result (45).' },
    milliseconds: { type: 'string', valueHint: 'TIME', default: '200', description: 'What making one takes (200).' },
    memory: { type: 'string', valueHint: 'MB', default: '1769', description: 'Of the function (1769).' },
    arch: { type: 'enum', options: ['x86_64', 'arm64'], default: 'x86_64', description: 'Of the function: x86_64 or arm64 (x86_64).' },
    entry: {
      type: 'enum',
      options: ['function-url', 'rest-api'],
      default: 'function-url',
      description: 'How CloudFront reaches it: function-url or rest-api (function-url).',
    },
    months: {
      type: 'string',
      valueHint: 'COUNT',
      default: '3',
      description: 'How long the bucket keeps results; 0 when there is none (3).',
    },
    verified: { type: 'boolean', description: 'Signatures are checked at the edge.' },
    flat: { type: 'string', valueHint: 'DOLLARS', description: 'What a flat plan of CloudFront costs a month, in place of its prices.' },
    json: { type: 'boolean', description: 'As JSON, with the prices and where they stand.' },
    ...priceArgs,
  },
  settings: false,
  examples: [
    'tintype cost',
    'tintype cost --views 125M --new 1M --entry rest-api --flat 200',
    'tintype cost --arch arm64 --milliseconds 350 --json',
  ],
  async run(args, { out }) {
    const number = (name: string, text: string, most = 1e15): number => {
      const found = readAmount(text)
      if (found === undefined || found > most) throw new Misuse(`--${name}: expected a number such as 45, 200k or 10M, got "${text}".`)
      return found
    }
    const views = number('views', args.views)
    const hit = number('hit', args.hit.replace(/%$/, ''), 100)
    if (hit > 0 && hit < 1) throw new Misuse(`--hit: expected per cent, such as 90, got "${args.hit}".`)
    const use: Use = {
      views,
      hit: hit / 100,
      fresh: args.new === undefined ? views / 50 : number('new', args.new),
      bytes: number('kilobytes', args.kilobytes) * 1000,
      seconds: number('milliseconds', args.milliseconds, 900_000) / 1000,
      memory: number('memory', args.memory, 10_240),
      arch: args.arch,
      entry: args.entry,
      months: number('months', args.months, 1200),
      verified: args.verified === true,
      ...(args.flat === undefined ? {} : { flat: number('flat', args.flat) }),
    }
    const price = Object.fromEntries(
      priceNames.map((name) => {
        const said = args[`price-${name}`]
        return [name, said === undefined ? prices[name].dollars : number(`price-${name}`, said)]
      }),
    ) as Record<PriceName, number>
    const found = costOf(use, price)
    if (args.json) {
      const told = Object.fromEntries(
        priceNames.map((name) => {
          const { dollars, ...about } = prices[name]
          return [name, { dollars: price[name], ...about, known: price[name] === dollars ? about.known : 'given' }]
        }),
      )
      out.line(json({ use, ...found, asOf: pricesAsOf, prices: told }))
    } else for (const line of bill(found, out.ink)) out.line(line)
    return 0
  },
})

/** For a person. */
function bill({ lines, total, perMillion }: Cost, ink: Ink): string[] {
  const width = money(Math.max(total, perMillion)).length
  const row = (name: string, dollars: number, how: string): string => `${name.padEnd(11)} ${money(dollars).padStart(width)}  ${how}`
  return [
    ...lines.map(({ name, dollars, how }) => row(name, dollars, ink('dim', how))),
    ink('bold', row('total', total, 'a month')),
    row('', perMillion, 'a million views'),
    ink('dim', `US dollars, us-east-1, ${pricesAsOf}. Not counted: what Lambda and CloudWatch give for nothing, WAF, X-Ray, domains, tax.`),
  ]
}

function money(dollars: number): string {
  return dollars.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })
}

/** As a price list writes it: no exponent. */
function plain(dollars: number): string {
  return dollars.toLocaleString('en-US', { maximumFractionDigits: 10, useGrouping: false })
}
