import { distillLayerwise, openTeacher, planCost, planStudent, type PlanOptions } from '@bnfree/distill';
import type { Method } from '../rowSpec.js';
import {
  batchSize,
  type MethodContext,
  type MethodResult,
  runOptions,
  tuneOptions,
} from './methodContext.js';
import { rightImages } from './rightImages.js';
import { distillationCost, stepsOfCost } from './trainingCost.js';

/** Which stages a method has. */
interface Stages {
  readonly fits: boolean;
  readonly tunes: boolean;
  /** Weight of the labels' cross entropy beside the teacher's classes. */
  readonly labelWeight?: number;
  /** Share of clean teacher inputs while fitting. */
  readonly teacherInputs?: number;
}

const stagesOf: Readonly<Partial<Record<Method, Stages>>> = {
  ptq: { fits: false, tunes: false },
  layerwise: { fits: true, tunes: false },
  distilled: { fits: true, tunes: true },
  'distilled+labels': { fits: true, tunes: true, labelWeight: 0.5 },
  teacherInputs: { fits: true, tunes: true, teacherInputs: 1 },
  direct: { fits: false, tunes: true },
};

/** Integer students: by calibration alone, layer by layer, end to end, or both, as the row's method says. */
export async function distilled(context: MethodContext): Promise<MethodResult> {
  const { spec, setting, teacher, model, training } = context;
  const { code, bits } = setting;
  const { fits, tunes, labelWeight = 0, teacherInputs = 0 } = stagesOf[spec.method] as Stages;
  const shape = planShape(context);
  const whole = distillationCost(setting, shape);
  const fitSteps = fits ? setting.fitSteps : 0;
  // What the layer-wise stage does not use goes to the other one: equal work, not equal steps.
  const tuneSteps = !tunes ? 0 : fits ? setting.tuneSteps : stepsOfCost(whole.macs, shape.modelMacs, true);
  const result = await distillLayerwise(
    model,
    { images: training.images, labels: training.labels },
    {
      ...planOptions(context),
      bits,
      ...(code === undefined ? {} : { code }),
      augmentation: teacher.augmentation,
      batchSize,
      baseline: false,
      // Calibration looks at few images.
      ...(fits ? {} : { fitImages: 512 }),
      fit: { steps: fitSteps, teacherInputs },
      tune: {
        ...tuneOptions(setting, tuneSteps),
        labelWeight,
        // Training end to end alone knows no layers.
        ...(fits && tunes ? { tapWeight: setting.tapWeight } : {}),
      },
      ...runOptions(context),
    },
  );
  await result.model.dispose();
  return {
    right: await rightImages(result.artifact, context.test),
    ...distillationCost({ fitSteps, tuneSteps }, shape),
    artifactBytes: result.artifact.length,
  };
}

function planOptions({ spec, teacher }: MethodContext): Pick<PlanOptions, 'requantization' | 'input'> {
  const { requantization } = spec;
  if (requantization === 'none')
    throw new RangeError(`${spec.method} makes integers, which need a requantization`);
  return { requantization, input: teacher.input };
}

/** Size of the student, which is the teacher's. */
export function planShape({ model, teacher }: Pick<MethodContext, 'model' | 'teacher'>): {
  readonly modelMacs: number;
  readonly layers: number;
} {
  const { macs, layers } = planCost(planStudent(openTeacher(model), { input: teacher.input }));
  return { modelMacs: macs, layers: layers.length };
}
