import type { Issue } from '@bnfree/integer-kernels';
import { nodePath, type Rule } from './rule.js';

const maximalLength = 256;
const controlCharacter = /\p{Cc}/u;

/** Values (inputs and nodes) have one name each, and so have outputs; names can be printed and used as keys. */
export const checkNames: Rule = (graph) => {
  const values = [
    ...graph.inputs.map(({ name }, index) => ({ name, path: `inputs[${index}]` })),
    ...graph.nodes.map((node, index) => ({ name: node.name, path: nodePath(node, index) })),
  ];
  const outputs = graph.outputs.map(({ name }, index) => ({ name, path: `outputs[${index}]` }));
  return [...values, ...outputs].flatMap(formIssues).concat(twins(values), twins(outputs));
};

interface Named {
  readonly name: string;
  readonly path: string;
}

function formIssues({ name, path }: Named): Issue[] {
  const isPlain = name.length > 0 && name.length <= maximalLength && !controlCharacter.test(name);
  if (isPlain && name !== '__proto__') return [];
  return [
    {
      code: 'GRAPH_NAME',
      path: `${path}.name`,
      message: `got ${JSON.stringify(name.slice(0, 40))}, expected 1 .. ${maximalLength} printable characters, not __proto__`,
      fix: 'give it a name like "conv1"',
    },
  ];
}

function twins(named: readonly Named[]): Issue[] {
  const first = new Map<string, string>();
  return named.flatMap(({ name, path }) => {
    const other = first.get(name);
    if (other === undefined) {
      first.set(name, path);
      return [];
    }
    const message = `got the name ${JSON.stringify(name)} twice, first at ${other}`;
    const fix = `rename one of them, for example ${JSON.stringify(`${name}_2`)}`;
    return [{ code: 'GRAPH_DUPLICATE_NAME', path: `${path}.name`, message, fix }];
  });
}
