import * as tf from '@tensorflow/tfjs-core';
import type { TfjsGraphModel } from './tfjsGraphModel.js';

/** One node of a TensorFlow graph. */
export interface GraphNode {
  readonly name: string;
  readonly op: string;
  /** Names of the nodes whose first output it takes; control inputs are left out. */
  readonly inputs: readonly string[];
  /** Whether it takes another output than the first of some node. */
  readonly takesLaterOutput: boolean;
  readonly attributes: GraphAttributes;
}

/** Attributes of a node, as the JSON of a model holds them. */
export class GraphAttributes {
  constructor(private readonly values: Readonly<Record<string, Attribute | undefined>>) {}

  text(name: string): string | undefined {
    const { s } = this.values[name] ?? {};
    return s === undefined ? undefined : decodeText(s);
  }

  texts(name: string): string[] {
    return this.values[name]?.list?.s?.map(decodeText) ?? [];
  }

  integers(name: string): number[] {
    return this.values[name]?.list?.i?.map(Number) ?? [];
  }

  number(name: string): number | undefined {
    const { f, i } = this.values[name] ?? {};
    const value = f ?? i;
    return value === undefined ? undefined : Number(value);
  }

  flag(name: string): boolean {
    return this.values[name]?.b === true;
  }

  /** Sizes of a shape attribute; -1 where unknown. */
  shape(name: string): number[] | undefined {
    return this.values[name]?.shape?.dim?.map(({ size }) => Number(size ?? -1));
  }
}

interface Attribute {
  readonly s?: string;
  readonly f?: number | string;
  readonly i?: number | string;
  readonly b?: boolean;
  readonly shape?: { readonly dim?: readonly { readonly size?: string | number }[] };
  readonly list?: { readonly s?: readonly string[]; readonly i?: readonly (string | number)[] };
}

interface StoredNode {
  readonly name: string;
  readonly op: string;
  readonly input?: readonly string[];
  readonly attr?: Readonly<Record<string, Attribute | undefined>>;
}

/** The nodes of a graph model that its outputs depend on, in an order in which they can run. */
export async function readGraph(model: TfjsGraphModel): Promise<GraphNode[]> {
  let topology: unknown;
  // Saving is the only public way to a graph model's topology.
  const handler = tf.io.withSaveHandler((artifacts) => {
    topology = artifacts.modelTopology;
    const modelArtifactsInfo = { dateSaved: new Date(0), modelTopologyType: 'JSON' as const };
    return Promise.resolve({ modelArtifactsInfo });
  });
  await model.save(handler);
  const stored = (topology as { readonly node?: readonly StoredNode[] } | undefined)?.node ?? [];
  const byName = new Map(stored.map((node) => [node.name, node]));
  const ordered = new Map<string, GraphNode>();
  for (const { name } of model.outputs) visit(nodeName(name), byName, ordered);
  return [...ordered.values()];
}

/** `NAME:0` is NAME. */
export function nodeName(value: string): string {
  return value.replace(/:\d+$/, '');
}

/** Depth first, without recursion: graphs can be thousands of nodes deep. */
function visit(
  start: string,
  stored: ReadonlyMap<string, StoredNode>,
  ordered: Map<string, GraphNode>,
): void {
  const pending = [start];
  /** Nodes whose inputs are being visited: a cycle ends there. */
  const open = new Set<string>();
  while (pending.length > 0) {
    const name = pending[pending.length - 1];
    const node = stored.get(name);
    const inputs = (node?.input ?? []).filter((input) => !input.startsWith('^'));
    const missing = inputs.map(nodeName).filter((input) => !ordered.has(input) && !open.has(input));
    if (node !== undefined && !ordered.has(name) && missing.length > 0) {
      open.add(name);
      pending.push(...missing);
      continue;
    }
    pending.pop();
    if (node === undefined || ordered.has(name)) continue;
    ordered.set(name, {
      name,
      op: node.op,
      inputs: inputs.map(nodeName),
      takesLaterOutput: inputs.some((input) => /:[1-9]\d*$/.test(input)),
      attributes: new GraphAttributes(node.attr ?? {}),
    });
  }
}

/** Text attributes are base64. */
function decodeText(encoded: string): string {
  return atob(encoded);
}
