import { type StoredRow, unpackRight } from './accuracyRow.js';
import type { ComparedRow } from './accuracyPage.js';
import { pairedTest } from './pairedTest.js';
import type { Method } from './rowSpec.js';

/** What others are compared with. */
const controls: readonly Method[] = ['ptq', 'direct'];

/** Each row with its paired tests against the controls of the same teacher, setting and seed. */
export function compareRows(rows: readonly StoredRow[]): ComparedRow[] {
  return rows.map(({ right, ...row }) => {
    const against = controls
      .filter((method) => method !== row.method)
      .flatMap((method) => {
        const control = rows.find(
          (other) =>
            other.method === method &&
            other.teacher === row.teacher &&
            other.setting === row.setting &&
            other.requantization === (row.requantization === 'none' ? 'perLayer' : row.requantization) &&
            other.testImages === row.testImages &&
            // Without training there is nothing to seed.
            (method === 'ptq' || other.seed === row.seed),
        );
        if (control === undefined) return [];
        const [own, others] = [right, control.right].map((packed) => unpackRight(packed, row.testImages));
        return [[method, pairedTest(own, others)] as const];
      });
    return { ...row, against: Object.fromEntries(against) };
  });
}
