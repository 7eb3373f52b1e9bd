export function groupUse(pid: number): Promise<{ readonly cpuSeconds: number; readonly memoryBytes: number }>
export function watchMemory(pid: number): { stop(): Promise<number> }
export function listenerAt(port: number): Promise<number>
