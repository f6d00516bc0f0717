import { elementRange } from '../activation.js';
import { denseRequest } from '../memory/tensorLayout.js';
import { activationMagnitude } from '../ops/activationMagnitude.js';
import { gemmSizes, type GemmOp } from '../ops/gemm.js';
import type { ModuleBuilder } from './emitter/index.js';
import { geometryOf } from './geometry.js';
import { blockPixels, type BlockShape } from './matrix/blockShape.js';
import { addPrepareBlock } from './matrix/prepareBlock.js';
import { emitUnits } from './matrix/emitUnits.js';
import { addMultiply, type MultiplyShape } from './matrix/multiplyTile.js';
import { addPackPanels, type PackShape } from './matrix/packPanels.js';
import { pairingOfRange } from './matrix/pairing.js';
import { panelChannels, panelCount, type PanelShape } from './matrix/panelShape.js';
import { fastestProduct, productFor, type MatrixOperands } from './matrix/matrixKernels.js';
import { productKinds, productName, productOf, type ProductCode } from './matrix/product.js';
import { planTiling } from './matrix/tiling.js';
import { panelsByteLength, parametersByteLength, writeParameters } from './matrix/weightPanels.js';
import { outputStage, planOutput } from './outputStage.js';
import { runParameters } from './runParameters.js';
import {
  overreadRequest,
  type KernelPlan,
  type OperandTensorLayouts,
  type WasmKernel,
} from './wasmKernel.js';

/** What the emitted module depends on. */
interface GemmCode {
  readonly block: BlockShape;
  readonly pack: PackShape;
  readonly multiply: MultiplyShape;
}

// Bits are packed when weights are constant.
const runTimeKinds = productKinds.filter((kind) => productOf({ kind }).valueBytes >= 1);

/** Product of two run-time matrices on WebAssembly: B is cut into panels first, then as a dense layer. */
export const gemm: WasmKernel<'gemm'> = [...runTimeKinds].reverse().map((kind) => ({
  name: kind,
  supports: (op, target) => productFor(kind, operandsOf(op), target) !== undefined,
  suits: (op, target) => fastestProduct(operandsOf(op), target).kind === kind,
  request: () => ({ inputs: [overreadRequest, denseRequest], output: denseRequest }),
  plan: (op, layouts, target) =>
    planGemm(op, layouts, productFor(kind, operandsOf(op), target) as ProductCode),
}));

function operandsOf(op: GemmOp): MatrixOperands {
  const [a, b] = op.inputs;
  const values = { min: a.quantMin, max: a.quantMax };
  const weights = { min: b.quantMin - b.zeroPoint, max: b.quantMax - b.zeroPoint };
  const largest = Math.max(-values.min, values.max) * Math.max(-weights.min, weights.max);
  return {
    values,
    weights,
    hasZeroPoint: a.zeroPoint !== 0,
    runLength: a.shape[1],
    tapLength: a.shape[1],
    channels: gemmSizes(op).columns,
    narrowSteps: () => Math.floor(32767 / Math.max(1, 2 * largest)),
    zeroBit: undefined,
    center: 0,
    pairing: () =>
      pairingOfRange(
        weights,
        { min: values.min - a.zeroPoint, max: values.max - a.zeroPoint },
        gemmSizes(op).depth,
      ),
  };
}

function planGemm(op: GemmOp, layouts: OperandTensorLayouts, product: ProductCode): KernelPlan {
  const [a, b] = op.inputs;
  const { columns, depth } = gemmSizes(op);
  const sliding = {
    input: a,
    output: op.output,
    kernel: [1, 1],
    strides: [1, 1],
    dilations: [1, 1],
    padding: { top: 0, left: 0, value: 0 },
    groups: 1,
  } as const;
  const tiling = planTiling(sliding, layouts.inputs[0], layouts.output, product, a.zeroPoint);
  const { block, blocks, runs, windowBytes, groupBytes } = tiling;
  const panels: PanelShape = { product, runs: 1, runLength: depth, channels: columns };
  const products = depth * activationMagnitude(a) * activationMagnitude(b);
  const bounds = Array.from({ length: columns }, (_, n) => products + Math.abs(op.bias?.[n] ?? 0));
  const stored = planOutput(op.requantization, op.output, bounds);
  const constants = { panels, output: stored };
  const code: GemmCode = {
    block,
    pack: {
      panels,
      type: b.type === 'uint8' ? 'uint8' : 'int8',
      zeroPoint: b.zeroPoint,
      rowBytes: geometryOf(b, layouts.inputs[1]).pixelBytes,
      isTransposed: op.transposeB,
    },
    multiply: {
      panels,
      groups: 1,
      output: stored.code,
      outputElementBytes: elementRange[op.output.type].bytes,
      outputPixelBytes: block.output.pixelBytes,
      runs,
      windowBytes,
      groupBytes,
      tiles: block.tiles,
      lists: block.lists,
      sumsOffset: block.sumsOffset,
    },
  };
  return {
    kernel: `gemm ${productName(product)} ${block.lists[0].pixels}x${panelChannels(panels)}`,
    key: `gemm ${JSON.stringify(code)}`,
    isRelaxed: productOf(product).isRelaxed === true,
    constantBytes: parametersByteLength(constants),
    scratchBytes: panelsByteLength(panels),
    threadScratchBytes: tiling.threadScratchBytes,
    phases: [
      { units: panelCount(panels), unitCost: panelChannels(panels) * depth },
      { units: blocks * panelCount(panels), unitCost: panelChannels(panels) * depth * blockPixels(block) },
    ],
    emit: (module, exportNames) => {
      emitGemm(module, code, exportNames);
    },
    writeConstants(view) {
      const biasOf = (channel: number) => op.bias?.[channel] ?? 0;
      writeParameters(view, 0, { ...constants, firstChannel: 0, biasOf });
    },
  };
}

function emitGemm(module: ModuleBuilder, code: GemmCode, [packName, multiplyName]: readonly string[]): void {
  const { block, pack, multiply } = code;
  const stage = outputStage(module, multiply.output);
  const packFunction = addPackPanels(module, pack);
  const prepareBlock = addPrepareBlock(module, block);
  const multiplyFunction = addMultiply(module, multiply, stage);
  const parameters = { a: 'i32', b: 'i32', ...runParameters } as const;
  module.function({ parameters, exportName: packName }, (f, from) => {
    f.call(packFunction, from.b, from.scratch, from.begin, from.end);
  });
  module.function({ parameters, exportName: multiplyName }, (f, from) => {
    emitUnits(f, block, panelCount(pack.panels), from.begin, from.end, {
      input: from.a,
      output: from.output,
      scratch: from.threadScratch,
      parameters: from.constants,
      panels: from.scratch,
      prepareBlock,
      multiply: multiplyFunction,
    });
  });
}
