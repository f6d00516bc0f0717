/** A suite of jest that runs on every Node. */
export interface NodeSuite {
  readonly name: string;
  /** Test files, or folders of them, from the root of the repository. */
  readonly files: readonly string[];
  /** Versions on which the quick run has it: `pnpm test` runs all suites on Node 20, where there is no relaxed SIMD. */
  readonly quickOn: readonly number[];
}

const kernels = 'packages/integer-kernels';

export const nodeSuites: readonly NodeSuite[] = [
  { name: 'candidates', files: [`${kernels}/test/wasm/candidates.test.ts`], quickOn: [22, 24] },
  { name: 'threads', files: [`${kernels}/test/wasm/threads`], quickOn: [24] },
  {
    name: 'conformance',
    files: [`${kernels}/test/conformance.test.ts`, `${kernels}/test/conformance/`],
    quickOn: [],
  },
  { name: 'extremes', files: [`${kernels}/test/extremes/`], quickOn: [24] },
  { name: 'vectors', files: [`${kernels}/test/vectors/`], quickOn: [] },
  {
    name: 'kernels alone',
    files: [`${kernels}/test/wasm/(?!candidates|threads)`, `${kernels}/src/`],
    quickOn: [],
  },
  { name: 'graphs', files: ['packages/core/', 'conformance/test/'], quickOn: [] },
];
