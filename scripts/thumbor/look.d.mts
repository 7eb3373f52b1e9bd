export type Seen = {
  /** RGBA on a middle gray, opaque. */
  readonly data: Uint8ClampedArray
  readonly width: number
  readonly height: number
  readonly pages: number
  readonly alpha: number
}
export type Print = { readonly luma: string; readonly mean: readonly number[]; readonly grain: number }
export type Distance = {
  readonly cells: number
  readonly cell: number
  readonly colour: number
  readonly alpha: number
  readonly grain: number
}
export function seen(bytes: Buffer): Promise<Seen>
export function likeness(a: Seen, b: Seen): { readonly ssim: number; readonly difference: number; readonly alpha: number }
export function fingerprint(picture: Seen): Print
export function distance(a: Print, b: Print): Distance
