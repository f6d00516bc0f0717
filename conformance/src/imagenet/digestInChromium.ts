import type { PageCheck } from '../browser/pageCheck.js';
import { runPages } from '../browser/runPages.js';
import type { PlannedWay } from './digestPlan.js';
import type { WayOutcome } from './wayOutcome.js';
import type { StoredFullSizeModel } from './writeFullSizeModels.js';

/** Digests that must come, by model and number of photographs. */
export type ExpectedDigests = ReadonlyMap<string, Readonly<Record<number, string>>>;

/** Runs the models of a folder in the ways of a plan in a cross-origin isolated page of headless Chromium. */
export async function digestInChromium(
  executable: string,
  folder: string,
  models: readonly StoredFullSizeModel[],
  plan: readonly PlannedWay[],
  expected: ExpectedDigests,
  note: (text: string) => void,
): Promise<WayOutcome[]> {
  const asked = models.flatMap((model) => plan.map((planned) => ({ model, ...planned })));
  const checks = asked.map(({ model, way, counts }): PageCheck => {
    const wanted = expected.get(model.name) ?? {};
    return {
      kind: 'photographs',
      file: `/models/${model.file}`,
      photographs: `/models/${model.photographs}`,
      way,
      sha256: Object.fromEntries(counts.map((count) => [count, wanted[count]])),
    };
  });
  const { version, outcomes } = await runPages(executable, folder, [{ kind: 'isolated', checks }], note);
  const engine = `Chromium ${version.split('.')[0]}`;
  return outcomes[0].results.map(({ failure }, index) => {
    const { model, way, counts } = asked[index];
    const photographs = Math.max(...counts);
    return { engine, model: model.name, way, photographs, ...(failure === undefined ? {} : { failure }) };
  });
}
