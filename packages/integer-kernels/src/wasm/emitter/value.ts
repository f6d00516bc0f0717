import type { ByteWriter } from './byteWriter.js';
import { instructions, type Instruction, type InstructionName, type ValueType } from './instructions.js';

/** Code that leaves one value of a known type on the stack. */
export interface Value<Type extends ValueType = ValueType> {
  readonly type: Type;
  /** Appends the code. May be called more than once: the code then stands there more than once. */
  write(code: ByteWriter): void;
  /** The number that an i32 constant stands for. */
  readonly constant?: number;
}

type Table = typeof instructions;
type OperandsOf<Takes extends readonly ValueType[]> = {
  readonly [Index in keyof Takes]: Value<Takes[Index]>;
};
type WithGives = {
  [Name in InstructionName]: Table[Name] extends { gives: ValueType } ? Name : never;
}[InstructionName];
type WithBytes = {
  [Name in InstructionName]: Table[Name] extends { bytes: number } ? Name : never;
}[InstructionName];
type WithLanes = {
  [Name in InstructionName]: Table[Name] extends { lanes: number } ? Name : never;
}[InstructionName];
type GivesOf<Name extends WithGives> = Table[Name]['gives'];

/** Instructions without an immediate that leave a value. */
export type PlainName = Exclude<WithGives, WithBytes | WithLanes>;
/** Loads of a whole value. */
export type LoadName = Exclude<WithGives & WithBytes, WithLanes>;
/** Instructions on one lane of a vector, memory apart. */
export type LaneName = Exclude<WithGives & WithLanes, WithBytes>;
/** Loads of one lane into a vector. */
export type LoadLaneName = WithGives & WithBytes & WithLanes;
/** Stores of a whole value. */
export type StoreName = Exclude<WithBytes, WithGives | WithLanes>;
/** Stores of one lane. */
export type StoreLaneName = Exclude<WithBytes & WithLanes, WithGives>;
/** Operands of an instruction. */
export type Operands<Name extends InstructionName> = OperandsOf<Table[Name]['takes']>;

/** Applies an instruction: `op('i32x4.add', a, b)`. */
export function op<Name extends PlainName>(name: Name, ...operands: Operands<Name>): Value<GivesOf<Name>> {
  return valueOf(name, operands as readonly Value[]);
}

/** Loads from `address + offset`. */
export function load<Name extends LoadName>(
  name: Name,
  address: Value<'i32'>,
  offset = 0,
): Value<GivesOf<Name>> {
  return valueOf(name, [address], offset);
}

/** Applies an instruction to one lane. */
export function onLane<Name extends LaneName>(
  name: Name,
  lane: number,
  ...operands: Operands<Name>
): Value<GivesOf<Name>> {
  return valueOf(name, operands as readonly Value[], 0, lane);
}

/** Loads one lane of `vector` from `address + offset`. */
export function loadLane(
  name: LoadLaneName,
  lane: number,
  address: Value<'i32'>,
  vector: Value<'v128'>,
  offset = 0,
): Value<'v128'> {
  return valueOf(name, [address, vector], offset, lane);
}

/** Appends an instruction whose operands are on the stack. */
export function writeInstruction(
  code: ByteWriter,
  name: InstructionName,
  offset: number,
  lane: number,
): void {
  const instruction: Instruction = instructions[name];
  code.byte(instruction.code[0]);
  if (instruction.code.length > 1) code.unsigned(instruction.code[1]);
  if (instruction.bytes !== undefined) {
    // Alignment 1: a hint without meaning for the result, and true everywhere.
    code.byte(0);
    code.unsigned(offset);
  }
  if (instruction.lanes !== undefined) code.byte(lane);
}

function valueOf<Name extends WithGives>(
  name: Name,
  operands: readonly Value[],
  offset = 0,
  lane = 0,
): Value<GivesOf<Name>> {
  return {
    type: instructions[name].gives,
    write(code) {
      for (const operand of operands) operand.write(code);
      writeInstruction(code, name, offset, lane);
    },
  };
}
