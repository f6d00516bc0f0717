import { readTensorFile, writeTensorFile } from '../checkpoint/tensorFile.js';
import { freezeAgain } from '../graph/freezeAgain.js';
import type { FrozenUnit } from '../layers/stages.js';
import type { BlockContext, BlockPass } from '../passes/blockPass.js';
import { measureQuality } from './layerQuality.js';
import type { MadeUnit } from './makeUnits.js';
import type { PreparedRun } from './prepareRun.js';
import { restoreShadow, storeShadow } from './unitCheckpoint.js';
import { unitFile } from './unitFile.js';

/**
 * Fits the units of a block together, or takes them from the checkpoint, and measures each anew. Takes all units made so far and gives
 * them back. The context's images stand before the block; they are moved behind it where the plan goes on.
 */
export async function makeBlock(
  pass: BlockPass,
  { store }: Pick<PreparedRun, 'store'>,
  context: BlockContext,
  made: readonly MadeUnit[],
): Promise<MadeUnit[]> {
  const before = made.map(({ unit }) => unit);
  const name = unitFile(context, 'block');
  const file = store === undefined ? undefined : await readTensorFile(store, name);
  let units: readonly FrozenUnit[];
  if (file === undefined) {
    const leave = context.enter(pass.name);
    units = await pass.run(before, context);
    leave();
  } else units = restoreBlock(before, context, file.tensors);
  if (store !== undefined && file === undefined) {
    const inBlock = units.filter((unit) => isInBlock(unit, context));
    const tensors = Object.assign({}, ...inBlock.map(storeShadow)) as ReturnType<typeof storeShadow>;
    await writeTensorFile(store, name, { metadata: { block: context.unit.name }, tensors });
    context.emit({ type: 'checkpoint', name });
  }
  return measureAgain(units, context, made);
}

function isInBlock({ plan: { name } }: FrozenUnit, { block }: BlockContext): boolean {
  return block.units.some((unit) => unit.name === name);
}

function restoreBlock(
  units: readonly FrozenUnit[],
  context: BlockContext,
  tensors: ReturnType<typeof storeShadow>,
): FrozenUnit[] {
  return freezeAgain(context.plan, units, (unit, inputs) => {
    if (!isInBlock(unit, context)) return unit;
    const fit = unit.shadow.stage === 'fitted' ? unit.shadow.fit : undefined;
    return restoreShadow(unit.plan, tensors, inputs, fit);
  });
}

async function measureAgain(
  units: readonly FrozenUnit[],
  context: BlockContext,
  made: readonly MadeUnit[],
): Promise<MadeUnit[]> {
  const { training, validation, index, count, signal } = context;
  const measured: MadeUnit[] = [];
  for (const [i, unit] of units.entries()) {
    const { record } = made[i];
    if (!isInBlock(unit, context)) {
      measured.push({ unit, record });
      continue;
    }
    measured.push({ unit, record: { ...record, ...(await measureQuality(unit, validation)) } });
    if (i === index && index + 1 === count) continue;
    await training.advance(unit, signal);
    await validation.advance(unit, signal);
  }
  return measured;
}
