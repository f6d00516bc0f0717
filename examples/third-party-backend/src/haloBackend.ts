import {
  type KernelBackend,
  type KernelCall,
  type Op,
  type OpName,
  type OperandLayouts,
  type OperandViews,
  checkReserved,
  checkViews,
  openOperands,
  throwIfIssues,
  typescriptBackend,
} from '@bnfree/integer-kernels';
import { convolution } from './convolution.js';
import { type HaloKernel, grants } from './haloKernel.js';
import { maximumPool } from './maximumPool.js';

/** The ops that this backend runs in its own way. */
const kernels: { readonly [Name in OpName]?: HaloKernel<Name> } = {
  conv2d: convolution,
  maxPool2d: maximumPool,
};

/**
 * Convolutions and maximum pools on images that are surrounded by their padding; the reference runs the other ops.
 *
 * A backend is a plain object. Its arenas are those of the reference, so that it can hand ops on to it.
 */
export function haloBackend(): KernelBackend {
  const reference = typescriptBackend();

  const layout = (op: Op): OperandLayouts => {
    const kernel = kernelOf(op);
    const layouts = reference.layout(op);
    if (kernel === undefined) return layouts;
    return { ...layouts, inputs: [kernel.request(op)], constantBytes: 4 * kernel.constantCount(op) };
  };

  const prepare = async (op: Op, views: OperandViews): Promise<KernelCall> => {
    throwIfIssues([...checkViews(op, views), ...checkReserved(layout(op), views)]);
    const kernel = kernelOf(op);
    const isGranted = kernel !== undefined && grants(views.inputs[0].layout, kernel.request(op));
    if (!isGranted) return reference.prepare(op, views);
    const { buffer, byteOffset } = views.arena.bytes;
    const constants = new Int32Array(buffer, byteOffset + views.constantsOffset, kernel.constantCount(op));
    const runSync = kernel.prepare(op, openOperands(op, views), constants);
    return {
      kernel: `halo ${op.op}`,
      runSync,
      // A promise that rejects where runSync throws.
      run: () => Promise.resolve().then(runSync),
    };
  };

  return { ...reference, name: 'halo', layout, prepare };
}

/** The kernel of an op, where there is one that supports it. */
function kernelOf(op: Op): HaloKernel<OpName> | undefined {
  const kernel: HaloKernel<OpName> | undefined = kernels[op.op];
  return kernel?.supports(op) === true ? kernel : undefined;
}
