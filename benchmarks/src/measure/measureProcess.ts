// A process of its own for every version of Node and thread count: measures what it is sent and sends rows back.
import type { BenchmarkRow } from '../report/row.js';
import { workList } from '../work/workList.js';
import { measureItem } from './measureItem.js';
import type { MeasureTask } from './measureTask.js';
import { nodeEnvironment } from './nodeEnvironment.js';

/** What the process is told to do. */
export interface MeasureOrder extends MeasureTask {
  /** Where digests of the reference's outputs are kept for all processes. */
  readonly digestFolder: string;
  /** Time on the clock, or time that the process had the processor. */
  readonly clock: 'wall' | 'cpu';
}

export type MeasureMessage =
  | { readonly type: 'start'; readonly id: string }
  | { readonly type: 'note'; readonly text: string }
  | { readonly type: 'row'; readonly row: BenchmarkRow }
  | { readonly type: 'failed'; readonly text: string };

const send = (message: MeasureMessage): void => {
  process.send?.(message);
};

process.once('message', (order: MeasureOrder) => {
  measureAll(order)
    .catch((error: unknown) => {
      send({ type: 'failed', text: error instanceof Error ? (error.stack ?? error.message) : String(error) });
      process.exitCode = 1;
    })
    .finally(() => {
      process.disconnect();
    });
});

async function measureAll(order: MeasureOrder): Promise<void> {
  const environment = nodeEnvironment(order, (text) => {
    send({ type: 'note', text });
  });
  for (const item of workList().filter(({ id }) => order.ids.includes(id))) {
    send({ type: 'start', id: item.id });
    const row = await measureItem(item, environment, order.budget);
    if (row !== undefined) send({ type: 'row', row });
    else send({ type: 'note', text: `${item.id}: ours has no ${order.threads} threads here` });
  }
  // Workers of other engines keep the process alive otherwise.
  setTimeout(() => process.exit(), 500).unref();
}
