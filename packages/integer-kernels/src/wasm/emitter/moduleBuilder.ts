import { ByteWriter } from './byteWriter.js';
import { FunctionBuilder, type FunctionReference, type Local } from './functionBuilder.js';
import { valueTypeCodes, type ValueType } from './instructions.js';

/** Names, types and result of a function. */
export interface Signature<Parameters extends Readonly<Record<string, ValueType>>, Result> {
  readonly parameters: Parameters;
  readonly result?: Result | undefined;
  /** Name under which the host sees it; absent for inner functions. */
  readonly exportName?: string;
}

/** Data that a module carries for its readers. */
export interface CustomSection {
  readonly name: string;
  readonly content: Uint8Array;
}

type ParameterLocals<Parameters> = {
  readonly [Name in keyof Parameters]: Parameters[Name] extends ValueType ? Local<Parameters[Name]> : never;
};

const MAX_PAGES = 65536;
const MAGIC_AND_VERSION = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

/**
 * Collects functions and writes one WebAssembly module.
 *
 * The module imports its memory as `arena.memory`; everything else is inside. `isShared`: the memory is one that threads share.
 */
export class ModuleBuilder {
  readonly #types = new ByteWriter();
  readonly #exports = new ByteWriter();
  readonly #bodies = new ByteWriter(4096);
  readonly #isShared: boolean;
  #functionCount = 0;
  #exportCount = 0;

  constructor({ isShared = false }: { readonly isShared?: boolean } = {}) {
    this.#isShared = isShared;
  }

  /** Adds a function; it may call those added before it. */
  function<
    const Parameters extends Readonly<Record<string, ValueType>>,
    Result extends ValueType | undefined = undefined,
  >(
    signature: Signature<Parameters, Result>,
    build: (builder: FunctionBuilder, parameters: ParameterLocals<Parameters>) => void,
  ): FunctionReference<Result> {
    const index = this.#functionCount;
    const builder = new FunctionBuilder(signature.parameters);
    const parameters = Object.fromEntries(
      Object.entries(signature.parameters).map(([name, type]) => [name, builder.local(type, name)]),
    ) as unknown as ParameterLocals<Parameters>;
    build(builder, parameters);
    this.#bodies.sized(builder.finish());
    this.#addType(Object.values(signature.parameters), signature.result);
    if (signature.exportName !== undefined) this.#addExport(signature.exportName, index);
    this.#functionCount += 1;
    return { index, result: signature.result as Result };
  }

  /** The binary module; a custom section, which engines keep but do not look into, stands first. */
  finish(custom?: CustomSection): Uint8Array {
    const writer = new ByteWriter(this.#bodies.length + 256);
    writer.append(MAGIC_AND_VERSION);
    if (custom !== undefined) writeCustomSection(writer, custom);
    writeSection(writer, 1, this.#functionCount, this.#types);
    writeSection(writer, 2, 1, memoryImport(this.#isShared));
    const typeIndices = new ByteWriter();
    for (let index = 0; index < this.#functionCount; index += 1) typeIndices.unsigned(index);
    writeSection(writer, 3, this.#functionCount, typeIndices);
    writeSection(writer, 7, this.#exportCount, this.#exports);
    writeSection(writer, 10, this.#functionCount, this.#bodies);
    return writer.toBytes();
  }

  #addType(parameters: readonly ValueType[], result: ValueType | undefined): void {
    this.#types.byte(0x60);
    this.#types.unsigned(parameters.length);
    for (const type of parameters) this.#types.byte(valueTypeCodes[type]);
    this.#types.unsigned(result === undefined ? 0 : 1);
    if (result !== undefined) this.#types.byte(valueTypeCodes[result]);
  }

  #addExport(name: string, index: number): void {
    this.#exports.name(name);
    this.#exports.byte(0);
    this.#exports.unsigned(index);
    this.#exportCount += 1;
  }
}

/** A memory of at least one page; the arena decides its size. A shared one must have a bound: the most there can be. */
function memoryImport(isShared: boolean): ByteWriter {
  const writer = new ByteWriter();
  writer.name('arena');
  writer.name('memory');
  writer.append(isShared ? [2, 3, 1] : [2, 0, 1]);
  if (isShared) writer.unsigned(MAX_PAGES);
  return writer;
}

function writeCustomSection(writer: ByteWriter, { name, content }: CustomSection): void {
  const section = new ByteWriter(content.length + 32);
  section.name(name);
  section.append(content);
  writer.byte(0);
  writer.sized(section);
}

function writeSection(writer: ByteWriter, id: number, count: number, entries: ByteWriter): void {
  const content = new ByteWriter(entries.length + 5);
  content.unsigned(count);
  content.append(entries.view());
  writer.byte(id);
  writer.sized(content);
}
