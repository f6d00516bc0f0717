import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { BenchmarkRow } from '../report/row.js';
import type { MeasureMessage, MeasureOrder } from './measureProcess.js';

/** Measures in a process of its own under a given Node; throws where it fails. */
export function runMeasureProcess(
  nodePath: string,
  order: MeasureOrder,
  show: (message: MeasureMessage) => void,
): Promise<BenchmarkRow[]> {
  const child = fork(fileURLToPath(new URL('measureProcess.ts', import.meta.url)), {
    execPath: nodePath,
    execArgv: ['--conditions=@bnfree/source', '--import', import.meta.resolve('tsx')],
    serialization: 'json',
  });
  const rows: BenchmarkRow[] = [];
  return new Promise((resolve, reject) => {
    child.on('message', (message: MeasureMessage) => {
      if (message.type === 'row') rows.push(message.row);
      if (message.type === 'failed') reject(new Error(message.text));
      show(message);
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      if (code === 0) resolve(rows);
      else reject(new Error(`the measuring process ended with ${signal ?? `exit code ${String(code)}`}`));
    });
    child.send(order);
  });
}
