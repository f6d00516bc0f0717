import type { LayoutRequest, TensorLayout } from '../backend.js';
import { denseRequest } from '../memory/tensorLayout.js';
import type { OpName, Ops } from '../ops/index.js';
import type { ModuleBuilder } from './emitter/index.js';
import type { ProductSpeeds } from './matrix/productSpeeds.js';

/** What the engine can do and the user allows; kernels are chosen by it. */
export interface KernelTarget {
  /** Relaxed SIMD may be used where operand ranges prove its result deterministic. */
  readonly relaxedSimd: boolean;
  /** The engine joins two 128-bit vectors to one of 256: wider tiles pay. */
  readonly revectorize: boolean;
  /** `small`: constants stay as large as the packed weights, or nearly so. */
  readonly memory: 'fast' | 'small';
  /** How fast each way to multiply is, in multiply-accumulates per nanosecond. */
  readonly speeds: ProductSpeeds;
  /** Names of candidates that are taken wherever they can, before the table is asked. */
  readonly forced: readonly string[];
}

/** The memory layouts of an op's operands. */
export interface OperandTensorLayouts {
  readonly inputs: readonly TensorLayout[];
  readonly output: TensorLayout;
}

/** One pass over an op. All units of a phase are done before the next phase begins. */
export interface KernelPhase {
  /** Pieces of work that do not depend on one another; different threads may do them at the same time. */
  readonly units: number;
  /** A multiple of it may begin or end a part of the units; default 1. */
  readonly unitStep?: number;
  /** Multiply-accumulates, or values visited, of one unit: what warming up costs. */
  readonly unitCost: number;
}

/**
 * Everything about one op in one memory layout, before anything is compiled.
 *
 * Each phase is an exported function `(inputs..., output, constants, scratch, threadScratch, begin, end)`: addresses, then the
 * units to do. Where `areInputsConstants` is true the addresses of the inputs are no parameters: `writeConstants` stores them.
 */
export interface KernelPlan {
  /** For `describe()`. */
  readonly kernel: string;
  /** Equal keys emit equal functions. */
  readonly key: string;
  /** Whether the functions need relaxed SIMD; they then stand in a module of their own. */
  readonly isRelaxed?: boolean;
  readonly constantBytes: number;
  /** Scratch that all threads share from phase to phase; the same in every layout. */
  readonly scratchBytes?: number;
  /** Scratch that each thread has for itself within a phase; the same in every layout. */
  readonly threadScratchBytes?: number;
  readonly phases: readonly KernelPhase[];
  /** Adds the functions of all phases under the names given, one a phase. */
  emit(module: ModuleBuilder, exportNames: readonly string[]): void;
  /** Writes the constants; the view covers them exactly. */
  writeConstants(view: DataView, inputAddresses: readonly number[]): void;
  /** For ops of more operands than a function may have parameters. */
  readonly areInputsConstants?: boolean;
}

/**
 * One way to run an op.
 *
 * It must be exact in every layout, and its constants and scratch may not depend on the layout: `layout()` of the backend asks
 * before the layout is settled.
 */
export interface KernelCandidate<Name extends OpName = OpName> {
  /** Under which it can be forced. */
  readonly name: string;
  /** Whether it gives the exact result for this op; absent: always. */
  supports?(op: Ops[Name], target: KernelTarget): boolean;
  /** Whether it is the fastest known for this op; absent: always. This is the static table. */
  suits?(op: Ops[Name], target: KernelTarget): boolean;
  /** Layouts that it likes best. */
  request(
    op: Ops[Name],
    target: KernelTarget,
  ): { readonly inputs: readonly LayoutRequest[]; readonly output: LayoutRequest };
  plan(op: Ops[Name], layouts: OperandTensorLayouts, target: KernelTarget): KernelPlan;
}

/** All ways to run one op; the first that supports and suits it is taken. The last one does both for every op. */
export type WasmKernel<Name extends OpName> = readonly KernelCandidate<Name>[];

/** Bytes behind an input that let vector loads overrun its end. */
export const OVERREAD_BYTES = 8;

/** The request for a dense tensor with readable bytes behind it. */
export const overreadRequest: LayoutRequest = { ...denseRequest, tailBytes: OVERREAD_BYTES };
