import { checkpointFileName } from '../checkpoint/checkpointFileName.js';
import type { LayerContext } from '../passes/pass.js';

/** Name of a file that a unit keeps in the checkpoint. */
export function unitFile({ index, unit }: Pick<LayerContext, 'index' | 'unit'>, kind: string): string {
  return `${kind}-${String(index).padStart(3, '0')}-${checkpointFileName(unit.name)}`;
}
