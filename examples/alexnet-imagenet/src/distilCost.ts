import type { DistillEvent } from '@bnfree/distill';
import { median } from 'd3-array';
import { now } from './processorClock.js';

/** Processor seconds of a layer. */
export interface LayerCost {
  readonly name: string;
  /** All of it, what follows of the images' moving on to the next layer among it. */
  readonly seconds: number;
  /** By pass. */
  readonly passes: Readonly<Record<string, number>>;
  /** Of a training step: the median, the first left out; 0 where there were fewer than two. */
  readonly secondsPerStep: number;
}

/** Where the processor's time goes in a distillation; `hear` takes every event of the run. */
export class DistilCost {
  readonly layers: LayerCost[] = [];
  #layerStart = now().processor;
  #passStart = 0;
  #passes: Record<string, number> = {};
  #steps: number[] = [];

  hear(event: DistillEvent): void {
    const time = now().processor;
    if (event.type === 'layer-start') {
      this.#layerStart = time;
      this.#passes = {};
      this.#steps = [];
    }
    if (event.type === 'pass-start') this.#passStart = time;
    if (event.type === 'pass-end') this.#passes[event.pass] = time - this.#passStart;
    if (event.type === 'step') this.#steps.push(time);
    if (event.type !== 'layer-end') return;
    const intervals = this.#steps.slice(1).map((step, index) => step - this.#steps[index]);
    this.layers.push({
      name: event.layer,
      seconds: time - this.#layerStart,
      passes: this.#passes,
      secondsPerStep: median(intervals) ?? 0,
    });
  }
}
