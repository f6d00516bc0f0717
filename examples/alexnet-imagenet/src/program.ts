import { backendNames, positive, wholeNumber } from '@bnfree/example-train-teacher';
import { alexnetShapes } from '@bnfree/models-alexnet';
import { decoderNames } from '@bnfree/models-alexnet/images';
import { Command, Option } from 'commander';
import type { CommandContext } from './commandContext.js';
import { convert, type ConvertFlags } from './convert.js';
import { distil, type DistilFlags } from './distil.js';
import { distilDefaults } from './distilDefaults.js';
import { evaluate, type EvaluateFlags } from './evaluate.js';
import { share, wholeNumbers } from './flagReaders.js';
import { recipes } from './learningRate.js';
import { type BenchFlags, measureDecoding } from './measureDecoding.js';
import { measureTraining, type TrainingCostFlags } from './measureTraining.js';
import { renderResult } from './renderResult.js';
import { train, type TrainFlags } from './train.js';

/** What the commands write to. */
export interface ProgramOutput extends CommandContext {
  readonly result: { write(text: string): unknown };
}

/** The command line; each command's result goes to `result`, as lines or as JSON. */
export function program(output: ProgramOutput): Command {
  const show = (flags: object, value: object): void => {
    output.result.write('json' in flags ? `${JSON.stringify(value, undefined, 2)}\n` : renderResult(value));
  };
  const root = new Command('imagenet')
    .description('AlexNet at the size of ImageNet: from image folder or tar shards to integer model')
    .allowExcessArguments(false);
  const command = (name: string, description: string): Command =>
    root
      .command(name)
      .description(description)
      .allowExcessArguments(false)
      .option('--json', 'prints the result as JSON');
  const images = (text: string) => new Option('--images <path...>', text).makeOptionMandatory();
  const folder = 'a folder that has a folder a class, or tar shards';
  const decoder = () => new Option('--decoder <name>', 'of images').choices(decoderNames).default('sharp');
  const backend = () => new Option('--backend <name>', 'of tfjs').choices(backendNames).default('wasm');
  const workers = [
    '--workers <n>',
    "threads that decode; the processor's less one by default",
    wholeNumber(0, 256),
  ] as const;
  const batch = ['--batch <n>', 'images at once', wholeNumber(1, 65536)] as const;
  const microBatch = [
    '--micro-batch <n>',
    'images whose gradients are computed at once; more takes more memory than WebAssembly has at 224 x 224',
    wholeNumber(1, 65536),
    32,
  ] as const;
  const seed = ['--seed <n>', 'names all random numbers', wholeNumber(0, 2 ** 24), 0] as const;
  command('train', 'trains the teacher; stopped by Ctrl-C, the same command goes on')
    .addOption(images(folder))
    .option('--labels <file>', 'a line "name label" an image, in place of folders')
    .addOption(
      new Option('--variant <name>', 'which AlexNet')
        .choices(Object.keys(alexnetShapes))
        .default('torchvision'),
    )
    .option('--size <n>', "height and width of the images; the variant's by default", wholeNumber(8, 4096))
    .option('--dropout <x>', "share of fc6's and fc7's outputs; the variant's by default", share)
    .option('--start <file>', 'weights to start from: model.json or .safetensors')
    .addOption(
      new Option('--optimizer <name>', 'and its recipe').choices(Object.keys(recipes)).default('adam'),
    )
    .option('--epochs <n>', "passes over the images; the recipe's by default", wholeNumber(1, 10_000))
    .option(...batch)
    .option(...microBatch)
    .option('--rate <x>', "learning rate at first; the recipe's by default", positive(100))
    .option('--checkpoint-every <n>', 'steps between checkpoints', wholeNumber(1, 1e9), 500)
    .option(...seed)
    .addOption(backend())
    .option(...workers)
    .addOption(decoder())
    .option(
      '--out <folder>',
      'for model.json, weights.bin, classes.json and the checkpoint',
      'run/imagenet/teacher',
    )
    .action(async (flags: TrainFlags) => {
      show(flags, await train(flags, output));
    });
  command('convert', "makes a teacher of torchvision's weights, in place of training one")
    .requiredOption('--weights <file>', "torchvision's state dict as .safetensors")
    .option('--classes <file>', 'a class a line, in the order of the weights; numbers without it')
    .addOption(
      new Option('--variant <name>', 'which AlexNet')
        .choices(Object.keys(alexnetShapes))
        .default('torchvision'),
    )
    .option('--size <n>', "height and width of the images; the variant's by default", wholeNumber(8, 4096))
    .addOption(backend())
    .option('--out <folder>', 'for model.json, weights.bin and classes.json', 'run/imagenet/teacher')
    .action(async (flags: ConvertFlags) => {
      show(flags, await convert(flags));
    });
  command('distil', 'makes the integer model of a teacher, layer by layer; the same command goes on')
    .option('--teacher <folder>', 'what train or convert wrote', 'run/imagenet/teacher')
    .addOption(images(`training images: ${folder}`))
    .option('--count <n>', 'how many of them, at random', wholeNumber(2, 1e7), distilDefaults.images)
    .option('--weight-bits <n>', 'first and last layer keep 8', wholeNumber(1, 8), 8)
    .option('--activation-bits <n>', 'of all layers between', wholeNumber(1, 8), 8)
    .option('--fit-steps <n>', 'training steps a layer', wholeNumber(0, 1e6), distilDefaults.fitSteps)
    .option(...batch, distilDefaults.batch)
    .option(...seed)
    .addOption(backend())
    .option(...workers)
    .addOption(decoder())
    .option('--out <folder>', 'for model.bnfree, report.json and the checkpoint', 'run/imagenet/student')
    .action(async (flags: DistilFlags) => {
      show(flags, await distil(flags, output));
    });
  command(
    'evaluate',
    'top-1 and top-5 of teacher and integer model, for each class, and how often both agree',
  )
    .addOption(images(`validation images: ${folder}`))
    .option('--labels <file>', 'a line "name label" an image, in place of folders')
    .option('--teacher <folder>', 'what train or convert wrote', 'run/imagenet/teacher')
    .option('--model <file>', 'what distil wrote; the teacher alone without it')
    .option(...batch, 50)
    .addOption(backend())
    .option(...workers)
    .addOption(decoder())
    .action(async (flags: EvaluateFlags) => {
      show(flags, await evaluate(flags, output));
    });
  command('bench', 'measures how many images a second are decoded, a core')
    .addOption(images(folder))
    .option('--size <n>', 'height and width of the crops', wholeNumber(1, 2048), 224)
    .option('--workers <list>', 'numbers of threads, as 0,1,2', wholeNumbers, [0, 1])
    .addOption(new Option('--decoder <name...>', 'one or both').choices(decoderNames).default(['sharp']))
    .option('--seconds <x>', 'a row', positive(100), 5)
    .action(async (flags: BenchFlags) => {
      show(flags, { rows: await measureDecoding(flags, output) });
    });
  command('cost', 'measures what a step of training takes at full size, images apart')
    .addOption(
      new Option('--variant <name>', 'which AlexNet')
        .choices(Object.keys(alexnetShapes))
        .default('torchvision'),
    )
    .option(...batch, 128)
    .option(...microBatch)
    .option('--steps <n>', 'timed, behind a first one', wholeNumber(1, 1000), 3)
    .addOption(backend())
    .action(async (flags: TrainingCostFlags) => {
      show(flags, await measureTraining(flags, output));
    });
  return root;
}
