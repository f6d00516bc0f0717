import { IntegerModel } from '../model/integerModel.js';
import type { FileCommand } from './commandResult.js';

/** Runs the vector that a file carries on this machine. */
export const selfTestFile: FileCommand = async (file) => {
  const model = await IntegerModel.load(file);
  const report = await model.selfTest();
  const backend = model.backend.name;
  await model.dispose();
  const { mismatches, outputSha256, passed } = report;
  const text = [
    ...mismatches.map(
      ({ output, byteIndex, got, expected }) =>
        `${output}: byte ${byteIndex} is ${got}, expected ${expected}`,
    ),
    `outputs ${outputSha256}`,
    passed ? `passed: ${backend} computes the author's bits` : `failed on ${backend}`,
  ].join('\n');
  return { data: { backend, ...report }, text, isOk: passed };
};
