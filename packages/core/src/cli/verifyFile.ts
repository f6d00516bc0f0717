import { formatIssues } from '@bnfree/integer-kernels';
import { modulePaths } from '../artifact/modulePaths.js';
import { nodeFiles } from '../artifact/nodeFiles.js';
import { readSource } from '../model/readSource.js';
import { verify } from '../verify/verify.js';
import type { FileCommand } from './commandResult.js';
import { formatCount, formatTable } from './formatTable.js';

/** Proves that a file computes with integers alone. */
export const verifyFile: FileCommand = async (file) => {
  const report = verify(await readSource(file), { modules: await writtenModules(file) });
  const { floats, floatOpcodes, instructions, issues, layers, minHeadroomBits, modules, passed } = report;
  const table = formatTable(
    [
      { title: 'layer' },
      { title: 'accumulator bound', isNumber: true },
      { title: 'headroom bits', isNumber: true },
    ],
    layers.map(({ name, accumulatorBound, headroomBits }) => [
      name,
      formatCount(accumulatorBound),
      headroomBits.toString(),
    ]),
  );
  const text = [
    ...(layers.length > 0 ? [table, ''] : []),
    `floats in the file        ${floats.length}`,
    `least headroom            ${minHeadroomBits} bits`,
    `modules decoded           ${modules} (${formatCount(instructions)} instructions)`,
    `float opcodes             ${floatOpcodes}`,
    ...(issues.length > 0 ? ['', formatIssues(issues)] : []),
    '',
    passed ? `passed: ${file} computes with integers alone` : `failed: ${issues.length} issues`,
  ].join('\n');
  return { data: report, text, isOk: passed };
};

/** The modules that stand beside a file. */
async function writtenModules(file: string): Promise<Uint8Array[]> {
  if (/^[a-z][a-z0-9+.-]+:/i.test(file)) return [];
  const { readFile } = nodeFiles();
  const { base, relaxed } = modulePaths(file);
  const read = await Promise.all([base, relaxed].map((path) => readFile(path).catch(() => undefined)));
  return read.filter((bytes) => bytes !== undefined);
}
