// A render process whose sharp says that it is older than it is.
import sharp from 'sharp'

sharp.versions.sharp = '0.35.3'
await import('../dist/runtimes/render-process.js')
