// Runs the models of a folder in the ways of a plan on the Node that executes this; prints one line of JSON.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestPhotographs, type PhotographDigest } from './digestPhotographs.js';
import type { PlannedWay } from './digestPlan.js';
import type { StoredFullSizeModel } from './writeFullSizeModels.js';

/** What came of one model in one way, or why nothing did. */
export interface WayResult {
  readonly model: string;
  readonly way: string;
  readonly digest?: PhotographDigest;
  readonly failure?: string;
}

const [folder, models, plan] = process.argv.slice(2);
const results: WayResult[] = [];
for (const { name, file, photographs } of JSON.parse(models) as StoredFullSizeModel[]) {
  const pixels = new Uint8Array(await readFile(join(folder, photographs)));
  for (const { way, counts } of JSON.parse(plan) as PlannedWay[]) {
    process.stderr.write(`Node ${process.versions.node}, ${name}, ${way}\n`);
    try {
      const digest = await digestPhotographs(join(folder, file), pixels, counts, way);
      results.push({ model: name, way, digest });
    } catch (error) {
      results.push({ model: name, way, failure: String(error) });
    }
  }
}
process.stdout.write(`${JSON.stringify(results)}\n`);
