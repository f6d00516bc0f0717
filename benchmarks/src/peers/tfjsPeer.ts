import { engine, setBackend, tensor, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { batchedShape } from '../networks/batchedShape.js';
import { activationScales } from '../networks/activationScales.js';
import type { PeerName } from '../work/workItem.js';
import { floatInput, outputSpec, storedValues, type Peer, type PreparedWork } from './peer.js';
import { tfjsLayers } from './tfjsLayers.js';

/** TensorFlow.js in float32 on one of its backends; its module must be loaded. */
export function tfjsPeer(name: PeerName, backend: 'wasm' | 'cpu'): Peer {
  return {
    name,
    async prepare(work) {
      await setBackend(backend);
      const run = work.scope === 'model' ? wholeCall(work) : layerAlone(work);
      const output = outputSpec(work);
      const scale = activationScales(work.graph).get(work.graph.outputs[0].value) ?? 1;
      return {
        name,
        isComparable: true,
        // Synchronous where this backend is current already: operators run on the current one.
        run() {
          if (engine().backendName !== backend) return setBackend(backend).then(run.run);
          run.run();
          return undefined;
        },
        read: () => Promise.resolve(storedValues(run.read(), scale, output.zeroPoint)),
        dispose() {
          run.dispose();
          return Promise.resolve();
        },
      };
    },
  };
}

interface TfjsRun {
  readonly run: () => void;
  readonly read: () => ArrayLike<number>;
  readonly dispose: () => void;
}

/** From a float array to a float array, as a user calls it. */
function wholeCall(work: PreparedWork): TfjsRun {
  const layers = tfjsLayers(work.graph, work.batch);
  const values = work.inputs.map((_, index) => floatInput(work, index));
  const shapes = inputShapes(work);
  let result: ArrayLike<number> = [];
  return {
    run() {
      const inputs = values.map((array, index) => tensor(array, shapes[index]));
      const output = tidy(() => layers.apply(inputs));
      result = output.dataSync();
      output.dispose();
      for (const input of inputs) input.dispose();
    },
    read: () => result,
    dispose: () => {
      layers.dispose();
    },
  };
}

/** Operands and result stay in the backend's memory. */
function layerAlone(work: PreparedWork): TfjsRun {
  const layers = tfjsLayers(work.graph, work.batch);
  const shapes = inputShapes(work);
  const inputs = work.inputs.map((_, index) => tensor(floatInput(work, index), shapes[index]));
  const apply = (): Tensor => tidy(() => layers.apply(inputs));
  return {
    run() {
      apply().dispose();
    },
    read() {
      const output = apply();
      const values = output.dataSync();
      output.dispose();
      return values;
    },
    dispose() {
      layers.dispose();
      for (const input of inputs) input.dispose();
    },
  };
}

function inputShapes({ graph, batch }: PreparedWork): number[][] {
  return graph.inputs.map(({ tensor }) => batchedShape(tensor.shape, batch));
}
