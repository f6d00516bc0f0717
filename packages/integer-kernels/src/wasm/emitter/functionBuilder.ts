import { add, asValue, type Operand } from './address.js';
import { ByteWriter } from './byteWriter.js';
import { instructions, valueTypeCodes, type InstructionName, type ValueType } from './instructions.js';
import { op, writeInstruction, type StoreLaneName, type StoreName, type Value } from './value.js';

/** A local variable or parameter. Used as a value, it is read. */
export interface Local<Type extends ValueType = ValueType> extends Value<Type> {
  readonly name: string;
  readonly index: number;
}

/** A place that can be branched to: the end of a block, or the start of a loop. */
export interface Label {
  readonly depth: number;
}

/** A function of the module under construction. */
export interface FunctionReference<Result extends ValueType | undefined = ValueType | undefined> {
  readonly index: number;
  readonly result: Result;
}

/** Writes the body of one function, statement by statement. */
export class FunctionBuilder {
  readonly #prologue = new ByteWriter();
  readonly #code = new ByteWriter(1024);
  readonly #locals: Local[] = [];
  readonly #byName = new Map<string, Local>();
  readonly #parameterCount: number;
  #depth = 0;

  constructor(parameters: Readonly<Record<string, ValueType>>) {
    for (const [name, type] of Object.entries(parameters)) this.local(type, name);
    this.#parameterCount = this.#locals.length;
  }

  /** The local of this name; declared on first use. The same name with another type is an error. */
  local<Type extends ValueType>(type: Type, name: string): Local<Type> {
    const known = this.#byName.get(name);
    if (known !== undefined) {
      if (known.type !== type) throw new TypeError(`local ${name} is ${known.type}, not ${type}`);
      return known as Local<Type>;
    }
    const index = this.#locals.length;
    const local: Local<Type> = {
      type,
      name,
      index,
      write(code) {
        code.byte(0x20);
        code.unsigned(index);
      },
    };
    this.#locals.push(local);
    this.#byName.set(name, local);
    return local;
  }

  /**
   * A local that holds a constant from the start of the function on, one for equal constants.
   *
   * Engines make a constant anew at every use of it; in a loop that is slow.
   */
  constant(value: Value<'v128'>): Local<'v128'> {
    const code = new ByteWriter(24);
    value.write(code);
    const name = `constant ${code.view().join()}`;
    const isNew = !this.#byName.has(name);
    const local = this.local('v128', name);
    if (isNew) {
      this.#prologue.append(code.view());
      this.#prologue.byte(0x21);
      this.#prologue.unsigned(local.index);
    }
    return local;
  }

  set<Type extends ValueType>(local: Local<Type>, value: Value<Type>): void {
    value.write(this.#code);
    this.#code.byte(0x21);
    this.#code.unsigned(local.index);
  }

  /** `local += amount`. */
  increase(local: Local<'i32'>, amount: Operand): void {
    this.set(local, add(local, amount));
  }

  /** Stores a whole value at `address + offset`. */
  store(name: StoreName, address: Value<'i32'>, value: Value, offset = 0): void {
    this.#store(name, address, value, offset, 0);
  }

  /** Stores one lane of a vector at `address + offset`. */
  storeLane(
    name: StoreLaneName,
    lane: number,
    address: Value<'i32'>,
    value: Value<'v128'>,
    offset = 0,
  ): void {
    this.#store(name, address, value, offset, lane);
  }

  /** Statements that a branch to the label leaves. */
  block(body: (end: Label) => void): void {
    this.#nest(0x02, body);
  }

  /** Statements that a branch to the label starts again. Without a branch they run once. */
  loop(body: (again: Label) => void): void {
    this.#nest(0x03, body);
  }

  if(condition: Value<'i32'>, then: () => void, otherwise?: () => void): void {
    condition.write(this.#code);
    this.#nest(0x04, () => {
      then();
      if (otherwise === undefined) return;
      this.#code.byte(0x05);
      otherwise();
    });
  }

  branch(label: Label): void {
    this.#code.byte(0x0c);
    this.#code.unsigned(this.#depth - label.depth);
  }

  branchIf(label: Label, condition: Value<'i32'>): void {
    condition.write(this.#code);
    this.#code.byte(0x0d);
    this.#code.unsigned(this.#depth - label.depth);
  }

  /** Runs the body `count` times, counting `counter` down. A count of zero runs nothing. */
  repeat(counter: Local<'i32'>, count: Operand, body: () => void): void {
    const times = asValue(count);
    if (times.constant === 0) return;
    this.set(counter, times);
    if (times.constant === 1) {
      body();
      return;
    }
    const run = (): void => {
      this.loop((again) => {
        body();
        this.increase(counter, -1);
        this.branchIf(again, counter);
      });
    };
    if (times.constant === undefined) this.if(counter, run);
    else run();
  }

  /** Runs the body for `local = start, start + step, ...` below `end` (signed). */
  range(local: Local<'i32'>, start: Operand, end: Operand, step: number, body: () => void): void {
    const limit = asValue(end);
    this.set(local, asValue(start));
    this.block((done) => {
      this.loop((again) => {
        this.branchIf(done, op('i32.ge_s', local, limit));
        body();
        this.increase(local, step);
        this.branch(again);
      });
    });
  }

  call(target: FunctionReference<undefined>, ...values: readonly Value[]): void {
    callValue(target, values).write(this.#code);
  }

  /** The value that a function returns. */
  result<Type extends ValueType>(target: FunctionReference<Type>, ...values: readonly Value[]): Value<Type> {
    return {
      type: target.result,
      write(code) {
        callValue(target, values).write(code);
      },
    };
  }

  /** Leaves a value on the stack: the result of the function, as its last statement. */
  give(value: Value): void {
    value.write(this.#code);
  }

  /** Copies bytes within the memory. */
  copy(target: Value<'i32'>, source: Value<'i32'>, byteLength: Value<'i32'>): void {
    for (const value of [target, source, byteLength]) value.write(this.#code);
    this.#code.append([0xfc, 10, 0, 0]);
  }

  /** Fills bytes of the memory with the low byte of a value. */
  fill(target: Value<'i32'>, byte: Value<'i32'>, byteLength: Value<'i32'>): void {
    for (const value of [target, byte, byteLength]) value.write(this.#code);
    this.#code.append([0xfc, 11, 0]);
  }

  /** The finished body: local declarations, code, end. */
  finish(): ByteWriter {
    const body = new ByteWriter(this.#code.length + 64);
    const declared = this.#locals.slice(this.#parameterCount);
    body.unsigned(declared.length);
    for (const { type } of declared) {
      body.unsigned(1);
      body.byte(valueTypeCodes[type]);
    }
    body.append(this.#prologue.view());
    body.append(this.#code.view());
    body.byte(0x0b);
    return body;
  }

  #store(
    name: StoreName | StoreLaneName,
    address: Value<'i32'>,
    value: Value,
    offset: number,
    lane: number,
  ): void {
    const expected = instructions[name].takes[1];
    if (value.type !== expected) throw new TypeError(`${name} stores ${expected}, not ${value.type}`);
    address.write(this.#code);
    value.write(this.#code);
    writeInstruction(this.#code, name satisfies InstructionName, offset, lane);
  }

  #nest(opcode: number, body: (label: Label) => void): void {
    this.#code.byte(opcode);
    this.#code.byte(0x40);
    this.#depth += 1;
    body({ depth: this.#depth });
    this.#depth -= 1;
    this.#code.byte(0x0b);
  }
}

function callValue(target: FunctionReference, values: readonly Value[]): { write(code: ByteWriter): void } {
  return {
    write(code) {
      for (const value of values) value.write(code);
      code.byte(0x10);
      code.unsigned(target.index);
    },
  };
}
