/** A suite of jest that runs on every Node. */
export interface NodeSuite {
  readonly name: string;
  /** Test files, or folders of them, from the root of the repository. */
  readonly files: readonly string[];
  /** Whether the quick run has it on engines whose kernels no other step of CI runs. */
  readonly isQuick: boolean;
}

const kernels = 'packages/integer-kernels';

export const nodeSuites: readonly NodeSuite[] = [
  { name: 'candidates', files: [`${kernels}/test/wasm/candidates.test.ts`], isQuick: true },
  { name: 'threads', files: [`${kernels}/test/wasm/threads`], isQuick: true },
  {
    name: 'conformance',
    files: [`${kernels}/test/conformance.test.ts`, `${kernels}/test/conformance/`],
    isQuick: false,
  },
  { name: 'extremes', files: [`${kernels}/test/extremes/`], isQuick: false },
  { name: 'vectors', files: [`${kernels}/test/vectors/`], isQuick: false },
  {
    name: 'kernels alone',
    files: [`${kernels}/test/wasm/(?!candidates|threads)`, `${kernels}/src/`],
    isQuick: false,
  },
  { name: 'graphs', files: ['packages/core/', 'conformance/test/'], isQuick: false },
];
