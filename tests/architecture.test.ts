import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import ts from 'typescript';
import type { SourceFile } from './sourceFile.js';
import {
  benchmarkFiles,
  exampleFiles,
  importsOf,
  listFiles,
  nodesOf,
  packageFolders,
  publishedFiles,
  readJson,
  root,
  sourceFiles,
} from './sourceFile.js';

/** The arrows of docs/story.md: what a package may import, directly or through another. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  'integer-kernels': [],
  core: ['integer-kernels'],
  'tfjs-wasm-training': [],
  distill: ['integer-kernels', 'core', 'tfjs-wasm-training'],
  report: ['integer-kernels', 'core', 'distill'],
  'models-alexnet': ['integer-kernels', 'core', 'distill', 'tfjs-wasm-training'],
};

/** Private modules that the tests of any package may import, and nothing that is published. */
const forTests: readonly string[] = ['engines'];

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

interface ProjectReferences {
  readonly references?: readonly { readonly path: string }[];
}

const manifestOf = (folder: string): Manifest => readJson(`packages/${folder}/package.json`) as Manifest;
const internal = (specifier: string): string | undefined => /^@bnfree\/([^/]+)/.exec(specifier)?.[1];
const packageName = (specifier: string): string => {
  const [scope, name] = specifier.split('/');
  return specifier.startsWith('@') ? `${scope}/${name}` : scope;
};
const isBare = (specifier: string): boolean => !specifier.startsWith('.') && !specifier.startsWith('node:');

/** `path: what` for every published or tested file where `find` finds something that must not be. */
function offences(files: readonly SourceFile[], find: (file: SourceFile) => readonly string[]): string[] {
  return files.flatMap((file) => find(file).map((what) => `${file.path}: ${what}`));
}

describe('import arrows', () => {
  test('every package has its arrows', () => {
    expect(Object.keys(arrows).sort()).toEqual(packageFolders);
  });

  test('sources import only what the arrows allow', () => {
    const found = offences(sourceFiles, (file) =>
      importsOf(file)
        .map(({ specifier }) => internal(specifier))
        .filter((name) => name !== undefined)
        .filter((name) => name !== file.package && !arrows[file.package].includes(name))
        .filter((name) => !(file.isTest && forTests.includes(name))),
    );
    expect(found).toEqual([]);
  });

  test('no file reaches into another package by path', () => {
    const found = offences(sourceFiles, (file) =>
      importsOf(file)
        .map(({ specifier }) => specifier)
        .filter((specifier) => specifier.startsWith('.'))
        .filter((specifier) => {
          const target = join(root, file.path, '..', specifier);
          return !target.startsWith(join(root, 'packages', file.package));
        }),
    );
    expect(found).toEqual([]);
  });

  test('published sources import only declared dependencies', () => {
    const found = offences(publishedFiles, (file) => {
      const { dependencies, peerDependencies } = manifestOf(file.package);
      const declared = Object.keys({ ...dependencies, ...peerDependencies });
      return importsOf(file)
        .filter(({ specifier }) => isBare(specifier))
        .map(({ specifier }) => packageName(specifier))
        .filter((name) => internal(name) !== file.package && !declared.includes(name));
    });
    expect(found).toEqual([]);
  });

  test.each(packageFolders)('%s: project references and dependencies agree with the arrows', (folder) => {
    const { references = [] } = readJson(`packages/${folder}/tsconfig.json`) as ProjectReferences;
    const referenced = references.map(({ path }) => basename(path));
    const { dependencies = {}, peerDependencies = {}, devDependencies = {} } = manifestOf(folder);
    const namesOf = (section: object): string[] =>
      Object.keys(section)
        .map(internal)
        .filter((name) => name !== undefined);
    const allowed = arrows[folder];
    expect(referenced.filter((name) => !allowed.includes(name))).toEqual([]);
    expect(
      namesOf({ ...dependencies, ...peerDependencies }).filter((name) => !allowed.includes(name)),
    ).toEqual([]);
    expect(
      namesOf(devDependencies).filter((name) => !allowed.includes(name) && !forTests.includes(name)),
    ).toEqual([]);
    const imported = publishedFiles
      .filter((file) => file.package === folder)
      .flatMap((file) => importsOf(file).map(({ specifier }) => internal(specifier)))
      .filter((name) => name !== undefined && name !== folder);
    expect(imported.filter((name) => name !== undefined && !referenced.includes(name))).toEqual([]);
  });

  test('integer-kernels has no run-time dependency', () => {
    const { dependencies = {}, peerDependencies = {} } = manifestOf('integer-kernels');
    expect([...Object.keys(dependencies), ...Object.keys(peerDependencies)]).toEqual([]);
  });

  const light = sourceFiles.filter((file) => ['integer-kernels', 'core'].includes(file.package));

  test('integer-kernels and core know nothing of tfjs', () => {
    const found = offences(light, (file) =>
      importsOf(file)
        .map(({ specifier }) => specifier)
        .filter((specifier) => specifier.startsWith('@tensorflow/')),
    );
    expect(found).toEqual([]);
  });

  test('integer-kernels and core load node modules only on demand, so that browsers can load them', () => {
    const browserFiles = light.filter(({ isTest, path }) => !isTest && !path.includes('/cli/'));
    const found = offences(browserFiles, (file) =>
      importsOf(file)
        .filter(
          ({ specifier, isDynamic, isTypeOnly }) =>
            specifier.startsWith('node:') && !isDynamic && !isTypeOnly,
        )
        .map(({ specifier }) => specifier),
    );
    expect(found).toEqual([]);
  });
});

describe('files', () => {
  const allFiles = [...sourceFiles, ...benchmarkFiles];

  test('are camelCase', () => {
    const found = allFiles.filter(
      ({ path }) => !/^[a-z][A-Za-z0-9]*(\.test|\.test-d)?\.ts$/.test(basename(path)),
    );
    expect(found.map(({ path }) => path)).toEqual([]);
  });

  test('are no drawers', () => {
    const drawers = /^(utils?|helpers?|common|types|misc|shared)(\.test)?\.ts$/;
    expect(allFiles.map(({ path }) => path).filter((path) => drawers.test(basename(path)))).toEqual([]);
  });

  test('are short: the median has at most 120 lines', () => {
    const lengths = allFiles.map(({ text }) => text.split('\n').length - 1).sort((a, b) => a - b);
    expect(lengths[Math.floor(lengths.length / 2)]).toBeLessThanOrEqual(120);
  });

  test('distillLayerwise.ts tells the whole story in at most 60 lines', () => {
    const file = sourceFiles.find(({ path }) => basename(path) === 'distillLayerwise.ts');
    expect(file?.text.trimEnd().split('\n').length).toBeLessThanOrEqual(60);
  });
});

describe('ops', () => {
  const path = 'packages/integer-kernels/src/ops/index.ts';
  const index = sourceFiles.find((file) => file.path === path);
  const table =
    index &&
    nodesOf(index.syntax).find((node) => ts.isInterfaceDeclaration(node) && node.name.text === 'Ops');
  const names =
    table !== undefined && ts.isInterfaceDeclaration(table)
      ? table.members.map((member) => member.name?.getText() ?? '')
      : [];

  test('are listed in one interface', () => {
    expect(names).toContain('conv2d');
  });

  test.each(names)('%s has one file in every column', (name) => {
    const columns = ['ops', 'typescript', 'wasm'];
    const missing = columns
      .map((column) => `packages/integer-kernels/src/${column}/${name}.ts`)
      .filter((file) => !existsSync(join(root, file)));
    expect(missing).toEqual([]);
  });
});

describe('error codes', () => {
  const files = [...publishedFiles, ...exampleFiles];
  // A flag of tfjs and an environment variable.
  const otherNames = ['CHROMIUM_PATH', 'IS_NODE', 'IS_TEST', 'NO_COLOR', 'WASM_HAS_MULTITHREAD_SUPPORT'];
  const text = readFileSync(join(root, 'docs/errors.md'), 'utf8');
  const documented = [...text.matchAll(/^## ([A-Z][A-Z0-9_]+)$/gm)].map(([, code]) => code);

  test('are documented in the order of the alphabet, once', () => {
    expect(documented).toEqual([...new Set(documented)].sort());
  });

  test('have a meaning and a fix', () => {
    const sections = text.split(/^## /m).slice(1);
    expect(sections.filter((section) => !/^\w+\n\n\S.+\n\n\*\*Fix:\*\* \S/.test(section))).toEqual([]);
  });

  test('of the sources are all documented', () => {
    const found = offences(files, (file) => codesOf(file).filter((code) => !documented.includes(code)));
    expect(found).toEqual([]);
  });

  test('of the documentation all occur in the sources', () => {
    const literals = new Set(files.flatMap(literalsOf));
    expect(documented.filter((code) => !literals.has(code))).toEqual([]);
  });

  /** Every `code:` property in capitals, and every literal of the form WORD_WORD: functions take codes as arguments, too. */
  function codesOf(file: SourceFile): string[] {
    const properties = nodesOf(file.syntax)
      .filter((node) => ts.isPropertyAssignment(node))
      .filter((node) => node.name.getText() === 'code')
      .flatMap((node) => nodesOf(node.initializer).filter(ts.isStringLiteralLike))
      .map(({ text }) => text)
      .filter((text) => /^[A-Z][A-Z0-9_]+$/.test(text));
    const words = literalsOf(file).filter((text) => /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$/.test(text));
    return [...properties, ...words].filter((text) => !otherNames.includes(text));
  }

  function literalsOf({ syntax }: SourceFile): string[] {
    return nodesOf(syntax)
      .filter(ts.isStringLiteralLike)
      .map(({ text }) => text);
  }
});

describe('documents', () => {
  const readmes = packageFolders
    .map((folder) => join(root, 'packages', folder, 'README.md'))
    .filter(existsSync);
  const documents = [
    ...readmes,
    ...listFiles(join(root, 'docs')),
    ...readdirSync(root).map((file) => join(root, file)),
  ].filter((file) => file.endsWith('.md'));

  test('link only to files that exist', () => {
    const broken = documents.flatMap((document) =>
      [...withoutCode(readFileSync(document, 'utf8')).matchAll(/\]\((?!https?:|#)([^)#]+)/g)]
        .map(([, target]) => target)
        .filter((target) => !existsSync(join(dirname(document), target)))
        .map((target) => `${basename(document)}: ${target}`),
    );
    expect(broken).toEqual([]);
  });

  function withoutCode(markdown: string): string {
    return markdown.replace(/^```[^]*?^```$/gm, '');
  }

  test('for agents are short', () => {
    expect(readFileSync(join(root, 'AGENTS.md'), 'utf8').trimEnd().split('\n').length).toBeLessThanOrEqual(
      40,
    );
  });
});

describe('manifests', () => {
  const manifests = ['packages', 'examples', 'benchmarks', 'tests/consumers']
    .flatMap((folder) => listFiles(join(root, folder)))
    .map((file) => file.slice(root.length + 1))
    .filter((file) => basename(file) === 'package.json' && !file.includes('node_modules'));

  test.each(['package.json', ...manifests])('%s names no version; the catalog does', (path) => {
    const { dependencies, devDependencies, optionalDependencies, peerDependencies } = readJson(
      path,
    ) as Manifest;
    const exact = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies }).filter(
      ([, version]) => version !== 'catalog:' && !version.startsWith('workspace:'),
    );
    const peers = Object.entries(peerDependencies ?? {}).filter(
      ([, range]) => !/^(\^|workspace:)/.test(range),
    );
    expect([...exact, ...peers]).toEqual([]);
  });
});

describe('sources', () => {
  test('hold no unfinished work', () => {
    // Put together, so that this file does not hold the words.
    const words = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X'].join('|')})\\b`);
    expect(
      offences([...sourceFiles, ...benchmarkFiles], ({ text }) => words.exec(text)?.slice(0, 1) ?? []),
    ).toEqual([]);
  });

  test('of libraries never write to the console', () => {
    const libraries = publishedFiles.filter(({ path }) => !path.includes('/cli/'));
    const found = offences(libraries, ({ syntax }) =>
      nodesOf(syntax)
        .filter((node) => ts.isPropertyAccessExpression(node))
        .filter(({ expression }) => ts.isIdentifier(expression) && expression.text === 'console')
        .map((node) => node.getText()),
    );
    expect(found).toEqual([]);
  });
});
