/** Pixels of RGBA without any that is clear. */
export type Flat = { readonly data: Uint8ClampedArray; readonly width: number; readonly height: number }
export type Likeness = { readonly ssim: number; readonly difference: number }
export function onGray(data: Uint8Array): Uint8ClampedArray
export function likeness(a: Flat, b: Flat): Likeness
export function difference(a: Flat, b: Flat): number
