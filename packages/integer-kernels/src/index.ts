export * from './activation.js';
export * from './backend.js';
export * from './errors.js';
export * from './requantization.js';
export * from './weights.js';
export { type Finish, prepareRequantization } from './arithmetic/prepareRequantization.js';
export { type RoundedRescale, requantize } from './arithmetic/requantize.js';
export { type DivisionRounding, type Divisor, divide, prepareDivisor } from './arithmetic/divide.js';
export { roundShift } from './arithmetic/roundShift.js';
export { closestName } from './checks/closestName.js';
export { type Check, type FieldChecks, checkFields, isIntegerIn, isRecord } from './checks/checkFields.js';
export { showValue } from './checks/showValue.js';
export { unknownKeys } from './checks/unknownKeys.js';
export { allocateArena } from './memory/allocateArena.js';
export { checkReserved } from './memory/checkReserved.js';
export { checkViews } from './memory/checkViews.js';
export { type OpenOperands, openOperands } from './memory/openOperands.js';
export {
  type LayoutChooser,
  type OperandPlaces,
  type PlaceOperandsOptions,
  placeOperands,
  writeInputs,
} from './memory/placeOperands.js';
export {
  type TensorShape,
  type TensorStrides,
  denseLayout,
  denseRequest,
  requestedLayout,
  tensorByteLength,
  tensorStrides,
} from './memory/tensorLayout.js';
export { fillHalo, readTensor, writeTensor } from './memory/tensorValues.js';
export type { TensorValues, TensorView } from './memory/tensorView.js';
export { checkOp } from './ops/checkOp.js';
export * from './ops/index.js';
export { type NarrowAccumulator, narrowAccumulator } from './ops/narrowAccumulator.js';
export { definitionOf, opDefinitions, opNames } from './ops/opDefinitions.js';
export { convolutionOutputSize } from './ops/window.js';
export { decodeWeight, encodeWeight, weightRange } from './packing/decodeWeight.js';
export { packCodes, packWeights } from './packing/packWeights.js';
export { unpackCodes, unpackWeights } from './packing/unpackWeights.js';
export { type RunOpOptions, runOp } from './runOp.js';
export { fastTypescriptBackend } from './fastTypescript/backend.js';
export type { FastTypescriptBackendOptions } from './fastTypescript/fastTypescriptOptions.js';
export { typescriptBackend } from './typescript/backend.js';
export {
  type EmitModulesOptions,
  type EmittedModules,
  type LaidOutOp,
  emitModules,
} from './wasm/ahead/emitModules.js';
export type { AheadModule } from './wasm/ahead/moduleLibrary.js';
export { wasmBackend } from './wasm/backend.js';
export type { WasmBackendOptions } from './wasm/wasmBackendOptions.js';
