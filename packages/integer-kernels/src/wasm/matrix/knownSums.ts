import { weightRange } from '../../packing/decodeWeight.js';
import { weightRowLength } from '../../packing/packedRowBytes.js';
import { unpackWeights } from '../../packing/unpackWeights.js';
import type { Weights } from '../../weights.js';
import type { Convolution } from './convolutionPlan.js';
import { narrowSteps, type ValueRange } from './narrowSteps.js';
import { pairingOfRange, pairingOfWeights, type Pairing } from './pairing.js';
import { GROUP_CHANNELS, type PanelShape } from './panelShape.js';

/** Steps after which taking sums out costs next to nothing. */
const ENOUGH_STEPS = 48;

/** So many that the range promises are several in most layers. */
const HOPEFUL_STEPS = 2;

/** Steps of a layer that fit int16 sums. */
export function knownNarrowSteps(convolution: Convolution, values: ValueRange): number {
  const shapes = runShapes(convolution, 4);
  return remembered(convolution.weights, ['narrow', shapes, values], (weights) =>
    Math.min(...shapes.map((shape) => narrowSteps(weights, shape, values))),
  );
}

/** How two channels of a layer share a lane. The weights are looked at where their range leaves it open whether that pays. */
export function knownPairing(convolution: Convolution, values: ValueRange): Pairing {
  const { weights, groups } = convolution;
  const { min, max } = weightRange(weights);
  const range = { min: min - weights.zeroPoint, max: max - weights.zeroPoint };
  const ofRange = pairingOfRange(range, values, weightRowLength(weights.shape));
  const isEnough = ofRange.foldSteps >= ENOUGH_STEPS && !ofRange.isHighFolded;
  if (isEnough || ofRange.foldSteps < HOPEFUL_STEPS) return ofRange;
  const shapes = runShapes(convolution, 2);
  const channels = weights.shape[0] / groups;
  return remembered(weights, ['paired', shapes, values, channels], (unpacked) => {
    const isHigh = (row: number): boolean => (row % channels) % (2 * GROUP_CHANNELS) >= GROUP_CHANNELS;
    return pairingOfWeights({ weights: unpacked, shapes, isHigh }, values);
  });
}

/** Whether runs are kernel rows or taps: that depends on the layout. Both, where steps of so many products differ. */
function runShapes(
  { kernel, groups, input }: Convolution,
  depth: number,
): Pick<PanelShape, 'runs' | 'runLength'>[] {
  const channels = input.shape[input.shape.length - 1] / groups;
  const shapes = [{ runs: kernel[0] * kernel[1], runLength: channels }];
  if (channels % depth !== 0) shapes.push({ runs: kernel[0], runLength: kernel[1] * channels });
  return shapes;
}

const known = new WeakMap<Weights, Map<string, unknown>>();

/** What a walk over weights finds, once for each question. */
function remembered<Found>(
  weights: Weights,
  question: readonly unknown[],
  find: (weights: Int16Array) => Found,
): Found {
  const ofWeights = known.get(weights) ?? new Map<string, unknown>();
  known.set(weights, ofWeights);
  const key = JSON.stringify(question);
  if (!ofWeights.has(key)) ofWeights.set(key, find(unpackWeights(weights)));
  return ofWeights.get(key) as Found;
}
