// Runs all models of a folder in every way on the Node that executes this; prints one line of JSON.
import { join } from 'node:path';
import type { CheckResult } from '../matrix/checkResult.js';
import { checkModel } from './checkModel.js';
import { modelWays, type ModelWay } from './digestModel.js';
import { readModels } from './modelFolder.js';

const [folder] = process.argv.slice(2);
const results: CheckResult[] = [];
for (const model of await readModels(folder)) {
  for (const way of Object.keys(modelWays) as ModelWay[]) {
    const failure = await checkModel(join(folder, model.file), model, way);
    results.push({ label: `${model.name}, ${way}`, ...(failure === undefined ? {} : { failure }) });
  }
}
process.stdout.write(`${JSON.stringify(results)}\n`);
