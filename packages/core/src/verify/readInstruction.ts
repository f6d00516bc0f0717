import type { ByteReader } from './byteReader.js';
import {
  plainInstructions,
  prefixedInstructions,
  type Immediate,
  type WasmInstruction,
} from './wasmInstructions.js';

const skipImmediate = {
  none: () => undefined,
  index: (reader) => {
    reader.unsigned();
  },
  twoIndices: (reader) => {
    reader.unsigned();
    reader.unsigned();
  },
  blockType: (reader) => {
    reader.skipLeb(33);
  },
  branchTable: (reader) => {
    const targets = reader.unsigned();
    for (let target = 0; target <= targets; target++) reader.unsigned();
  },
  memory: skipMemory,
  memoryLane: (reader) => {
    skipMemory(reader);
    reader.byte();
  },
  lane: (reader) => {
    reader.byte();
  },
  i32: (reader) => {
    reader.skipLeb(32);
  },
  i64: (reader) => {
    reader.skipLeb(64);
  },
  f32: (reader) => {
    reader.skip(4);
  },
  f64: (reader) => {
    reader.skip(8);
  },
  bytes16: (reader) => {
    reader.skip(16);
  },
  valueTypes: (reader) => {
    const types = reader.unsigned();
    for (let type = 0; type < types; type++) reader.byte();
  },
  zeroByte: (reader) => {
    reader.byte();
  },
  heapType: (reader) => {
    reader.skipLeb(33);
  },
} satisfies Record<Immediate, (reader: ByteReader) => void>;

/** Alignment, offset, and a memory index where bit 6 of the alignment announces one. */
function skipMemory(reader: ByteReader): void {
  if ((reader.unsigned() & 64) !== 0) reader.unsigned();
  reader.skipLeb(64);
}

/** Reads one instruction with its immediates. Throws a RangeError where the opcode is unknown. */
export function readInstruction(reader: ByteReader): WasmInstruction {
  const opcode = reader.byte();
  const prefixed = prefixedInstructions.get(opcode);
  const number = prefixed === undefined ? opcode : reader.unsigned();
  const instruction = (prefixed ?? plainInstructions).get(number);
  if (instruction === undefined) {
    const prefix = prefixed === undefined ? '' : `0x${opcode.toString(16)} `;
    throw new RangeError(`the opcode ${prefix}0x${number.toString(16)} is unknown`);
  }
  skipImmediate[instruction.immediate](reader);
  return instruction;
}

const openers = new Set(['block', 'loop', 'if']);

/** Reads instructions up to the `end` that closes the expression, and calls back for each. */
export function readExpression(reader: ByteReader, visit: (name: string) => void): void {
  for (let depth = 1; depth > 0;) {
    const { name } = readInstruction(reader);
    visit(name);
    if (openers.has(name)) depth += 1;
    else if (name === 'end') depth -= 1;
  }
}
