// Runs a layer on two threads and ends, without dispose(): the threads must not keep the process.
import { wasmBackend } from '../../../src/index.js';
import { preparedDense } from './preparedDense.js';

async function main(): Promise<void> {
  const backend = wasmBackend({ threads: 2 });
  const { call, read, expected } = await preparedDense(backend, 5000);
  await call.run();
  const isRight = read().every((value, index) => value === expected[index]);
  process.stdout.write(`${backend.capabilities.threads} threads, ${isRight ? 'right' : 'wrong'}`);
}

void main();
