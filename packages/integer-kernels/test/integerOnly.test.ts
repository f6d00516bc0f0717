import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import ts from 'typescript';

/*
 * The rule, for every source file below src/arithmetic, src/typescript and src/fastTypescript:
 * - no `*`, `/`, `**` or `%`, nor their assignments, but for operators between BigInts: one operand is a BigInt literal,
 *   a call of BigInt, or a shift or difference of such;
 * - no number literal with a decimal point, an exponent or a fraction;
 * - no Float16Array, Float32Array, Float64Array, DataView, parseFloat, Infinity or NaN;
 * - of Math only imul, clz32, min, max and abs.
 * What remains (+, -, shifts, bit operations, comparisons, Math.imul) keeps integers integers, and index arithmetic as well.
 */
const folders = ['arithmetic', 'typescript', 'fastTypescript'].map((name) =>
  join(__dirname, '..', 'src', name),
);
const mathFunctions = new Set(['imul', 'clz32', 'min', 'max', 'abs']);
const forbiddenNames = new Set([
  'Float16Array',
  'Float32Array',
  'Float64Array',
  'DataView',
  'parseFloat',
  'Infinity',
  'NaN',
]);
const forbiddenOperators = new Set([
  ts.SyntaxKind.AsteriskToken,
  ts.SyntaxKind.SlashToken,
  ts.SyntaxKind.AsteriskAsteriskToken,
  ts.SyntaxKind.PercentToken,
  ts.SyntaxKind.AsteriskEqualsToken,
  ts.SyntaxKind.SlashEqualsToken,
  ts.SyntaxKind.AsteriskAsteriskEqualsToken,
  ts.SyntaxKind.PercentEqualsToken,
]);

describe.each(folders.flatMap(sourceFiles))('%s', (file) => {
  test('computes with integers alone', () => {
    expect(floatUses(readFileSync(file, 'utf8'))).toEqual([]);
  });
});

test.each([
  ['const a = b * c;', ['b * c']],
  ['a /= 2;', ['a /= 2']],
  ['const a = b % c;', ['b % c']],
  ['const a = b ** 2;', ['b ** 2']],
  ['const a = 1.5;', ['1.5']],
  ['const a = 1e-3;', ['1e-3']],
  ['const a = new Float64Array(1);', ['Float64Array']],
  ['const a = Math.floor(b);', ['Math.floor']],
  ['const { floor } = Math;', ['Math']],
  ['const a = (1n << BigInt(b)) / BigInt(c);', []],
  ['const a = Math.imul(b, c) >>> 3;', []],
])('%s has the float uses %j', (text, uses) => {
  expect(floatUses(text)).toEqual(uses);
});

function sourceFiles(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => join(folder, name));
}

/** Texts of everything that the rule forbids. */
function floatUses(text: string): string[] {
  const source = ts.createSourceFile('source.ts', text, ts.ScriptTarget.ES2022, true);
  const uses: string[] = [];
  const visit = (node: ts.Node): void => {
    if (isFloatUse(node)) uses.push(node.getText(source));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return uses;
}

function isFloatUse(node: ts.Node): boolean {
  if (ts.isBinaryExpression(node) && forbiddenOperators.has(node.operatorToken.kind)) {
    return !isBigInt(node.left) && !isBigInt(node.right);
  }
  if (ts.isNumericLiteral(node)) {
    const literal = node.getText();
    return !/^(0x[\da-f]+|\d+)$/i.test(literal);
  }
  if (ts.isPropertyAccessExpression(node) && node.expression.getText() === 'Math') {
    return !mathFunctions.has(node.name.text);
  }
  if (!ts.isIdentifier(node)) return false;
  if (node.text === 'Math') return !ts.isPropertyAccessExpression(node.parent);
  return forbiddenNames.has(node.text);
}

function isBigInt(node: ts.Expression): boolean {
  if (ts.isParenthesizedExpression(node)) return isBigInt(node.expression);
  if (ts.isBinaryExpression(node)) return isBigInt(node.left) || isBigInt(node.right);
  if (ts.isCallExpression(node)) return node.expression.getText() === 'BigInt';
  return ts.isBigIntLiteral(node);
}
