import { custom, printNumber, sixDecimals } from '../schema/fields.ts'
import { defineFilter } from './filter.ts'

/** Gaussian blur. @see https://www.libvips.org/API/current/method.Image.gaussblur.html */
export const blur = defineFilter({
  name: 'blur',
  doc: 'Softens the picture.',
  example: 'blur=8',
  params: {
    sigma: custom<number>({
      doc: 'Standard deviation of the Gaussian; 0 is none.',
      unit: 'result px',
      expected: 'a number 0.3 to 250, or 0', // below 0.3 libvips has nothing to average
      fallback: 0,
      read: (text) => {
        const sigma = /^(?:\d{1,3}(?:\.\d{1,9})?|\.\d{1,9})$/.test(text) ? sixDecimals(Number(text)) : Number.NaN
        return sigma === 0 || (sigma >= 0.3 && sigma <= 250) ? sigma : undefined
      },
      print: printNumber,
    }),
  },
  noop: ({ sigma }) => sigma === 0,
  slot: 'blur',
  apply: (image, { sigma }) => image.blur(sigma),
})
