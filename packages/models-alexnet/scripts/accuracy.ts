// Prints the teacher's top-1 on all 10,000 test images, and fails where it is not what the README says.
import { env, setBackend } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import { evaluateTeacherTop1, loadCifar10, loadTeacher } from '../src/index.js';

const expectedCorrect = 8959;

env().set('IS_TEST', true);
await setBackend('wasm');
const [teacher, test] = await Promise.all([loadTeacher(), loadCifar10({ split: 'test' })]);
const { correct, count, percent, imagesPerSecond } = await evaluateTeacherTop1(teacher, test, {
  batchSize: 200,
});
console.log(
  `teacher top-1 ${percent.toFixed(2)} % (${correct} of ${count}), ${imagesPerSecond.toFixed(0)} images/s`,
);
if (correct !== expectedCorrect) {
  console.error(`expected ${expectedCorrect} right`);
  process.exitCode = 1;
}
