import type { OpName } from '@bnfree/integer-kernels';
import type { ExtremeOp } from '../../../packages/integer-kernels/test/extremes/extremeCases.js';
import type { PhotographWayName } from '../imagenet/photographWays.js';
import type { ModelWay } from '../models/digestModel.js';

/** One thing that a page is asked to do; plain data. */
export type PageCheck =
  | { readonly kind: 'environment'; readonly isIsolated: boolean }
  | {
      readonly kind: 'candidate';
      readonly op: OpName;
      readonly candidate: string;
      readonly threads: 1 | 2;
      readonly seed: number;
      readonly runs: number;
    }
  | { readonly kind: 'extremes'; readonly op: ExtremeOp }
  | {
      readonly kind: 'model';
      readonly file: string;
      readonly images: number;
      readonly sha256: string;
      readonly way: ModelWay;
      readonly threads?: number;
    }
  /** A model's logits for photographs, by the number of the first of them. */
  | {
      readonly kind: 'photographs';
      readonly file: string;
      readonly photographs: string;
      readonly way: PhotographWayName;
      readonly sha256: Readonly<Record<number, string>>;
    }
  /** Every module that the backend can emit for random ops is valid here. */
  | { readonly kind: 'modules'; readonly op: OpName; readonly seed: number; readonly cases: number }
  /** Every module that was compiled since the page was opened is valid here. */
  | { readonly kind: 'compiled' }
  /** Worker threads from a URL of the site, where its policy forbids all others. */
  | { readonly kind: 'workerUrl'; readonly file: string; readonly workerUrl: string }
  /** The policy forbids to compile: a coded error that says what to do. */
  | { readonly kind: 'compileRefused'; readonly file: string };

/** What is checked, in words. */
export function labelOf(check: PageCheck): string {
  const { kind, ...rest } = check;
  const details = Object.entries(rest).filter(
    ([name]) => !['sha256', 'images', 'seed', 'runs', 'cases'].includes(name),
  );
  return [kind, ...details.map(([name, value]) => `${name} ${String(value)}`)].join(', ');
}
