import { workerData } from 'node:worker_threads'

// A thread of a render process: ends the whole process within a second of its parent, whatever the main thread is doing.
const cell = new Int32Array(new SharedArrayBuffer(4))
for (;;) {
  Atomics.wait(cell, 0, 0, 1000) // nobody wakes it: this sleeps
  if (process.ppid !== workerData) process.kill(process.pid, 'SIGKILL')
}
