import { describe, expect, test } from '@jest/globals';
import { wasmBackendOn } from '../../../src/wasm/backend.js';
import { threadPlatform } from '../../../src/wasm/threads/threadPlatform.js';
import { eagerPlatform, pagePart, threadedBackend } from '../../threadedBackend.js';
import { faultyPlatform, watchedPlatform } from './faultyPlatform.js';
import { preparedDense } from './preparedDense.js';

const hosts = [
  { host: 'thread', part: {} },
  { host: 'page', part: pagePart },
] as const;
const byCode = (code: string): unknown => expect.objectContaining({ name: 'BnfreeError', code });

describe.each(hosts)('a crew of a $host', ({ host, part }) => {
  test('runs one call after the other, and several as one', async () => {
    const backend = threadedBackend({ threads: 3 }, host);
    const layers = [await preparedDense(backend, 64), await preparedDense(backend, 33)];
    for (let run = 0; run < 20; run += 1) {
      for (const { call, read, expected } of layers) {
        await call.run();
        expect(read()).toEqual(expected);
      }
    }
    const fresh = [await preparedDense(backend, 64), await preparedDense(backend, 7)];
    await backend.sequence?.(fresh.map(({ call }) => call)).run();
    expect(fresh.map(({ read }) => read())).toEqual(fresh.map(({ expected }) => expected));
    await backend.dispose();
  });

  test('has workers that take part', async () => {
    const platform = faultyPlatform('return;', part);
    const backend = wasmBackendOn(platform, { threads: 2 });
    const { call, read, expected } = await preparedDense(backend);
    await call.run();
    expect(platform.threads.length).toBe(1);
    expect(read()).not.toEqual(expected);
    await backend.dispose();
  });

  test.each([
    ['traps', 'throw new WebAssembly.RuntimeError("unreachable")'],
    ['ends', 'process.exit(1)'],
    ['never returns', 'for (;;);'],
  ])('a thread that %s within a run is an error of this run and of all that follow', async (_, statement) => {
    const platform = faultyPlatform(statement, { ...part, patienceMs: 100 });
    const backend = wasmBackendOn(platform, { threads: 3 });
    const { call } = await preparedDense(backend);
    await expect(call.run()).rejects.toEqual(byCode('WORKER_CRASHED'));
    await expect(call.run()).rejects.toEqual(byCode('WORKER_CRASHED'));
    await expect(preparedDense(backend)).rejects.toEqual(byCode('WORKER_CRASHED'));
    await backend.dispose();
  });

  test('a thread that ends between two runs is an error of the next', async () => {
    const platform = watchedPlatform(part);
    const backend = wasmBackendOn(platform, { threads: 2 });
    const { call, read, expected } = await preparedDense(backend);
    await call.run();
    expect(read()).toEqual(expected);
    await platform.threads[0].terminate();
    await expect(call.run()).rejects.toEqual(byCode('WORKER_CRASHED'));
    await backend.dispose();
  });

  test('dispose ends the threads; runs and preparations behind it are refused', async () => {
    const platform = watchedPlatform(part);
    const backend = wasmBackendOn(platform, { threads: 3 });
    const { call } = await preparedDense(backend);
    await call.run();
    await backend.dispose();
    await backend.dispose();
    expect(platform.threads.every((thread) => thread.hasEnded())).toBe(true);
    await expect(call.run()).rejects.toEqual(byCode('BACKEND_DISPOSED'));
    await expect(preparedDense(backend)).rejects.toEqual(byCode('BACKEND_DISPOSED'));
  });

  test('20 backends one after the other leave no thread behind', async () => {
    const platform = watchedPlatform(part);
    for (let count = 0; count < 20; count += 1) {
      const backend = wasmBackendOn(platform, { threads: 2 });
      const { call, read, expected } = await preparedDense(backend);
      await call.run();
      expect(read()).toEqual(expected);
      await backend.dispose();
    }
    expect(platform.threads.length).toBe(20);
    expect(platform.threads.every((thread) => thread.hasEnded())).toBe(true);
  });

  test('threads that never begin hold nobody up where parts are taken over', async () => {
    const platform = faultyPlatform(
      'return;',
      { ...part, takesOver: true },
      'Atomics.compareExchange = () => NaN;',
    );
    const backend = wasmBackendOn(platform, { threads: 3 });
    const { call, read, expected } = await preparedDense(backend);
    for (let run = 0; run < 3; run += 1) {
      await call.run();
      expect(read()).toEqual(expected);
    }
    await backend.dispose();
  });

  test('several backends run side by side', async () => {
    const backends = [2, 3, 2].map((threads) => threadedBackend({ threads }, host));
    const layers = await Promise.all(backends.map((backend) => preparedDense(backend)));
    await Promise.all(layers.map(({ call }) => call.run()));
    for (const { read, expected } of layers) expect(read()).toEqual(expected);
    await Promise.all(backends.map((backend) => backend.dispose()));
  });
});

describe('a crew of a page', () => {
  test('has no runSync, and runs that were asked for together follow one another', async () => {
    const backend = threadedBackend({ threads: 2 }, 'page');
    const layers = [await preparedDense(backend, 64), await preparedDense(backend, 40)];
    expect(layers.map(({ call }) => 'runSync' in call)).toEqual([false, false]);
    await Promise.all([...layers, ...layers].map(({ call }) => call.run()));
    for (const { read, expected } of layers) expect(read()).toEqual(expected);
    await backend.dispose();
  });

  test('lets events pass between the pieces of a run', async () => {
    const backend = threadedBackend({ threads: 2 }, 'page');
    const { call, read, expected } = await preparedDense(backend, 1000);
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 1);
    // A thousand million products, in one call.
    await backend.sequence?.(Array.from({ length: 1000 }, () => call)).run();
    clearInterval(timer);
    expect(turns).toBeGreaterThan(0);
    expect(read()).toEqual(expected);
    await backend.dispose();
  });

  test('a run under way is rejected by dispose', async () => {
    const platform = faultyPlatform('for (;;);', pagePart);
    const backend = wasmBackendOn(platform, { threads: 2 });
    const { call } = await preparedDense(backend);
    const run = call.run();
    const outcome = expect(run).rejects.toEqual(byCode('BACKEND_DISPOSED'));
    await backend.dispose();
    await outcome;
    expect(platform.threads.every((thread) => thread.hasEnded())).toBe(true);
  });
});

describe('threads', () => {
  test('start with the first op that is large enough, and not before', async () => {
    const platform = watchedPlatform({ costs: { phase: 1000, call: 50_000, piece: Infinity } });
    const backend = wasmBackendOn(platform, { threads: 2 });
    const small = await preparedDense(backend, 8);
    await small.call.run();
    expect(small.read()).toEqual(small.expected);
    expect(platform.threads.length).toBe(0);
    const large = await preparedDense(backend, 100);
    expect(platform.threads.length).toBe(1);
    await large.call.run();
    expect(large.read()).toEqual(large.expected);
    await backend.dispose();
  });

  test('calls that were prepared before there were threads can be part of a sequence', async () => {
    for (const mayBlock of [true, false]) {
      const costs = { phase: 1000, call: 50_000, piece: Infinity };
      const backend = wasmBackendOn(eagerPlatform({ costs, mayBlock }), { threads: 2 });
      const layers = [await preparedDense(backend, 8), await preparedDense(backend, 100)];
      await backend.sequence?.(layers.map(({ call }) => call)).run();
      expect(layers.map(({ read }) => read())).toEqual(layers.map(({ expected }) => expected));
      await backend.dispose();
    }
  });

  test('a released arena is forgotten, others stay', async () => {
    const backend = threadedBackend({ threads: 2 });
    const kept = await preparedDense(backend, 64);
    for (let count = 0; count < 5; count += 1) {
      const { arena, call, read, expected } = await preparedDense(backend, 32);
      await call.run();
      expect(read()).toEqual(expected);
      await backend.release?.(arena);
    }
    await kept.call.run();
    expect(kept.read()).toEqual(kept.expected);
    await backend.dispose();
    await backend.release?.(kept.arena);
  });

  test('where memory cannot be shared there is one, and a note', async () => {
    const obstacle = 'the page is not cross-origin isolated';
    for (const threads of ['auto', 4] as const) {
      const platform = watchedPlatform({ obstacle, mayBlock: false, cores: 8 });
      const backend = wasmBackendOn(platform, { threads });
      const { call, read, expected } = await preparedDense(backend);
      call.runSync?.();
      expect(read()).toEqual(expected);
      expect(backend.capabilities).toMatchObject({ threads: 1, notes: [`one thread: ${obstacle}`] });
      expect(platform.threads.length).toBe(0);
    }
  });

  test('where workers cannot start: one and a note if none were asked for, else an error', async () => {
    const part = {
      startThread: () => {
        throw new Error('blocked by the policy');
      },
    };
    const lenient = wasmBackendOn(eagerPlatform({ ...part, cores: 2 }), {});
    const { call, read, expected } = await preparedDense(lenient);
    call.runSync?.();
    expect(read()).toEqual(expected);
    expect(lenient.capabilities.threads).toBe(1);
    expect(lenient.capabilities.notes).toEqual([expect.stringContaining('blocked by the policy')]);
    const strict = wasmBackendOn(eagerPlatform(part), { threads: 2 });
    await expect(preparedDense(strict)).rejects.toEqual(byCode('WORKER_UNAVAILABLE'));
  });

  test('are the cores of the machine, at most four, unless a number is given', () => {
    const threadsOn = (cores: number, threads?: number): number =>
      wasmBackendOn(eagerPlatform({ cores }), threads === undefined ? {} : { threads }).capabilities.threads;
    expect([1, 2, 3, 4, 16].map((cores) => threadsOn(cores))).toEqual([1, 2, 3, 4, 4]);
    expect(threadsOn(2, 7)).toBe(7);
    expect(threadsOn(8, 1)).toBe(1);
  });

  test('this machine can have them', () => {
    const { cores, obstacle, mayBlock } = threadPlatform();
    expect({ obstacle, mayBlock }).toEqual({ obstacle: undefined, mayBlock: true });
    expect(cores).toBeGreaterThan(0);
  });

  test('a call of another backend cannot be part of a sequence', async () => {
    const backend = threadedBackend({ threads: 1 });
    const { call } = await preparedDense(threadedBackend({ threads: 1 }));
    expect(() => backend.sequence?.([call])).toThrow(byCode('FOREIGN_CALL'));
  });
});
