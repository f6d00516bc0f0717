import type { LayoutRequest, TensorLayout } from '../backend.js';
import { denseRequest } from '../memory/tensorLayout.js';
import type { OpName, Ops } from '../ops/index.js';

/** The memory layouts of an op's operands. */
export interface OperandTensorLayouts {
  readonly inputs: readonly TensorLayout[];
  readonly output: TensorLayout;
}

/**
 * Everything about one op in one memory layout, before anything is compiled.
 *
 * The emitted module exports `run(inputs..., output, constants, scratch, begin, end)`: addresses, then the rows to compute.
 * Where `areInputsConstants` is true the addresses of the inputs are no parameters: `writeConstants` stores them.
 * Rows are units of work that do not depend on one another; a multiple of `rowStep` may begin or end a part of them.
 */
export interface KernelPlan {
  /** For `describe()`. */
  readonly kernel: string;
  /** Equal keys emit equal modules. */
  readonly key: string;
  readonly constantBytes: number;
  readonly scratchBytes: number;
  readonly rows: number;
  readonly rowStep: number;
  /** Multiply-accumulates, or values visited, of one row: what warming up costs. */
  readonly rowCost: number;
  emit(): Uint8Array;
  /** Writes the constants; the view covers them exactly. */
  writeConstants(view: DataView, inputAddresses: readonly number[]): void;
  /** For ops of more operands than a function may have parameters. */
  readonly areInputsConstants?: boolean;
  /** Bytes at the end of rows `0 .. rows - 1`, from the start of the output view. */
  outputEnd(rows: number): number;
}

/** How one op runs on WebAssembly. */
export interface WasmKernel<Name extends OpName> {
  /** Layouts that the kernel likes best. */
  request(op: Ops[Name]): { readonly inputs: readonly LayoutRequest[]; readonly output: LayoutRequest };
  plan(op: Ops[Name], layouts: OperandTensorLayouts): KernelPlan;
}

/** Bytes behind an input that let vector loads overrun its end. */
export const OVERREAD_BYTES = 8;

/** The request for a dense tensor with readable bytes behind it. */
export const overreadRequest: LayoutRequest = { ...denseRequest, tailBytes: OVERREAD_BYTES };
