import { opNames } from '@bnfree/integer-kernels';
import { candidateNamesOf } from '../../../packages/integer-kernels/test/checkCandidate.js';
import { extremeOps } from '../../../packages/integer-kernels/test/extremes/extremeCases.js';
import { modelWays, type ModelWay } from '../models/digestModel.js';
import type { StoredModel } from '../models/modelFolder.js';
import type { PageCheck } from './pageCheck.js';
import type { PagePlan } from './runPages.js';

/** How much is tried in pages. */
export interface PageEffort {
  readonly seed: number;
  /** Random ops of each size for each candidate. */
  readonly runs: number;
  readonly hasExtremes: boolean;
}

/** Models in every way, kernels forced one by one, and what pages of each kind may and may not do. */
export function planPages(models: readonly StoredModel[], effort: PageEffort): PagePlan[] {
  const url = ({ file }: StoredModel): string => `/models/${file}`;
  const ofModels = (threads: number): PageCheck[] =>
    models.flatMap((model) =>
      (Object.keys(modelWays) as ModelWay[]).map((way): PageCheck => {
        const expected = { file: url(model), images: model.images, sha256: model.sha256, way };
        return { kind: 'model', ...expected, ...(way === 'wasm, 2 threads' ? { threads } : {}) };
      }),
    );
  const ofCandidates = (threads: 1 | 2, runs: number): PageCheck[] =>
    opNames.flatMap((op) =>
      candidateNamesOf(op).map((candidate): PageCheck => {
        return { kind: 'candidate', op, candidate, threads, seed: effort.seed, runs };
      }),
    );
  const ofModules = opNames.map((op): PageCheck => ({ kind: 'modules', op, seed: effort.seed, cases: 6 }));
  const ofExtremes = effort.hasExtremes ? extremeOps.map((op): PageCheck => ({ kind: 'extremes', op })) : [];
  const [first] = models;
  return [
    {
      kind: 'plain',
      checks: [
        { kind: 'environment', isIsolated: false },
        ...ofModels(1),
        ...ofCandidates(1, effort.runs),
        ...ofExtremes,
        ...ofModules,
        { kind: 'compiled' },
      ],
    },
    {
      kind: 'isolated',
      checks: [
        { kind: 'environment', isIsolated: true },
        ...ofModels(2),
        ...ofCandidates(2, Math.ceil(effort.runs / 4)),
        { kind: 'compiled' },
      ],
    },
    {
      kind: 'strict',
      checks: [
        { kind: 'environment', isIsolated: true },
        { kind: 'workerUrl', file: url(first), workerUrl: '/worker.js' },
      ],
    },
    {
      kind: 'noWasm',
      checks: [
        { kind: 'compileRefused', file: url(first) },
        { kind: 'model', file: url(first), images: first.images, sha256: first.sha256, way: 'reference' },
      ],
    },
  ];
}
