import { describe, expect, test } from '@jest/globals';
import { demoReport } from '../test/demoReport.js';
import { renderMarkdownTable, renderTextTable } from './renderTable.js';
import { describeVerification, reportTables } from './reportTables.js';

describe('reportTables', () => {
  test('compares accuracy and size with the teacher', () => {
    expect(renderTextTable(reportTables(demoReport)[0])).toEqual([
      'model                       top-1    gap      bytes  of float',
      '────────────────────────  ───────  ─────  ─────────  ────────',
      'teacher, float32 with BN  89.59 %         5,827,496',
      'PTQ W4A4, integers        87.40 %  -2.19    747,000    12.8 %',
      'student W4A4, integers    89.60 %   0.01    748,080    12.8 %',
    ]);
  });

  test('compares the backends', () => {
    expect(renderMarkdownTable(reportTables(demoReport)[1])).toEqual([
      '| backend | images/s | SHA-256 of the logits |',
      '| --- | --: | --- |',
      '| wasm | 1235 | 0123456789abcdef… (first 500 test images) |',
      '| typescript | 17.7 | 0123456789abcdef… (first 500 test images) |',
    ]);
  });
});

describe('describeVerification', () => {
  test('says what was proved', () => {
    expect(describeVerification(demoReport)).toBe(
      'Verification passed: 0 float opcodes in 26 WebAssembly modules, 0 floats in the artifact, ' +
        'at least 12 accumulator bits to spare, the same logits on all backends, self-test passed.',
    );
  });

  test('says what failed', () => {
    const verify = {
      ...demoReport.verify,
      passed: false,
      sameLogits: false,
      selfTest: false,
      floatOpcodes: 3,
    };
    expect(describeVerification({ ...demoReport, verify })).toMatch(
      /^Verification FAILED: 3 float opcodes.*DIFFERENT LOGITS on the backends, SELF-TEST FAILED\.$/,
    );
  });
});
