import { describe, expect, test } from '@jest/globals';
import { i32, i32x4, i64 } from '../../src/wasm/emitter/constants.js';
import {
  instructions,
  type Instruction,
  type InstructionName,
  type ValueType,
} from '../../src/wasm/emitter/instructions.js';
import { ModuleBuilder } from '../../src/wasm/emitter/moduleBuilder.js';
import { writeInstruction, type Value } from '../../src/wasm/emitter/value.js';
import { disassemble } from './disassemble.js';

const operands = { i32: i32(1), i64: i64(1n), v128: i32x4(1) } satisfies Record<ValueType, Value>;
const names = Object.keys(instructions) as InstructionName[];
const OFFSET = 300;

/** A module whose only function applies the instruction, on lane 1 and at an offset where there are such. */
function moduleOf(name: InstructionName): Uint8Array {
  const instruction: Instruction = instructions[name];
  const module = new ModuleBuilder();
  module.function({ parameters: {}, result: instruction.gives }, (f) => {
    f.give({
      type: instruction.gives ?? 'i32',
      write(code) {
        for (const type of instruction.takes) operands[type].write(code);
        writeInstruction(code, name, OFFSET, 1);
      },
    });
  });
  return module.finish();
}

describe('instruction table', () => {
  test.each(names)('%s is what its name says to another decoder', async (name) => {
    const instruction: Instruction = instructions[name];
    const lines = (await disassemble(moduleOf(name))).split('\n').map((line) => line.trim());
    const line = lines.find((text) => text.split(/[ )]/)[0] === name) ?? '';
    const offset = instruction.bytes === undefined ? '' : ` offset=${OFFSET}`;
    const lane = instruction.lanes === undefined ? '' : ' 1';
    // The alignment is shown where it is not that of the access; the emitter always claims 1.
    expect(line.replace(/\)+$/, '').replace(' align=1', '')).toBe(`${name}${offset}${lane}`);
  });

  test('no name and no code is of floats', () => {
    expect(names.filter((name) => /f(32|64)/.test(name))).toEqual([]);
    const codes = names.map((name) => instructions[name].code.join(' '));
    expect(new Set(codes).size).toBe(names.length);
  });
});
