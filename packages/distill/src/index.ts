export { distillLayerwise } from './distillLayerwise.js';
export type { DistillOptions } from './distillOptions.js';
export { Distiller, type DistillerOptions, type DistillResult } from './distiller.js';
export type { DistillEvent, DistillEventListener } from './events.js';

export { openGraphTeacher } from './teacher/graphModel/openGraphTeacher.js';
export type { TfjsGraphModel } from './teacher/graphModel/tfjsGraphModel.js';
export { openTeacher } from './teacher/openTeacher.js';
export { readTeacher } from './teacher/readTeacher.js';
export { functionTeacher, type FunctionTeacherOptions } from './teacher/functionTeacher.js';
export type { Teacher, TeacherNode, TeacherOperation, TeacherParameters } from './teacher/teacher.js';
export type { TfjsLayersModel } from './teacher/tfjsLayersModel.js';
export { teacherLayers, type TeacherLayers, type TfjsLayersModule } from './lowBit/teacherLayers.js';
export { equalizeTeacher } from './equalize/equalizeTeacher.js';
export { findTaps, type Tap } from './teacher/findTaps.js';
export type { PointwiseFunction } from './functions/pointwiseFunction.js';

export * from './plan/studentPlan.js';
export type * from './plan/planOptions.js';
export { planIssues, planStudent } from './plan/planStudent.js';
export { checkPlan } from './plan/checkPlan.js';
export { decodePlan, encodePlan } from './plan/encodePlan.js';
export { allocateBits, type BitBudget } from './plan/allocateBits.js';
export { planNotes } from './plan/planNotes.js';
export { planCost, type LayerCost, type PlanCost } from './plan/planCost.js';

export type { Pass, PassContext, LayerContext, LayerPass } from './passes/pass.js';
export type { ModelContext, ModelPass } from './passes/modelPass.js';
export { pipe } from './passes/pipe.js';
export { initializeFromTeacher } from './passes/initializeFromTeacher.js';
export { calibrateRange, type CalibrateRangeOptions } from './passes/calibrateRange.js';
export { fitToTap, type FitToTapOptions } from './passes/fitToTap.js';
export type { BlockContext, BlockPass } from './passes/blockPass.js';
export { fitBlocks, type FitBlocksOptions } from './passes/fitBlocks.js';
export { planBlocks, type BlockEnds, type PlannedBlock } from './plan/planBlocks.js';
export { fitThroughBits } from './passes/fitThroughBits.js';
export { roundSoftly, type RoundSoftlyOptions } from './passes/roundSoftly.js';
export { correctBias, type CorrectBiasOptions } from './passes/correctBias.js';
export { chooseDivisor, type ChooseDivisorOptions } from './passes/chooseDivisor.js';
export { keepTeacherIntegers } from './passes/keepTeacherIntegers.js';
export { freezeLayer } from './passes/freezeLayer.js';
export { calibrateMerge, type MergePass } from './passes/calibrateMerge.js';
export { retrainTail, type RetrainTailOptions, type TailPass } from './passes/retrainTail.js';
export { compensateEndToEnd, type CompensateEndToEndOptions } from './passes/compensateEndToEnd.js';
export { compensateThroughBits, type CompensationStage } from './passes/compensateThroughBits.js';
export type { StageBits } from './plan/moreBits.js';
export {
  leastSquares,
  minMax,
  percentile,
  type ActivationObserver,
  type MagnitudeHistogram,
} from './training/observers.js';
export type { GainOptions } from './training/annealGains.js';
export type { OscillationOptions } from './training/freezeOscillations.js';
export type { TrainingRuleOptions } from './passes/trainingRules.js';
export type { FitTarget } from './training/fitTarget.js';
// Quantisers, for passes and controls of one's own.
export { activationGrid, quantizeActivations, type ActivationGrid } from './training/activationGrid.js';
export { defaultCode, quantizeWeights, weightGrid, type WeightGrid } from './training/weightGrid.js';
export { searchWeightStep } from './training/weightStepSearch.js';
export type {
  CalibratedLayer,
  CalibratedMerge,
  FitRecord,
  FittedLayer,
  FrozenLayer,
  FrozenMerge,
  FrozenUnit,
  InitializedLayer,
  LayerParameters,
  LayerSteps,
  QuantizableLayer,
  ValueGrid,
} from './layers/stages.js';

export { paperRecipe, type PaperRecipeOptions } from './recipes/paperRecipe.js';
export { thresholdRecipe, type ThresholdRecipeOptions } from './recipes/thresholdRecipe.js';

export type { Check, CheckContext } from './checks/check.js';
export { accumulatorFits, type AccumulatorFitsOptions } from './checks/accumulatorFits.js';
export { integerOnly } from './checks/integerOnly.js';
export { matchesFakeQuantize, type MatchesFakeQuantizeOptions } from './checks/matchesFakeQuantize.js';

export type { DryRun } from './run/dryRun.js';
export type { Recipe } from './run/recipe.js';
export type { RunOptions } from './run/runOptions.js';
export type {
  Agreement,
  DistillReport,
  Histogram,
  LayerReport,
  LossCurve,
  MergeReport,
} from './report/distillReport.js';

export type { Augmentation } from './data/augmentation.js';
export type { ImageBatch, ImagePool } from './data/imagePool.js';
export type { ImageSource } from './data/imageSource.js';
export { openImages, type OpenImagesOptions } from './data/openData.js';
export { splitPool, type SplitOptions } from './data/splitPool.js';
export { createBatches, type Batches, type BatchesOptions } from './data/batches.js';
export { randomStream, type RandomStream } from './random/randomStream.js';

export type { CheckpointStore } from './checkpoint/checkpointStore.js';
export { folderCheckpoints } from './checkpoint/folderCheckpoints.js';
export { makeFolder } from './checkpoint/makeFolder.js';
export { memoryCheckpoints } from './checkpoint/memoryCheckpoints.js';
export {
  readTensorFile,
  writeTensorFile,
  type StoredTensor,
  type TensorFile,
} from './checkpoint/tensorFile.js';
