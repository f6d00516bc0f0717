import { describe, expect, test } from '@jest/globals';
import {
  add,
  i32,
  i32x4,
  isLess,
  ModuleBuilder,
  multiply,
  quotient,
  remainder,
  select,
  subtract,
  type FunctionBuilder,
  type Local,
} from '../../src/wasm/emitter/index.js';

/** Compiles a function of one int32 that returns an int32. */
function compile(build: (f: FunctionBuilder, x: Local<'i32'>) => void): (x: number) => number {
  const module = new ModuleBuilder();
  module.function({ parameters: { x: 'i32' }, result: 'i32', exportName: 'run' }, (f, { x }) => {
    build(f, x);
  });
  return instantiate(module).run;
}

function instantiate(module: ModuleBuilder): { run: (...values: number[]) => number; memory: DataView } {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const compiled = new WebAssembly.Module(module.finish() as Uint8Array<ArrayBuffer>);
  const instance = new WebAssembly.Instance(compiled, { arena: { memory } });
  return { run: instance.exports['run'] as () => number, memory: new DataView(memory.buffer) };
}

describe('control flow', () => {
  test('repeat runs its body as often as the value says, not at all for 0', () => {
    const run = compile((f, x) => {
      const sum = f.local('i32', 'sum');
      f.repeat(f.local('i32', 'left'), x, () => {
        f.increase(sum, 3);
      });
      f.give(sum);
    });
    expect([0, 1, 7].map(run)).toEqual([0, 3, 21]);
  });

  test('range visits start, start + step, ... below the end', () => {
    const run = compile((f, x) => {
      const seen = f.local('i32', 'seen');
      f.range(f.local('i32', 'index'), 2, x, 3, () => {
        f.set(seen, add(multiply(seen, 10), f.local('i32', 'index')));
      });
      f.give(seen);
    });
    expect([0, 2, 3, 6, 9].map(run)).toEqual([0, 0, 2, 25, 258]);
  });

  test('branches leave and repeat the labels that they name, however deep', () => {
    const run = compile((f, x) => {
      const sum = f.local('i32', 'sum');
      f.block((done) => {
        f.loop((again) => {
          f.increase(sum, 1);
          f.if(
            isLess(sum, x),
            () => {
              f.block(() => {
                f.branch(again);
              });
            },
            () => {
              f.branch(done);
            },
          );
          f.set(sum, i32(-1));
        });
      });
      f.give(sum);
    });
    expect([0, 1, 5].map(run)).toEqual([1, 1, 5]);
  });

  test('functions call functions that were added before', () => {
    const module = new ModuleBuilder();
    const store = module.function(
      { parameters: { address: 'i32', value: 'i32' } },
      (f, { address, value }) => {
        f.store('i32.store', address, value, 4);
      },
    );
    const square = module.function({ parameters: { x: 'i32' }, result: 'i32' }, (f, { x }) => {
      f.give(multiply(x, x));
    });
    module.function({ parameters: { x: 'i32' }, exportName: 'run' }, (f, { x }) => {
      f.call(store, i32(8), f.result(square, x));
    });
    const { run, memory } = instantiate(module);
    run(-9);
    expect(memory.getInt32(12, true)).toBe(81);
  });
});

describe('constants and memory', () => {
  test('equal constants share one local, which is set before the function begins', () => {
    const { run, memory } = (() => {
      const module = new ModuleBuilder();
      module.function({ parameters: { x: 'i32' }, exportName: 'run' }, (f, { x }) => {
        const seven = f.constant(i32x4(7));
        expect(f.constant(i32x4(7))).toBe(seven);
        expect(f.constant(i32x4(8))).not.toBe(seven);
        // The local is used in a branch that may not be the first to run.
        f.if(isLess(x, 0), () => {
          f.store('v128.store', x, f.constant(i32x4(9)));
        });
        f.store('v128.store', i32(16), seven);
        f.store('v128.store', i32(32), f.constant(i32x4(8)));
      });
      return instantiate(module);
    })();
    run(1);
    expect([16, 28, 32].map((address) => memory.getInt32(address, true))).toEqual([7, 7, 8]);
  });

  test('fill writes the byte as often as asked and nothing else', () => {
    const module = new ModuleBuilder();
    module.function({ parameters: { count: 'i32' }, exportName: 'run' }, (f, { count }) => {
      f.fill(i32(5), i32(-2), count);
    });
    const { run, memory } = instantiate(module);
    run(3);
    expect([4, 5, 7, 8].map((address) => memory.getInt8(address))).toEqual([0, -2, -2, 0]);
  });
});

describe('values', () => {
  test('address arithmetic folds constants and is right otherwise', () => {
    expect(add(3, 4).constant).toBe(7);
    expect(multiply(3, 4).constant).toBe(12);
    expect(
      compile((f, x) => {
        f.give(subtract(multiply(add(x, 5), 3), 7));
      })(10),
    ).toBe(38);
    expect(
      compile((f, x) => {
        f.give(add(multiply(quotient(x, 7), 100), remainder(x, 7)));
      })(23),
    ).toBe(302);
    expect(
      [3, -3].map(
        compile((f, x) => {
          f.give(select(isLess(x, 0), 0, x));
        }),
      ),
    ).toEqual([3, 0]);
  });

  test.each([0, 1, -1, 63, 64, -64, -65, 127, 128, 8191, 8192, -8193, 2 ** 31 - 1, -(2 ** 31)])(
    'the constant %i survives its encoding',
    (value) => {
      expect(
        compile((f) => {
          f.give(i32(value));
        })(0),
      ).toBe(value);
    },
  );

  test('a local keeps its type', () => {
    compile((f, x) => {
      expect(f.local('i32', 'x')).toBe(x);
      expect(() => f.local('v128', 'x')).toThrow('local x is i32, not v128');
      f.give(x);
    });
  });

  test('a store of the wrong type is refused', () => {
    compile((f, x) => {
      expect(() => {
        f.store('v128.store', x, x);
      }).toThrow('v128.store stores v128, not i32');
      f.give(x);
    });
  });
});
