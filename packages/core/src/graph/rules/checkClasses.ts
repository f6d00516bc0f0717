import { valueTensors } from '../valueTensors.js';
import type { Rule } from './rule.js';

/** Class names, where there are any, are as many as the first output has channels. */
export const checkClasses: Rule = (graph) => {
  const first = graph.outputs.at(0);
  const channels = first && valueTensors(graph).get(first.value)?.shape.at(-1);
  if (graph.classes.length === 0 || channels === undefined || graph.classes.length === channels) {
    return [];
  }
  return [
    {
      code: 'GRAPH_CLASSES',
      path: 'classes',
      message: `got ${graph.classes.length} class names, the first output has ${channels} channels`,
      fix: `give ${channels} names, or none: []`,
    },
  ];
};
