import {
  add,
  i32,
  multiply,
  op,
  quotient,
  remainder,
  smaller,
  subtract,
  type FunctionReference,
  type ModuleBuilder,
} from '../emitter/index.js';
import { outputStage, type OutputCode } from '../outputStage.js';
import { runParameters } from '../runParameters.js';
import { addMultiplyFrequencies } from './multiplyFrequencies.js';
import { addTransformInput, type InputCode } from './transformInput.js';
import { addTransformOutput, type OutputTransformCode } from './transformOutput.js';
import { inputBlockBytes, panelWeightBytes, type WinogradShape } from './winogradShape.js';

/** Everything that the emitted functions depend on. */
export interface WinogradCode {
  readonly shape: WinogradShape;
  readonly inputs: InputCode;
  readonly outputs: OutputTransformCode;
  readonly stored: OutputCode;
  /** Output channels of a group, and the bytes of their parameters and weights. */
  readonly groupChannels: number;
  readonly parametersBytes: number;
  readonly weightsBytes: number;
  readonly scratch: ScratchOffsets;
}

/** Where the parts of a thread's scratch begin; a patch is the first. */
interface ScratchOffsets {
  readonly results: number;
  readonly products: number;
  readonly inputs: number;
  readonly end: number;
}

/**
 * Adds one function that does everything for a block of tiles and a block of panels, or one that transforms tiles and one that
 * multiplies.
 *
 * The first transforms a block of tiles when it comes to it: a thread reads nothing that another one wrote.
 */
export function emitWinograd(
  module: ModuleBuilder,
  code: WinogradCode,
  exportNames: readonly string[],
): void {
  const { shape, scratch } = code;
  const { tileBlock, tileBlocks, tiles, groups, panelBlocks } = shape;
  const transformInput = addTransformInput(module, shape, code.inputs);
  const multiplyBlock = addMultiplyBlock(module, code);
  const parameters = { input: 'i32', ...runParameters } as const;
  const blockBytes = inputBlockBytes(shape);
  if (shape.isShared) {
    module.function({ parameters, exportName: exportNames[0] }, (f, from) => {
      f.call(transformInput, from.input, from.scratch, from.threadScratch, from.begin, from.end);
    });
  }
  module.function({ parameters, exportName: exportNames[shape.isShared ? 1 : 0] }, (f, from) => {
    const { begin, output, constants, threadScratch } = from;
    const names = ['inputs', 'first', 'last', 'block', 'transformed'];
    const [inputs, first, last, block, transformed] = names.map((name) => f.local('i32', name));
    f.set(transformed, i32(-1));
    f.range(begin, begin, from.end, 1, () => {
      if (shape.isShared) {
        f.set(block, remainder(begin, tileBlocks));
        f.set(inputs, add(from.scratch, multiply(block, blockBytes)));
        f.call(multiplyBlock, output, constants, inputs, threadScratch, block, quotient(begin, tileBlocks));
        return;
      }
      f.set(inputs, add(threadScratch, scratch.inputs));
      f.set(block, quotient(begin, groups * panelBlocks));
      f.if(op('i32.ne', block, transformed), () => {
        f.set(transformed, block);
        f.set(first, multiply(block, tileBlock));
        f.set(last, add(first, tileBlock));
        const origin = subtract(inputs, multiply(block, blockBytes));
        f.call(transformInput, from.input, origin, threadScratch, first, smaller(last, tiles));
      });
      const panel = remainder(begin, groups * panelBlocks);
      f.call(multiplyBlock, output, constants, inputs, threadScratch, block, panel);
    });
  });
}

/** Adds the function that multiplies a block of tiles with a block of panels, and stores the outputs. */
function addMultiplyBlock(module: ModuleBuilder, code: WinogradCode): FunctionReference<undefined> {
  const { shape, scratch, outputs } = code;
  const { tileBlock, tiles, groups, panels, panelBlock, panelBlocks } = shape;
  const stage = outputStage(module, code.stored);
  const multiplyFrequencies = addMultiplyFrequencies(module, shape);
  const transformOutput = addTransformOutput(module, shape, outputs, stage);
  const parameters = {
    output: 'i32',
    constants: 'i32',
    inputs: 'i32',
    scratch: 'i32',
    tileBlock: 'i32',
    panelBlock: 'i32',
  } as const;
  return module.function({ parameters }, (f, from) => {
    const names = ['group', 'panel', 'panels', 'tile', 'tiles', 'products'];
    const [group, panel, panelCount, tile, tileCount, products] = names.map((name) => f.local('i32', name));
    /** Where what is of this block begins, given the bytes of a group and of a panel. */
    const startOf = (groupBytes: number, panelBytes: number) =>
      add(multiply(group, groupBytes), multiply(panel, panelBytes));
    f.set(group, quotient(from.panelBlock, panelBlocks));
    f.set(panel, multiply(remainder(from.panelBlock, panelBlocks), panelBlock));
    f.set(panelCount, subtract(panels, panel));
    f.set(panelCount, smaller(panelCount, panelBlock));
    f.set(tile, multiply(from.tileBlock, tileBlock));
    f.set(tileCount, subtract(tiles, tile));
    f.set(tileCount, smaller(tileCount, tileBlock));
    f.set(products, add(from.scratch, scratch.products));
    const weights = add(from.constants, groups * code.parametersBytes);
    f.call(
      multiplyFrequencies,
      add(from.inputs, multiply(group, shape.depthPairs * 4)),
      add(weights, startOf(code.weightsBytes, panelWeightBytes(shape))),
      products,
      op('i32.shr_u', add(tileCount, 3), i32(2)),
      panelCount,
    );
    const { elementBytes } = outputs.output;
    f.call(
      transformOutput,
      add(from.output, startOf(code.groupChannels * elementBytes, 8 * elementBytes)),
      products,
      add(from.constants, startOf(code.parametersBytes, outputs.parameterBytes)),
      add(from.scratch, scratch.results),
      tile,
      tileCount,
      panelCount,
      op('i32.eq', add(panel, panelCount), i32(panels)),
    );
  });
}
