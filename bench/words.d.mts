import type { Bar, Figures } from './figures.mjs'

export type Peer = { readonly name: string; readonly template: string; readonly origin: string; readonly port: number }
export type Options = {
  readonly only: readonly string[]
  readonly peers: readonly Peer[]
  readonly folder?: string
  readonly quick: boolean
  readonly write: boolean
  readonly list: boolean
}
/** One line of a table. */
export type Row = { readonly what: string; readonly figures: Figures; readonly bar?: Bar }

export function readOptions(words: readonly string[]): Options
export function chosen(name: string, only: readonly string[]): boolean
export function readPeer(text: string): Peer
export function fillTemplate(template: string, values: Readonly<Record<string, string | number>>): string
export function show(value: Figures[string]): string
export function showBar(bar: Bar | undefined): string
export function table(rows: readonly Row[]): string
