import { describe, expect, test } from '@jest/globals';
import { wasmBackend } from '@bnfree/integer-kernels';
import loadWabt from 'wabt';
import { randomGraph } from '../../test/randomGraph.js';
import { convNet } from '../../test/sampleGraphs.js';
import { decodeWasm } from './decodeWasm.js';
import {
  isFloatInstruction,
  plainInstructions,
  prefixedInstructions,
  type Immediate,
  type WasmInstruction,
} from './wasmInstructions.js';

const features = {
  simd: true,
  relaxed_simd: true,
  threads: true,
  bulk_memory: true,
  reference_types: true,
  tail_call: true,
  sat_float_to_int: true,
  sign_extension: true,
  multi_value: true,
};

/** How each immediate is written in text. */
const texts: Readonly<Record<Immediate, string>> = {
  none: '',
  index: '0',
  twoIndices: '',
  blockType: '(result i32)',
  branchTable: '0 0 0',
  memory: 'offset=300',
  memoryLane: 'offset=300 1',
  lane: '1',
  i32: '-70000',
  i64: '-70000000000',
  f32: '1.5',
  f64: '1.5',
  bytes16: '',
  valueTypes: '(result i32)',
  zeroByte: '',
  heapType: 'func',
};

/** Instructions whose text form is not simply name and immediate. */
const special: Readonly<Record<string, string>> = {
  block: 'block (result i32) unreachable end',
  loop: 'loop (result i32) unreachable end',
  if: 'if (result i32) unreachable else unreachable end',
  else: 'if (result i32) unreachable else unreachable end',
  end: '',
  select_t: 'select (result i32)',
  call_indirect: 'call_indirect (type 0)',
  return_call_indirect: 'return_call_indirect (type 0)',
  'v128.const': 'v128.const i32x4 1 2 3 4',
  'i8x16.shuffle': 'i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15',
  'memory.init': 'memory.init 0',
  'memory.copy': 'memory.copy',
  'memory.fill': 'memory.fill',
  'table.init': 'table.init 0',
  'table.copy': 'table.copy',
  'atomic.fence': 'atomic.fence',
};

const all: WasmInstruction[] = [
  ...plainInstructions.values(),
  ...[...prefixedInstructions.values()].flatMap((table) => [...table.values()]),
];

function assemble(wabt: Awaited<ReturnType<typeof loadWabt>>, text: string): Uint8Array {
  const module = wabt.parseWat('test.wat', text, features);
  try {
    return module.toBinary({}).buffer;
  } finally {
    module.destroy();
  }
}

/** Instruction names in wabt's text of a module, counted. */
function countByWabt(wabt: Awaited<ReturnType<typeof loadWabt>>, bytes: Uint8Array): Map<string, number> {
  const module = wabt.readWasm(bytes, features);
  const text = module.toText({ foldExprs: false, inlineExport: false });
  module.destroy();
  const counts = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [word = ''] = line.trim().split(/[ )]/);
    if (word === '' || word.startsWith('(') || word === ')') continue;
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return counts;
}

describe('decodeWasm', () => {
  test('reads every instruction that wabt can assemble', async () => {
    const wabt = await loadWabt();
    expect(all.length).toBeGreaterThan(500);
    const unread = all.flatMap(({ name, immediate }) => {
      const code = special[name] ?? `${name} ${texts[immediate]}`;
      const lane = code.replace('v128.load64_lane offset=300 1', 'v128.load64_lane offset=300 1');
      const text = `(module (type (func)) (memory 1 1) (table 1 funcref) (elem func 0) (data "x")
        (global (mut i32) (i32.const 0))
        (func (local i32) unreachable ${lane} unreachable))`;
      const { instructions, issues } = decodeWasm(assemble(wabt, text));
      return issues.length === 0 && (instructions.get(name) ?? 0) > 0 ? [] : [name];
    });
    expect(unread).toEqual([]);
  });

  test('finds exactly the instructions that wabt disassembles in every module of our backends', async () => {
    const wabt = await loadWabt();
    const backend = wasmBackend();
    const ops = [convNet(), randomGraph(1, 12), randomGraph(4, 12)].flatMap(({ nodes }) =>
      nodes.map(({ op }) => op),
    );
    let modules = 0;
    for (const op of ops) {
      for (const bytes of backend.modules(op)) {
        const { instructions, issues, floatOpcodes, floatTypes } = decodeWasm(bytes);
        expect(issues).toEqual([]);
        expect({ floatOpcodes, floatTypes }).toEqual({ floatOpcodes: 0, floatTypes: 0 });
        // In wabt's text the end of a function is its closing bracket.
        const ours = new Map([...instructions].filter(([name]) => name !== 'end'));
        const theirs = countByWabt(wabt, bytes);
        theirs.delete('end');
        expect(Object.fromEntries([...ours].sort())).toEqual(Object.fromEntries([...theirs].sort()));
        modules += 1;
      }
    }
    expect(modules).toBeGreaterThan(20);
  });

  test('counts float instructions and float types wherever they stand', async () => {
    const wabt = await loadWabt();
    const bytes = assemble(
      wabt,
      `(module
        (global f64 (f64.const 2))
        (func (param f32) (result i32) (local f64 f64 i32)
          local.get 0 f32.const 1.5 f32.mul i32.trunc_f32_s
          v128.const i32x4 0 0 0 0 f32x4.sqrt i32x4.extract_lane 0 i32.add))`,
    );
    const { floatOpcodes, floatTypes, issues, functionCount } = decodeWasm(bytes);
    expect(issues).toEqual([]);
    expect({ floatOpcodes, floatTypes, functionCount }).toEqual({
      floatOpcodes: 5,
      floatTypes: 4,
      functionCount: 1,
    });
  });

  test('tells float instructions by name', () => {
    const floats = [
      'f32.add',
      'f64x2.sqrt',
      'i32.trunc_f64_u',
      'i32x4.trunc_sat_f32x4_s',
      'f64.convert_i32_s',
      'i64.reinterpret_f64',
      'f32x4.relaxed_madd',
      'i32x4.relaxed_trunc_f64x2_s_zero',
    ];
    expect(floats.filter((name) => !isFloatInstruction(name))).toEqual([]);
    const integers = [
      'i32.add',
      'i32x4.dot_i16x8_s',
      'ref.func',
      'table.fill',
      'v128.load32_zero',
      'i64.load32_s',
      'else',
      'if',
    ];
    expect(integers.filter(isFloatInstruction)).toEqual([]);
  });

  test('an unknown opcode, section or type is an issue, and so is a cut', async () => {
    const wabt = await loadWabt();
    const bytes = assemble(wabt, '(module (func (result i32) i32.const 1 i32.const 2 i32.add))');
    const unknown = bytes.map((byte) => (byte === 0x6a ? 0xf9 : byte));
    expect(decodeWasm(unknown).issues).toMatchObject([
      { code: 'WASM_UNREADABLE', message: 'the opcode 0xf9 is unknown' },
    ]);
    for (let length = 0; length < bytes.length; length++) {
      if (decodeWasm(bytes.subarray(0, length)).issues.length > 0) continue;
      // Cuts between two sections leave a module that is whole.
      expect(WebAssembly.validate(bytes.slice(0, length)) || length < bytes.length).toBe(true);
    }
    expect(decodeWasm(Uint8Array.of(...bytes, 99, 0)).issues).toHaveLength(1);
    expect(decodeWasm(new TextEncoder().encode('not a module at all')).issues).toHaveLength(1);
  });
});
