import type { Issue } from '@bnfree/integer-kernels';
import { byteReader, type ByteReader } from './byteReader.js';
import { readExpression } from './readInstruction.js';
import { isFloatInstruction } from './wasmInstructions.js';

/** What a module consists of. */
export interface WasmModuleFacts {
  /** How often each instruction stands in function bodies and initializers. */
  readonly instructions: ReadonlyMap<string, number>;
  readonly functionCount: number;
  /** Instructions that read, write or make a floating-point number. */
  readonly floatOpcodes: number;
  /** Parameters, results, locals and globals of type f32 or f64. */
  readonly floatTypes: number;
  /** Why the module could not be read to its end; the counts are then incomplete. */
  readonly issues: readonly Issue[];
}

interface Census {
  readonly instructions: Map<string, number>;
  functionCount: number;
  floatTypes: number;
}

/**
 * Reads a WebAssembly module completely, independently of the code that emits modules.
 *
 * Every section and every instruction with its immediates; what it does not know is an issue WASM_UNREADABLE, never skipped.
 * Custom sections (names, debug data) are the one thing that is not looked into: engines do not execute them.
 */
export function decodeWasm(bytes: Uint8Array): WasmModuleFacts {
  const census: Census = { instructions: new Map(), functionCount: 0, floatTypes: 0 };
  const reader = byteReader(bytes);
  const issues: Issue[] = [];
  try {
    readHeader(reader);
    while (!reader.isAtEnd()) readSection(reader, census);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    issues.push({
      code: 'WASM_UNREADABLE',
      path: `byte ${reader.position()}`,
      message: error.message,
      fix: 'add the instruction or section to decodeWasm, from the WebAssembly specification',
    });
  }
  const { instructions, functionCount, floatTypes } = census;
  const floatOpcodes = [...instructions]
    .filter(([name]) => isFloatInstruction(name))
    .reduce((all, [, count]) => all + count, 0);
  return { instructions, functionCount, floatOpcodes, floatTypes, issues };
}

function readHeader(reader: ByteReader): void {
  const header = Array.from({ length: 8 }, reader.byte);
  if (header.join() !== '0,97,115,109,1,0,0,0') throw new RangeError('this is no WebAssembly module');
}

type SectionReader = (section: ByteReader, census: Census) => unknown;

/** How each known section is read, by its number. */
const sectionReaders: ReadonlyMap<number, SectionReader> = new Map([
  [1, each(readFunctionType)],
  [2, each(readImport)],
  [3, each((section) => section.unsigned())],
  [4, each(readTableType)],
  [5, each(readLimits)],
  [6, each(readGlobal)],
  [7, each(readExport)],
  [8, (section) => section.unsigned()],
  [9, each(readElements)],
  [10, each(readBody)],
  [11, each(readData)],
  [12, (section) => section.unsigned()],
]);

/** Reads a list: its length, then that many entries. */
function each(readEntry: SectionReader): SectionReader {
  return (section, census) => {
    for (let left = section.unsigned(); left > 0; left--) readEntry(section, census);
  };
}

function readSection(reader: ByteReader, census: Census): void {
  const id = reader.byte();
  const section = reader.section(reader.unsigned());
  if (id === 0) return;
  const read = sectionReaders.get(id);
  if (read === undefined) throw new RangeError(`the section ${id} is unknown`);
  read(section, census);
  assertEnd(section, `section ${id}`);
}

function readFunctionType(section: ByteReader, census: Census): void {
  if (section.byte() !== 0x60) throw new RangeError('a type is no function type');
  readValueTypes(section, census);
  readValueTypes(section, census);
}

function readImport(section: ByteReader, census: Census): void {
  section.skip(section.unsigned());
  section.skip(section.unsigned());
  const kind = section.byte();
  if (kind === 0) section.unsigned();
  else if (kind === 1) readTableType(section);
  else if (kind === 2) readLimits(section);
  else if (kind === 3) {
    readValueType(section, census);
    section.byte();
  } else throw new RangeError(`the import kind ${kind} is unknown`);
}

function readTableType(section: ByteReader): void {
  section.byte();
  readLimits(section);
}

/** Flags: 1 has a maximum, 2 is shared, 4 is 64-bit. */
function readLimits(section: ByteReader): void {
  const flags = section.byte();
  if (flags > 7) throw new RangeError(`the limits ${flags} are unknown`);
  section.skipLeb(64);
  if ((flags & 1) !== 0) section.skipLeb(64);
}

function readGlobal(section: ByteReader, census: Census): void {
  readValueType(section, census);
  section.byte();
  countExpression(section, census);
}

function readExport(section: ByteReader): void {
  section.skip(section.unsigned());
  section.byte();
  section.unsigned();
}

function readBody(section: ByteReader, census: Census): void {
  const body = section.section(section.unsigned());
  readLocals(body, census);
  countExpression(body, census);
  assertEnd(body, 'a function');
  census.functionCount += 1;
}

/** One declaration stands for several locals of a type. */
const readLocals = each((body, census) => {
  const count = body.unsigned();
  const before = census.floatTypes;
  readValueType(body, census);
  census.floatTypes = before + (census.floatTypes - before) * count;
});

function readElements(section: ByteReader, census: Census): void {
  const flags = section.unsigned();
  if (flags > 7) throw new RangeError(`the element segment ${flags} is unknown`);
  const isActive = (flags & 1) === 0;
  if (isActive && (flags & 2) !== 0) section.unsigned();
  if (isActive) countExpression(section, census);
  if ((flags & 3) !== 0) section.byte();
  const hasExpressions = (flags & 4) !== 0;
  each(hasExpressions ? countExpression : (segment) => segment.unsigned())(section, census);
}

function readData(section: ByteReader, census: Census): void {
  const flags = section.unsigned();
  if (flags > 2) throw new RangeError(`the data segment ${flags} is unknown`);
  if (flags === 2) section.unsigned();
  if (flags !== 1) countExpression(section, census);
  section.skip(section.unsigned());
}

const integerTypes = new Set([0x7f, 0x7e, 0x7b, 0x70, 0x6f]);
const floatTypes = new Set([0x7d, 0x7c]);

function readValueType(section: ByteReader, census: Census): void {
  const type = section.byte();
  if (floatTypes.has(type)) census.floatTypes += 1;
  else if (!integerTypes.has(type)) throw new RangeError(`the value type 0x${type.toString(16)} is unknown`);
}

const readValueTypes = each(readValueType);

function countExpression(section: ByteReader, { instructions }: Census): void {
  readExpression(section, (name) => instructions.set(name, (instructions.get(name) ?? 0) + 1));
}

function assertEnd(reader: ByteReader, what: string): void {
  if (!reader.isAtEnd()) throw new RangeError(`${what} is longer than its content`);
}
