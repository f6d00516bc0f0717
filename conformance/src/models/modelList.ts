import type { IntegerGraph } from '@bnfree/core';
import { randomGraph } from '../../../packages/core/test/randomGraph.js';
import { convNet } from '../../../packages/core/test/sampleGraphs.js';
import { alexNetLike } from './alexNetLike.js';

/** A model that every engine must run to the same bytes. */
export interface ListedModel {
  /** Also the path under which pages find it. */
  readonly name: string;
  readonly graph: IntegerGraph;
  /** Images that are run. */
  readonly images: number;
}

/** A convolutional network, AlexNet in small at three widths, and random graphs with branches. */
export function modelList(randomGraphs: number): ListedModel[] {
  const networks = [8, 4, 2].map((bits) => {
    const graph = alexNetLike(bits, bits as 8 | 4 | 2);
    return { name: `alexNetLike-w${bits}`, graph, images: 3 };
  });
  const random = Array.from({ length: randomGraphs }, (_, index) => ({
    name: `random-${index + 1}`,
    graph: randomGraph(2000 + index, 12, index % 2 === 0 ? 'large' : 'small'),
    images: 3,
  }));
  return [{ name: 'convNet', graph: convNet(), images: 5 }, ...networks, ...random];
}
