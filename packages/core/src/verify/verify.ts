import {
  BnfreeError,
  fastTypescriptBackend,
  throwIfIssues,
  typescriptBackend,
  unknownKeys,
  type Issue,
  type KernelBackend,
  type Op,
} from '@bnfree/integer-kernels';
import { decodeArtifact } from '../artifact/decodeArtifact.js';
import { encodeArtifact } from '../artifact/encodeArtifact.js';
import type { IntegerGraph } from '../graph/integerGraph.js';
import { availableWasmBackend } from '../model/defaultBackend.js';
import { IntegerModel } from '../model/integerModel.js';
import { floatsInArtifact } from './floatsInArtifact.js';
import { verifyLayers, type LayerProof } from './verifyLayers.js';
import { verifyModules } from './verifyModules.js';

/** What was proved about a model. */
export interface VerifyReport {
  /** There is no issue. */
  readonly passed: boolean;
  /** Every number of the artifact that is not an integer, and every tensor whose elements are not; empty in a valid one. */
  readonly floats: readonly string[];
  readonly layers: readonly LayerProof[];
  /** Unused accumulator bits of the tightest layer; 31 where nothing is summed. */
  readonly minHeadroomBits: number;
  /** Different WebAssembly modules that were decoded. */
  readonly modules: number;
  /** Instructions in them. */
  readonly instructions: number;
  /** Those that touch a floating-point number; 0 in a valid model. */
  readonly floatOpcodes: number;
  readonly issues: readonly Issue[];
}

export interface VerifyOptions {
  /** Default: all backends of @bnfree/integer-kernels, and the model's own. */
  readonly backends?: readonly KernelBackend[];
  /** Modules that were written ahead of time, which are decoded as well. */
  readonly modules?: readonly Uint8Array[];
}

/**
 * Proves that inference uses integers alone and cannot overflow.
 *
 * The artifact holds no float, every accumulator stays below 2^31 for the worst input, and no module that a backend can emit
 * for a layer holds a float instruction. A file that cannot be decoded does not throw: its issues stand in the report.
 * @throws BnfreeError UNKNOWN_OPTION; CONSTANTS_RELEASED for a model that was loaded with `memory: 'small'`
 */
export function verify(
  target: IntegerModel | IntegerGraph | Uint8Array,
  options: VerifyOptions = {},
): VerifyReport {
  throwIfIssues(unknownKeys(options, ['backends', 'modules'], 'options', 'UNKNOWN_OPTION'));
  const issues: Issue[] = [];
  const artifact = readTarget(target, issues);
  const floats = artifact === undefined ? [] : floatsInArtifact(artifact.bytes);
  if (floats.length > 0) {
    issues.push({
      code: 'VERIFY_FLOAT_NUMBER',
      path: 'artifact',
      message: `got ${floats.slice(0, 5).join(', ')}, expected integers alone`,
      fix: 'write the file again with encodeArtifact(graph)',
    });
  }
  const stored = artifact?.graph.nodes.map(({ name, op }) => ({ name, op })) ?? [];
  const layers = verifyLayers(stored, issues);
  const backends = options.backends ?? defaultBackends(target);
  const census = verifyModules(
    [...stored, ...plannedOps(target)],
    { backends, written: options.modules ?? [] },
    issues,
  );
  return {
    passed: issues.length === 0,
    floats,
    layers,
    minHeadroomBits: layers.reduce((all, { headroomBits }) => Math.min(all, headroomBits), 31),
    ...census,
    issues,
  };
}

function readTarget(
  target: IntegerModel | IntegerGraph | Uint8Array,
  issues: Issue[],
): { bytes: Uint8Array; graph: IntegerGraph } | undefined {
  try {
    if (target instanceof Uint8Array) return { bytes: target, graph: decodeArtifact(target) };
    const graph = target instanceof IntegerModel ? target.graph : target;
    return { bytes: encodeArtifact(graph), graph };
  } catch (error) {
    if (!(error instanceof BnfreeError)) throw error;
    issues.push(...error.issues);
    return undefined;
  }
}

function defaultBackends(target: unknown): KernelBackend[] {
  const own = target instanceof IntegerModel ? [target.backend] : [];
  const wasm = availableWasmBackend();
  return [typescriptBackend(), fastTypescriptBackend(), ...(wasm === undefined ? [] : [wasm]), ...own];
}

/** What a loaded model runs in fact: ops for its batch size, and relayouts. */
function plannedOps(target: unknown): { name: string; op: Op }[] {
  return target instanceof IntegerModel ? target.plan.steps.map(({ name, op }) => ({ name, op })) : [];
}
