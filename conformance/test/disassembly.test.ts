import { describe, expect, test } from '@jest/globals';
import { decodeWasm, encodeArtifact, withSelfTest } from '@bnfree/core';
import { opNames, type OpName } from '@bnfree/integer-kernels';
import { conformanceCase } from '../../packages/integer-kernels/src/conformance/conformanceCase.js';
import { emitModule } from '../../packages/integer-kernels/src/wasm/emitModule.js';
import { kernelTarget } from '../../packages/integer-kernels/src/wasm/kernelTarget.js';
import { layoutVariants } from '../../packages/integer-kernels/src/wasm/layoutVariants.js';
import type { KernelPlan } from '../../packages/integer-kernels/src/wasm/wasmKernel.js';
import { candidateNamesOf, candidateOf } from '../../packages/integer-kernels/test/checkCandidate.js';
import { disassemble, forbiddenMnemonics } from '../../packages/integer-kernels/test/wasm/disassemble.js';
import { digestModel, modelWays, type ModelWay } from '../src/models/digestModel.js';
import { modelList } from '../src/models/modelList.js';
import { recordModules } from '../src/models/recordModules.js';

/** Relaxed instructions that kernels may use: their operands leave the engine no choice. */
const allowedRelaxed =
  /^(i8x16\.relaxed_swizzle|i16x8\.relaxed_dot_i8x16_i7x16_s|i32x4\.relaxed_dot_i8x16_i7x16_add_s)$/;

/** Every target that changes what is emitted, whatever this engine can do. */
const targets = [true, false].flatMap((relaxedSimd) =>
  (['fast', 'small'] as const).map((memory) => kernelTarget({ memory }, { simd: true, relaxedSimd })),
);

/** Ops on which a candidate is taken apart. */
const OPS = 8;
const DRAWS = 600;

/** Plans of a candidate for random ops, each kind of code once. */
function plansOf(
  name: OpName,
  candidateName: string,
): { readonly plans: KernelPlan[]; readonly ops: number } {
  const candidate = candidateOf(name, candidateName);
  const plans = new Map<string, KernelPlan>();
  let ops = 0;
  for (let seed = 1; seed <= DRAWS && ops < OPS; seed += 1) {
    const { op } = conformanceCase(name, { seed, size: seed % 2 === 0 ? 'large' : 'small' });
    const able = targets.filter((target) => candidate.supports?.(op, target) ?? true);
    for (const target of able) {
      for (const layouts of layoutVariants(op, candidate.request(op, target))) {
        const plan = candidate.plan(op, layouts, target);
        plans.set(plan.key, plan);
      }
    }
    if (able.length > 0) ops += 1;
  }
  return { plans: [...plans.values()], ops };
}

/** Reads a module by two decoders that share nothing with the emitter nor with each other; returns relaxed mnemonics. */
async function relaxedIn(module: Uint8Array): Promise<string[]> {
  const text = await disassemble(module);
  expect(text).toContain('(func');
  const { floatOpcodes, floatTypes, issues, instructions } = decodeWasm(module);
  expect({ floatOpcodes, floatTypes, issues }).toEqual({ floatOpcodes: 0, floatTypes: 0, issues: [] });
  const found = forbiddenMnemonics(text);
  expect(found.filter((mnemonic) => !allowedRelaxed.test(mnemonic))).toEqual([]);
  const ours = [...instructions].filter(([name]) => name.includes('relaxed')).map(([, count]) => count);
  expect(ours.reduce((all, count) => all + count, 0)).toBe(found.length);
  return found;
}

describe.each(opNames)('%s', (name) => {
  test.each(candidateNamesOf(name))(
    '%s: no float, no atomic, and relaxed instructions exactly where its plan says so',
    async (candidate) => {
      const { plans, ops } = plansOf(name, candidate);
      expect(ops).toBeGreaterThan(0);
      for (const [index, plan] of plans.entries()) {
        // What memory threads share changes the import alone.
        const relaxed = await relaxedIn(emitModule([plan], index % 2 === 1));
        expect([plan.kernel, relaxed.length > 0]).toEqual([plan.kernel, plan.isRelaxed === true]);
      }
    },
  );
});

test.each(Object.keys(modelWays) as ModelWay[])(
  'the modules of whole models have no float and no atomic: %s',
  async (way) => {
    const recorder = recordModules();
    for (const { graph, images } of modelList(3)) {
      const artifact = encodeArtifact(await withSelfTest(graph));
      expect((await digestModel(artifact, images, way)).passesSelfTest).toBe(true);
    }
    recorder.restore();
    for (const module of recorder.modules) {
      const relaxed = await relaxedIn(module);
      if (way === 'wasm, relaxed SIMD off') expect(relaxed).toEqual([]);
    }
    expect(recorder.modules.length > 0).toBe(way.startsWith('wasm'));
  },
);
