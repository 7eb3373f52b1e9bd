#!/usr/bin/env node
import { program } from './program.ts'

const { stdout, stderr, env } = process
// A reader that went away (`tintype config | head -1`) is no failure.
stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))

process.exitCode = await program({ argv: process.argv.slice(2), env, folder: process.cwd(), stdout, stderr })
