import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { convNet } from '../../test/sampleGraphs.js';
import { encodeArtifact, withSelfTest, writeArtifact } from '../index.js';
import type { FileCommand } from './commandResult.js';
import { describeFile } from './describeFile.js';
import { formatCount, formatTable } from './formatTable.js';
import { runCommand } from './runCommand.js';
import { selfTestFile } from './selfTestFile.js';
import { verifyFile } from './verifyFile.js';

let folder = '';
const fileNamed = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bnfree-'));
  const graph = await withSelfTest(convNet());
  await writeArtifact(fileNamed('good.bnfree'), graph);
  await writeArtifact(fileNamed('plain.bnfree'), convNet());
  const outputs = (graph.selfTest?.outputs ?? []).map((bytes) => bytes.map((byte) => byte ^ 1));
  const selfTest = { inputs: graph.selfTest?.inputs ?? [], outputs };
  await writeArtifact(fileNamed('wrong.bnfree'), { ...graph, selfTest });
  const broken = encodeArtifact(graph);
  broken[broken.length - 1] ^= 1;
  await writeFile(fileNamed('broken.bnfree'), broken);
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function run(command: FileCommand, name: string, isJson = false) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runCommand(command, fileNamed(name), isJson, {
    write: (text) => out.push(text),
    writeError: (text) => err.push(text),
  });
  return { code, out: out.join(''), err: err.join('') };
}

describe('bnfree verify', () => {
  test('prints bounds and proofs, and ends with 0', async () => {
    const { code, out, err } = await run(verifyFile, 'good.bnfree');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^layer +accumulator bound +headroom bits\n-/);
    expect(out).toMatch(/conv1 +[\d ]+ +\d+\n/);
    expect(out).toMatch(/float opcodes +0\n/);
    expect(out).toContain('passed: ');
  });

  test('prints the issues of a broken file, and ends with 1', async () => {
    const { code, out } = await run(verifyFile, 'broken.bnfree');
    expect(code).toBe(1);
    expect(out).toContain('ARTIFACT_DIGEST at header.__metadata__.sha256');
    expect(out).toContain('fix: ');
  });

  test('prints the report as JSON', async () => {
    const { code, out } = await run(verifyFile, 'good.bnfree', true);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ passed: true, floats: [], floatOpcodes: 0, issues: [] });
  });

  test('a file that is not there is an error on the error stream, or JSON', async () => {
    expect(await run(verifyFile, 'none.bnfree')).toMatchObject({ code: 1, out: '' });
    const { code, out } = await run(verifyFile, 'none.bnfree', true);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ code: 'SOURCE_UNREADABLE' });
  });
});

describe('bnfree describe', () => {
  test('prints one aligned row for each layer', async () => {
    const { code, out } = await run(describeFile, 'good.bnfree');
    expect(code).toBe(0);
    const rows = out.split('\n').filter((line) => /^(layer|conv\d|pool|flatten|dense)/.test(line));
    expect(rows).toHaveLength(7);
    const column = rows[0].indexOf('what it does');
    for (const row of rows) expect(row.slice(column - 2, column)).toBe('  ');
    const narrow = rows[0].indexOf('16 bits');
    const answers = rows.slice(1).map((row) => row.slice(narrow, narrow + 7).trim());
    // A pool and a reshape have no products.
    expect(answers.map((answer) => /^(fits|\d+\.\dx)$/.test(answer))).toEqual([
      ...[true, false, true, false, true, true],
    ]);
    expect(out).toContain('input image: uint8 [1, 8, 8, 3]');
    expect(out).toContain('source: test, version 1.0');
  });

  test('prints the description as JSON', async () => {
    const { out } = await run(describeFile, 'good.bnfree', true);
    expect(JSON.parse(out)).toMatchObject({ name: 'convNet', layers: { length: 6 } });
  });
});

describe('bnfree self-test', () => {
  test('passes, fails where a bit differs, and fails where there is no vector', async () => {
    expect(await run(selfTestFile, 'good.bnfree')).toMatchObject({ code: 0 });
    const wrong = await run(selfTestFile, 'wrong.bnfree');
    expect(wrong.code).toBe(1);
    expect(wrong.out).toMatch(/logits: byte 0 is \d+, expected \d+/);
    const plain = await run(selfTestFile, 'plain.bnfree');
    expect(plain.code).toBe(1);
    expect(plain.err).toContain('SELF_TEST_MISSING');
  });
});

describe('formatTable', () => {
  test('aligns text left and numbers right', () => {
    const table = formatTable(
      [{ title: 'name' }, { title: 'n', isNumber: true }, { title: 'x' }],
      [
        ['a', '1', 'z'],
        ['longer', '1000', ''],
      ],
    );
    expect(table).toBe('name       n  x\n------  ----  -\na          1  z\nlonger  1000');
  });

  test('groups digits by three', () => {
    expect([0, 999, 1000, 1234567].map(formatCount)).toEqual(['0', '999', '1 000', '1 234 567']);
  });
});
