import { beforeAll, describe, expect, test } from '@jest/globals';
import { decodeArtifact, sha256Hex } from '@bnfree/core';
import { unpackWeights } from '@bnfree/integer-kernels';
import {
  Distiller,
  calibrateRange,
  compensateThroughBits,
  fitThroughBits,
  fitToTap,
  freezeLayer,
  initializeFromTeacher,
  memoryCheckpoints,
  pipe,
  planStudent,
  type CalibratedLayer,
  type DistillOptions,
  type FrozenUnit,
  type InitializedLayer,
  type LayerPass,
  type RequantizationScheme,
} from '../src/index.js';
import { planWithMoreBits } from '../src/plan/moreBits.js';
import { regridUnits } from '../src/training/regridUnits.js';
import { branchingTeacher } from './branchingTeacher.js';
import { tinyImages, tinyInput, tinyTeacher } from './tinyTeacher.js';
import { distilTiny } from './distilTiny.js';
import { expectToResume, isStep } from './expectToResume.js';
import { useWasm } from './wasmForTests.js';

beforeAll(async () => {
  await useWasm();
});

const made = (extra: DistillOptions) => distilTiny({ bits: { weights: 2, activations: 2 }, ...extra });

const stages = [
  { weights: 4, activations: 4 },
  { weights: 3, activations: 3 },
];

/** A run of a recipe, as something that can be stopped. */
const runOf = (recipe: DistillOptions) => (extra: DistillOptions) => made({ ...recipe, ...extra });

describe('fitThroughBits', () => {
  const fit = { steps: 8, validateEvery: 4, throughBits: stages };

  test('goes from stage to stage with the weights of the stage before, and ends at the planned bits', async () => {
    const seen: [string, number, number | null, Float32Array][] = [];
    const add = (amount: number): LayerPass<InitializedLayer, CalibratedLayer> => {
      const calibrate = calibrateRange();
      return {
        name: 'add',
        settings: '',
        async run(layer, context) {
          const { plan, parameters } = layer;
          seen.push([plan.name, plan.weights.bits, plan.activations?.bits ?? null, parameters.kernel]);
          const kernel = parameters.kernel.map((w) => w + amount);
          return calibrate.run({ ...layer, parameters: { ...parameters, kernel } }, context);
        },
      };
    };
    const distiller = new Distiller({
      plan: (teacher) =>
        planStudent(teacher, {
          weights: { bits: 2 },
          activations: { bits: 3 },
          firstAndLast: { bits: 8 },
          input: tinyInput,
        }),
      layer: pipe(initializeFromTeacher(), fitThroughBits(stages, add(0.25)), freezeLayer()),
      fitImages: 32,
      batchSize: 16,
      baseline: false,
    });
    const { model, graph } = await distiller.run({ teacher: tinyTeacher(), data: tinyImages(80).images });
    await model.dispose();
    // What is at 8 bits has nothing to come down from, and a stage of the same bits as before is no stage.
    expect(seen.map(([name, weights, activations]) => [name, weights, activations])).toEqual([
      ['conv1', 8, 8],
      ['bn2', 4, 4],
      ['bn2', 3, 3],
      ['bn2', 2, 3],
      ['conv2', 4, 4],
      ['conv2', 3, 3],
      ['conv2', 2, 3],
      ['fc', 8, null],
    ]);
    const [first, second, third] = seen.slice(1, 4).map(([, , , kernel]) => kernel[0]);
    expect([second - first, third - second]).toEqual([0.25, 0.25]);
    const conv = graph.nodes.find(({ name }) => name === 'conv2')?.op;
    expect(conv).toMatchObject({ weights: { bits: 2 } });
  });

  test('resumes inside a stage, and behind one, to the same bytes', async () => {
    await expectToResume(runOf({ fit }), isStep('fitToTap 2-w3a3', 'conv2', 5));
    await expectToResume(runOf({ fit }), isStep('fitToTap', 'conv2', 3));
  });

  test('leaves nothing of its stages in the checkpoint of a finished layer', async () => {
    const store = memoryCheckpoints();
    const names = new Set<string>();
    const checkpoint = {
      ...store,
      write: (name: string, bytes: Uint8Array) => {
        names.add(name);
        return store.write(name, bytes);
      },
    };
    await made({ fit, checkpoint, checkpointEverySteps: 3 });
    const left = [];
    for (const name of names) if ((await store.read(name)) !== undefined) left.push(name);
    expect([...names].filter((name) => name.includes('progress')).length).toBeGreaterThan(4);
    expect(left.filter((name) => name.includes('progress'))).toEqual([]);
  });
});

describe('compensateThroughBits', () => {
  const tune = {
    steps: 8,
    validateEvery: 2,
    learningRate: 0.005,
    throughBits: [{ ...stages[0], steps: 6 }, stages[1]],
  };
  const fit = { steps: 0 };

  test('is another way to the planned bits, and never a worse student by its own measure', async () => {
    const { throughBits: _, ...direct } = tune;
    const [start, straight, stepwise] = [
      await made({ fit }),
      await made({ fit, tune: direct }),
      await made({ fit, tune }),
    ];
    expect(new Set([start, straight, stepwise].map(({ artifact }) => sha256Hex(artifact))).size).toBe(3);
    expect(stepwise.report.student.bits).toEqual(start.report.student.bits);
    for (const { op } of decodeArtifact(stepwise.artifact).nodes) {
      if ('weights' in op && op.weights.bits === 2)
        expect(Math.max(...unpackWeights(op.weights).map(Math.abs))).toBeLessThanOrEqual(1);
    }
    const passes = new Set(stepwise.report.losses.map(({ pass }) => pass));
    expect([...passes].filter((pass) => pass.startsWith('compensate'))).toEqual([
      'compensateEndToEnd 1-w4a4',
      'compensateEndToEnd 2-w3a3',
      'compensateEndToEnd',
    ]);
  });

  test('resumes inside a stage, and behind all, to the same bytes', async () => {
    await expectToResume(runOf({ fit, tune }), isStep('compensateEndToEnd 2-w3a3', 'tiny', 5));
    await expectToResume(runOf({ fit, tune }), isStep('compensateEndToEnd', 'tiny', 3));
  });
});

describe('regridUnits', () => {
  const schemes: RequantizationScheme[] = [
    'divide',
    'shiftPerLayer',
    'shiftPerChannel',
    'perLayer',
    'perChannel',
  ];

  test.each(schemes)(
    '%s: there and back gives the same integers, branches and all',
    async (requantization) => {
      const ways: [readonly FrozenUnit[], readonly FrozenUnit[]][] = [];
      const distiller = new Distiller({
        plan: (teacher) =>
          planStudent(teacher, {
            weights: { bits: 2 },
            activations: { bits: 3 },
            requantization,
            input: tinyInput,
          }),
        layer: pipe(initializeFromTeacher(), calibrateRange(), fitToTap({ steps: 0 }), freezeLayer()),
        model: {
          name: 'thereAndBack',
          settings: '',
          run(units, { plan }) {
            const more = planWithMoreBits(plan, { weights: 4, activations: 5 });
            const steps = new Map(
              units.map(({ plan: { name }, shadow }) => {
                const step = 'steps' in shadow ? shadow.steps.activationStep : shadow.activationStep;
                return [name, (step ?? 1) / 4];
              }),
            );
            const there = regridUnits(more, units, units, steps);
            const back = regridUnits(plan, there, units, new Map());
            expect(there.map((unit) => unit.plan.activations?.bits ?? 5)).toEqual(units.map(() => 5));
            ways.push([units, back]);
            return Promise.resolve(units);
          },
        },
        fitImages: 32,
        batchSize: 16,
        baseline: false,
      });
      const { model } = await distiller.run({ teacher: branchingTeacher(), data: tinyImages(80).images });
      await model.dispose();
      const [[units, back]] = ways;
      expect(back.map(({ nodes }) => nodes)).toEqual(units.map(({ nodes }) => nodes));
    },
  );
});

describe('stages', () => {
  test('are refused where they are none', () => {
    const issue = (stage: object) => {
      try {
        compensateThroughBits([stage], { steps: 1 });
        return undefined;
      } catch (error) {
        return (error as { issues: { code: string; path: string }[] }).issues[0];
      }
    };
    expect(issue({ weights: 9 })).toMatchObject({ code: 'OPTION_RANGE', path: 'throughBits[0].weights' });
    expect(issue({})).toMatchObject({ code: 'OPTION_RANGE', path: 'throughBits[0]' });
    expect(issue({ weihgts: 4 })).toMatchObject({ code: 'UNKNOWN_OPTION', fix: 'did you mean weights?' });
    expect(issue({ weights: 4, steps: 7 })).toBeUndefined();
  });

  test('are refused where no layer has fewer bits', async () => {
    const eight = { weights: 8, activations: 8 };
    const fit = { steps: 1, throughBits: [{ weights: 4 }] };
    await expect(made({ bits: eight, fit })).rejects.toMatchObject({ code: 'OPTION_WITHOUT_EFFECT' });
    const tune = { steps: 1, throughBits: [{ weights: 4 }] };
    await expect(made({ bits: eight, fit: { steps: 0 }, tune })).rejects.toMatchObject({
      code: 'OPTION_WITHOUT_EFFECT',
    });
  });
});
