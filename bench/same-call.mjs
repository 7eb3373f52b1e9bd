// One picture by sharp alone, with the very calls and options that `src/pixels` makes of the plan: `begin.ts`, `passes.ts`, `encode.ts`.

/**
 * @param bytes  The original.
 * @param call   `resize` as planned, `format`, the encoder's own `quality`, `alpha`: as `callOf` gives it.
 */
export function sameCall(sharp, bytes, { resize, format, quality, alpha }) {
  const image = sharp(bytes, { page: 0, pages: 1, limitInputPixels: 50e6, failOn: 'warning' }).resize(resize.width, resize.height, {
    fit: 'fill',
    kernel: resize.kernel,
    fastShrinkOnLoad: resize.fast === true,
  })
  if (!alpha) image.removeAlpha()
  switch (format) {
    case 'jpeg':
      return image.jpeg({ quality, progressive: true, chromaSubsampling: '4:2:0', mozjpeg: false }).toBuffer()
    case 'png':
      return image.png({ compressionLevel: 4, adaptiveFiltering: true }).toBuffer()
    case 'webp':
      return image.webp({ quality, lossless: false, effort: 4, smartSubsample: false }).toBuffer()
    default:
      return image.avif({ quality, lossless: false, effort: 1, chromaSubsampling: '4:2:0' }).toBuffer()
  }
}
