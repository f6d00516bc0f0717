// Puts the result of a demo run into README.md: `node scripts/readme-table.mjs [run/report.json]`.
// The part of the report that is shown is kept in docs/demo-report.json, which tests compare the README with.
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { tsImport } from 'tsx/esm/api';

const root = resolve(import.meta.dirname, '..');
const source = process.argv[2] ?? join(root, 'run/report.json');
const { showDemoTables } = await tsImport(
  '../examples/alexnet-cifar10/src/showDemoTables.ts',
  import.meta.url,
);
const { artifact, ...rest } = JSON.parse(readFileSync(source, 'utf8'));
delete rest.distillation;
const report = { ...rest, artifact: { ...artifact, path: 'run/model.bnfree' } };

writeFileSync(join(root, 'docs/demo-report.json'), `${JSON.stringify(report, undefined, 2)}\n`);
const path = join(root, 'README.md');
const marked = /(<!-- demo-table -->\n)[\s\S]*(<!-- \/demo-table -->)/;
const readme = readFileSync(path, 'utf8');
if (!marked.test(readme))
  throw new Error('README.md has no place for the table: <!-- demo-table --> <!-- /demo-table -->');
writeFileSync(
  path,
  readme.replace(marked, (_, start, end) => `${start}\n${showDemoTables(report)}\n${end}`),
);
