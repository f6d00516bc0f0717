import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import ts from 'typescript';

export const root = resolve(import.meta.dirname, '..');

/** One TypeScript source of a package or an example, parsed. */
export interface SourceFile {
  /** Folder name under packages/ or examples/, or benchmarks. */
  readonly package: string;
  /** From the repository root, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly isTest: boolean;
  readonly syntax: ts.SourceFile;
}

/** A module specifier and how it is imported. */
export interface ModuleImport {
  readonly specifier: string;
  readonly isDynamic: boolean;
  readonly isTypeOnly: boolean;
}

/** Folder names of all packages. */
export const packageFolders = readdirSync(join(root, 'packages')).sort();

/** Every source file of every package, tests beside the sources included. */
export const sourceFiles = readSources('packages');

/** Sources that are published: no tests. */
export const publishedFiles = sourceFiles.filter(({ isTest }) => !isTest);

/** Sources of the examples: no tests. */
export const exampleFiles = readSources('examples').filter(({ isTest }) => !isTest);

/** Sources of the benchmark. */
export const benchmarkFiles = readFolder('benchmarks', 'benchmarks');

/** Every file in a folder and the folders below it. */
export function listFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Parses a JSON file; the path is relative to the repository root. */
export function readJson(path: string): unknown {
  return JSON.parse(readFileSync(join(root, path), 'utf8'));
}

function readSources(parent: 'packages' | 'examples'): SourceFile[] {
  return readdirSync(join(root, parent))
    .sort()
    .flatMap((folder) => readFolder(folder, join(parent, folder)));
}

function readFolder(name: string, folder: string): SourceFile[] {
  return listFiles(join(root, folder, 'src')).map((file) => readSource(name, file));
}

function readSource(folder: string, file: string): SourceFile {
  const text = readFileSync(file, 'utf8');
  return {
    package: folder,
    path: relative(root, file).replaceAll('\\', '/'),
    text,
    isTest: /\.test(-d)?\.ts$/.test(file),
    syntax: ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true),
  };
}

/** Every import, export-from, `import()`, `require()` and `import` type of a file. */
export function importsOf({ syntax }: SourceFile): ModuleImport[] {
  return nodesOf(syntax).flatMap((node) => {
    if (ts.isImportDeclaration(node)) {
      const isTypeOnly = node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
      return moduleImport(node.moduleSpecifier, { isDynamic: false, isTypeOnly });
    }
    if (ts.isExportDeclaration(node)) {
      return moduleImport(node.moduleSpecifier, { isDynamic: false, isTypeOnly: node.isTypeOnly });
    }
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      return moduleImport(node.argument.literal, { isDynamic: true, isTypeOnly: true });
    }
    if (ts.isCallExpression(node) && isModuleCall(node)) {
      return moduleImport(node.arguments[0], { isDynamic: true, isTypeOnly: false });
    }
    return [];
  });
}

/** All nodes of a syntax tree, outer ones first. */
export function nodesOf(node: ts.Node): ts.Node[] {
  const nodes = [node];
  node.forEachChild((child) => {
    for (const inner of nodesOf(child)) nodes.push(inner);
  });
  return nodes;
}

function isModuleCall({ expression }: ts.CallExpression): boolean {
  const isRequire = ts.isIdentifier(expression) && expression.text === 'require';
  return isRequire || expression.kind === ts.SyntaxKind.ImportKeyword;
}

function moduleImport(specifier: ts.Node | undefined, how: Omit<ModuleImport, 'specifier'>): ModuleImport[] {
  return specifier !== undefined && ts.isStringLiteralLike(specifier)
    ? [{ specifier: specifier.text, ...how }]
    : [];
}
