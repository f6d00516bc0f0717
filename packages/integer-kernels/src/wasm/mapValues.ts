import { i32, type FunctionBuilder, type Local } from './emitter/index.js';
import { loadLanes, type Lanes } from './elements.js';
import type { ActivationSpec } from '../activation.js';
import { stepStarts } from './emitSteps.js';
import type { OutputStage } from './outputStage.js';
import { emitRunSteps, stepValues, type RunLength } from './valueRuns.js';

/** A tensor that values are read from, and where a run of them begins. */
export interface MapInput {
  readonly spec: Pick<ActivationSpec, 'type' | 'zeroPoint'>;
  readonly start: Local<'i32'>;
  readonly elementBytes: number;
}

/** Where a run of results goes. */
export interface MapOutput {
  readonly start: Local<'i32'>;
  readonly elementBytes: number;
  readonly stage: OutputStage;
  /** Address of the records, and bytes of those of eight channels; 0 where all values share one. */
  readonly records: Local<'i32'>;
  readonly recordGroupBytes: number;
}

/** Makes a run of output values from runs of inputs, up to sixteen values at a time. `combine` gives the accumulators. */
export function emitMapRun(
  f: FunctionBuilder,
  inputs: readonly MapInput[],
  output: MapOutput,
  length: RunLength,
  combine: (lanes: readonly Lanes[], part: number, count: number) => Lanes,
): void {
  const { stage, records, recordGroupBytes } = output;
  const record = f.local('i32', 'record');
  f.set(record, records);
  const pointers = [...inputs, output].map(({ start, elementBytes }) => ({
    start,
    valueBytes: elementBytes,
  }));
  emitRunSteps(f, length, recordGroupBytes > 0 ? 8 : 16, pointers, (addresses, count) => {
    const target = addresses[inputs.length];
    const parts = Array.from({ length: Math.ceil(count / 8) }, (_, part) => {
      const lanes = inputs.map(({ spec, elementBytes }, index) =>
        loadLanes(
          f,
          spec,
          addresses[index],
          part * 8 * elementBytes,
          `in${index}_${part}`,
          Math.min(count, 8),
        ),
      );
      return {
        lanes: combine(lanes, part, Math.min(count, 8)),
        address: target,
        offset: part * 8 * output.elementBytes,
      };
    });
    stage.finish(f, parts, Math.min(count, 8), record);
    if (recordGroupBytes > 0) f.increase(record, i32(recordGroupBytes));
  });
}

/** Where the groups of channels begin whose records {@link emitMapRun} reads in a run of all channels. */
export function recordStarts(channels: number): number[] {
  return stepStarts(channels, stepValues(channels, 8));
}
