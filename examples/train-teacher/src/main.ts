import { join } from 'node:path';
import { Command, Option } from 'commander';
import { endCommand } from './endCommand.js';
import { failCommand } from './failCommand.js';
import { positive, wholeNumber } from './flagReaders.js';
import { measureTop1 } from './measureTop1.js';
import { saveTeacher } from './saveTeacher.js';
import { type BackendName, backendNames, startBackend } from './startBackend.js';
import { stepLines } from './stepLines.js';
import { type TeacherName, type TeacherRecipe, teacherRecipes } from './teacherRecipes.js';
import { trainableModel } from './trainableNet.js';
import { trainNet } from './trainNet.js';

interface Flags {
  readonly teacher: TeacherName;
  readonly epochs?: number;
  readonly batch?: number;
  readonly rate?: number;
  readonly trainImages?: number;
  readonly seed: number;
  readonly backend: BackendName;
  readonly threads?: number;
  readonly out?: string;
  readonly json?: boolean;
}

const names = Object.keys(teacherRecipes) as TeacherName[];

const program = new Command('train-teacher')
  .description('Trains a teacher with batch normalization; stopped by Ctrl-C, the same command goes on.')
  .addOption(new Option('--teacher <name>', 'which').choices(names).default('lenet-bn-mnist'))
  .option('--epochs <n>', "passes over the images; the recipe's by default", wholeNumber(1, 10_000))
  .option('--batch <n>', "images a step; the recipe's by default", wholeNumber(1, 4096))
  .option('--rate <x>', "learning rate at its top; the recipe's by default", positive(10))
  .option('--train-images <n>', 'only the first training images', wholeNumber(1, 60_000))
  .option('--seed <n>', 'names all random numbers', wholeNumber(0, 2 ** 24), 0)
  .addOption(new Option('--backend <name>', 'of tfjs').choices(backendNames).default('wasm'))
  .option('--threads <n>', 'of wasm, 1 to 4; all cores by default', wholeNumber(1, 4))
  .option('--out <folder>', 'for model.json, weights.bin and the checkpoint; run/NAME by default')
  .option('--json', 'prints the result as JSON')
  .allowExcessArguments(false);

async function run(flags: Flags): Promise<void> {
  const recipe: TeacherRecipe = teacherRecipes[flags.teacher];
  const out = flags.out ?? join('run', flags.teacher);
  const epochs = flags.epochs ?? recipe.epochs;
  const batchSize = flags.batch ?? recipe.batchSize;
  const peakRate = flags.rate ?? recipe.peakRate;
  const startMs = performance.now();
  await startBackend(flags.backend, flags.threads ?? 'all');
  const [train, test] = await Promise.all([recipe.load('train', flags.trainImages), recipe.load('test')]);
  const model = await recipe.build(flags.seed);
  const controller = new AbortController();
  const interrupt = (): void => {
    controller.abort(new Error('stopped; the same command goes on from here'));
  };
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  const onStep = stepLines(process.stderr, batchSize, () => performance.now());
  const settings = {
    ...recipe,
    steps: epochs * Math.ceil(train.count / batchSize),
    batchSize,
    peakRate,
    seed: flags.seed,
    checkpoint: join(out, 'checkpoint'),
    checkpointEverySteps: 200,
  } as const;
  await trainNet(trainableModel(model), train, settings, { signal: controller.signal, onStep });
  const saved = await saveTeacher(model, out);
  const { top1, correct, count } = await measureTop1(trainableModel(model), test, recipe.input);
  const seconds = Math.round((performance.now() - startMs) / 1000);
  const { teacher, seed, backend } = flags;
  const run = { teacher, epochs, batchSize, peakRate, seed, backend };
  const result = { ...run, top1, correct, count, seconds, files: saved };
  process.stdout.write(
    flags.json === true
      ? `${JSON.stringify(result, undefined, 2)}\n`
      : `top-1 ${top1.toFixed(2)} % of ${count} test images after ${seconds} s; ${saved.model.path} and ${saved.weights.path} are written\n`,
  );
}

try {
  await run(program.parse().opts<Flags>());
} catch (error) {
  failCommand(error);
}
endCommand();
