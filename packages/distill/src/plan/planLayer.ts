import type { Teacher, TeacherNode } from '../teacher/teacher.js';
import { explicitPadding, type PaddingSides } from '../teacher/explicitPadding.js';
import type { ChosenBlock } from './layerChoices.js';
import type { ResolvedSettings } from './resolveSettings.js';
import type { PlannedLayer, PlannedOperation } from './studentPlan.js';

/** A value of the student while it is planned. */
export interface PlanValue {
  /** Plan node that makes it. */
  readonly name: string;
  readonly shape: readonly number[];
  /** Zeros around the image that the next op must add; null when there are none. */
  readonly zeroPadding: { readonly sides: PaddingSides; readonly path: string } | null;
  /** Whether no value can be below zero, so that padding does not change a maximum. */
  readonly isNonNegative: boolean;
}

/** The student's layer for a block. `settings.activations` does not apply to the output layer. */
export function planLayer(
  teacher: Teacher,
  block: ChosenBlock & { readonly settings: ResolvedSettings },
  input: PlanValue,
  isOutput: boolean,
): PlannedLayer {
  const { tap, settings } = block;
  const nodeOf = (name: string) => teacher.nodes.find((node) => node.name === name);
  return {
    kind: 'layer',
    stage: 'planned',
    name: tap.name,
    input: input.name,
    operation: plannedOperation(nodeOf(tap.name), input),
    tap: tap.tap,
    teacherNodes: tap.teacherNodes,
    activation: tap.activation,
    inputShape: input.shape,
    outputShape: nodeOf(tap.tap)?.shape ?? [],
    weights: settings.weights,
    activations: isOutput ? null : settings.activations,
    requantization: settings.requantization,
  };
}

/** Whether an operation can take zeros around its input as padding of its own. */
export function takesZeroPadding({ operation }: TeacherNode): boolean {
  return operation.kind === 'conv2d' || operation.kind === 'depthwiseConv2d';
}

function plannedOperation(node: TeacherNode | undefined, input: PlanValue): PlannedOperation {
  const operation = node?.operation;
  switch (operation?.kind) {
    case 'conv2d': {
      const { kernel, strides, dilations } = operation;
      return {
        kind: 'conv2d',
        kernel,
        strides,
        dilations,
        padding: totalPadding(input, operation),
        groups: 1,
      };
    }
    case 'depthwiseConv2d': {
      const { kernel, strides, dilations, channelMultiplier } = operation;
      const padding = totalPadding(input, operation);
      return { kind: 'depthwiseConv2d', kernel, strides, dilations, padding, channelMultiplier };
    }
    case 'dense':
      return { kind: 'dense' };
    default:
      return { kind: 'affine' };
  }
}

/** Zeros that stand around the input, and those that the window itself adds to the padded image. */
export function totalPadding(input: PlanValue, window: Parameters<typeof explicitPadding>[1]): PaddingSides {
  const zeros = input.zeroPadding?.sides ?? { top: 0, bottom: 0, left: 0, right: 0 };
  const [height, width] = input.shape;
  const padded = [height + zeros.top + zeros.bottom, width + zeros.left + zeros.right];
  const own = explicitPadding(padded, window);
  return {
    top: zeros.top + own.top,
    bottom: zeros.bottom + own.bottom,
    left: zeros.left + own.left,
    right: zeros.right + own.right,
  };
}
