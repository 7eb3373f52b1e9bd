import { cpus } from 'node:os'
import sharp from 'sharp'

/** docs/calibration.md. */
export function page(sections, { command, width }) {
  const { aom, mozjpeg, vips, webp } = sharp.versions
  const zlib = sharp.versions['zlib-ng']
  const machine = `${(cpus()[0]?.model ?? 'an unknown processor').trim()}, Node ${process.version}`
  const versions = `sharp ${sharp.versions.sharp}, libvips ${vips}, mozjpeg ${mozjpeg}, libwebp ${webp}, aom ${aom}, zlib-ng ${zlib}, libpng ${sharp.versions.png}`
  const tables = sections.map(({ title, text }) => `## ${title}\n\n${text}\n`).join('\n')
  return `# Encoders, measured

Printed by \`${command}\` on ${machine}; ${versions}. Pictures fit in ${width} px.

Each setting is the default with what its name says changed. Bytes and time are those of the default times so much: the geometric mean over the pictures, and for the bytes the
least and the most. Time is CPU time of the encoder alone, one thread, the median of interleaved rounds. Lossy formats are compared
at equal look: for each picture and setting, the quality at which its multi-scale structural similarity is that of the same picture as a JPEG of quality 80; bytes between two qualities are interpolated.
Formats without a quality run as they are, and the likeness is told. Similarity looks at light alone; how far colours are off, beside the default, is told apart.

● is on the frontier: no other setting is better in bytes or time and as good in the other. ○ is within 3 % of it in both. The default is in bold. What was decided by
these figures, and by those of photographs, is in [decision 16](adr/0016-encoder-defaults.md).

${tables}`
}
