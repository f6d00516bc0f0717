import { Distiller, type DistillerOptions, paperRecipe, thresholdRecipe } from '@bnfree/distill';
import { planShape } from './distilled.js';
import {
  batchSize,
  type MethodContext,
  type MethodResult,
  runOptions,
  tuneOptions,
} from './methodContext.js';
import { rightImages } from './rightImages.js';
import { distillationCost, tailCost, type TrainingCost } from './trainingCost.js';

/** Steps that the teacher's remaining layers are retrained for behind each frozen layer. */
const TAIL_STEPS = 50;

/** Students of a low-bit teacher, which keep its bits: the exact one, and the paper's. */
export async function lowBitStudent(context: MethodContext): Promise<MethodResult> {
  const { spec, model, training } = context;
  const { recipe, cost } = spec.method === 'thresholds' ? exact(context) : paper(context);
  const result = await new Distiller(recipe).run({
    teacher: model,
    data: { images: training.images, labels: training.labels },
    ...runOptions(context),
  });
  await result.model.dispose();
  const right = await rightImages(result.artifact, context.test);
  return { right, ...cost, artifactBytes: result.artifact.length };
}

interface CostedRecipe {
  readonly recipe: DistillerOptions;
  readonly cost: TrainingCost;
}

function exact({ teacher }: MethodContext): CostedRecipe {
  return { recipe: thresholdRecipe({ input: teacher.input }), cost: { steps: 0, macs: 0 } };
}

function paper(context: MethodContext): CostedRecipe {
  const { setting, teacher } = context;
  const recipe = paperRecipe({
    input: teacher.input,
    augmentation: teacher.augmentation,
    batchSize,
    baseline: false,
    fit: { steps: setting.fitSteps },
    retrainTail: { steps: TAIL_STEPS },
    tune: tuneOptions(setting, setting.tuneSteps),
  });
  const shape = planShape(context);
  const [stages, tails] = [distillationCost(setting, shape), tailCost(TAIL_STEPS, shape)];
  return { recipe, cost: { steps: stages.steps + tails.steps, macs: stages.macs + tails.macs } };
}
