import type { KernelBackend } from '../../backend.js';
import { unknownKeys } from '../../checks/unknownKeys.js';
import { throwIfIssues } from '../../errors.js';
import type { Op } from '../../ops/index.js';
import { emitModule } from '../emitModule.js';
import { chooseKernel } from '../kernels.js';
import { kernelTarget } from '../kernelTarget.js';
import { operandLayouts } from '../operandLayouts.js';
import { assertWasmBackendOptions } from '../wasmBackendOptions.js';
import type { KernelPlan, KernelTarget, OperandTensorLayouts } from '../wasmKernel.js';
import { kernelHash } from './kernelHash.js';

/** An op in the memory layouts that it will have. */
export interface LaidOutOp {
  readonly op: Op;
  readonly layouts: OperandTensorLayouts;
}

/** How modules are written ahead of time: as for the backend that will use them. */
export interface EmitModulesOptions {
  /** As the option of wasmBackend(). */
  readonly memory?: 'fast' | 'small';
  /** False: no module of relaxed SIMD. */
  readonly relaxedSimd?: boolean;
  /** Whether the modules are for memory that threads share; default false. Such modules run on one thread as well. */
  readonly threads?: boolean;
}

/** Binary modules. */
export interface EmittedModules {
  /** Runs on every engine, alone. */
  readonly base: Uint8Array;
  /** Faster kernels, beside the base module, for engines with relaxed SIMD; absent where no op has one. */
  readonly relaxed?: Uint8Array;
}

/**
 * Writes the modules that wasmBackend() would emit for some ops, for hosts that forbid compilation at run time.
 *
 * `layOut` is asked for the ops in their memory layouts, given what the kernels would like: once for each kind of engine. The same
 * ops give the same bytes. Hand the modules to `wasmBackend({ modules })`.
 * @throws BnfreeError UNKNOWN_OPTION, INVALID_OPTION
 */
export function emitModules(
  layOut: (backend: Pick<KernelBackend, 'layout'>) => readonly LaidOutOp[],
  options: EmitModulesOptions = {},
): EmittedModules {
  throwIfIssues(unknownKeys(options, ['memory', 'relaxedSimd', 'threads'], 'options', 'UNKNOWN_OPTION'));
  const { threads: isShared = false, ...backendOptions } = options;
  assertWasmBackendOptions(backendOptions);
  const plansFor = (relaxedSimd: boolean): KernelPlan[] => {
    const target = kernelTarget(backendOptions, { simd: true, relaxedSimd });
    return layOut({ layout: (op) => operandLayouts(op, target, 1) }).map((laidOut) =>
      planOf(laidOut, target),
    );
  };
  const plain = plansFor(false);
  const mixed = options.relaxedSimd === false ? [] : plansFor(true);
  const relaxed = mixed.filter(({ isRelaxed }) => isRelaxed === true);
  const base = [...plain, ...mixed.filter(({ isRelaxed }) => isRelaxed !== true)];
  return {
    base: moduleOf(base, isShared, false),
    ...(relaxed.length > 0 ? { relaxed: moduleOf(relaxed, isShared, true) } : {}),
  };
}

function planOf({ op, layouts }: LaidOutOp, target: KernelTarget): KernelPlan {
  return chooseKernel(op, target).plan(op, layouts, target);
}

function moduleOf(plans: readonly KernelPlan[], isShared: boolean, isRelaxed: boolean): Uint8Array {
  const distinct = [...new Map(plans.map((plan) => [plan.key, plan])).values()];
  return emitModule(distinct, isShared, { isShared, isRelaxed, kernels: distinct.map(kernelHash) });
}
