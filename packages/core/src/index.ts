export { BnfreeError, formatIssues, throwIfIssues, type Issue } from '@bnfree/integer-kernels';
export { decodeArtifact } from './artifact/decodeArtifact.js';
export { encodeArtifact, graphDigest } from './artifact/encodeArtifact.js';
export { writeArtifact, type WrittenArtifact } from './artifact/writeArtifact.js';
export { writeWholeFile } from './artifact/writeWholeFile.js';
export { assertGraph, checkGraph } from './graph/checkGraph.js';
export * from './graph/integerGraph.js';
export { sha256Hex } from './graph/sha256Hex.js';
export {
  planMemory,
  type MemoryPlan,
  type MemoryPlanReport,
  type PlanMemoryOptions,
  type PlannedStep,
  type PlannedValue,
} from './memory/planMemory.js';
export type { LaidOutValue } from './memory/insertRelayouts.js';
export { compileGraph, type CompileOptions } from './model/compileGraph.js';
export type { SelfTestReport } from './model/compareSelfTest.js';
export type { LayerDescription, MemoryReport, ModelDescription } from './model/describeModel.js';
export type { ImageLike } from './model/imageLike.js';
export { IntegerModel } from './model/integerModel.js';
export type { ModelInput } from './model/modelInput.js';
export type { ModelOptions } from './model/modelOptions.js';
export type { ModelArray, ModelResult } from './model/modelResult.js';
export type { ModelProfile } from './model/profileExecution.js';
export type { ModelSource } from './model/readSource.js';
export { withSelfTest, type SelfTestOptions } from './model/withSelfTest.js';
export { writeModules, type WrittenModule } from './model/writeModules.js';
export { decodeWasm, type WasmModuleFacts } from './verify/decodeWasm.js';
export { verify, type VerifyOptions, type VerifyReport } from './verify/verify.js';
export type { LayerProof } from './verify/verifyLayers.js';
export { defaultBackend } from './model/defaultBackend.js';
