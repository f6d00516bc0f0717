import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { SideTaskName, SideTasks } from './sideTasks.js';

/**
 * Starts a side task in a process of its own, and gives a function that waits for its result.
 *
 * The process ends with the signal. An error of the task is thrown where its result is awaited, not before.
 */
export function runAside<Name extends SideTaskName>(
  name: Name,
  input: SideTasks[Name]['input'],
  signal: AbortSignal,
): () => Promise<SideTasks[Name]['result']> {
  const child = fork(fileURLToPath(new URL('sideProcess.ts', import.meta.url)), {
    signal,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const finished = new Promise<SideTasks[Name]['result']>((resolve, reject) => {
    child.once('message', (message: { result: SideTasks[Name]['result'] } | { error: string }) => {
      if ('result' in message) resolve(message.result);
      else reject(new Error(`${name} failed: ${message.error}`));
    });
    child.once('error', reject);
    child.once('exit', (code, killedBy) => {
      reject(new Error(`${name} ended without a result: ${killedBy ?? `exit code ${String(code)}`}`));
    });
  });
  finished.catch(() => undefined);
  child.send({ name, input });
  return () => finished;
}
