// The program of the page: reads the form, distils, shows what came of it.
import { BnfreeError, formatIssues } from '@bnfree/core';
import type { DistillEvent } from '@bnfree/distill';
import { type BackendName, backendNames } from './backendNames.js';
import { distillInPage, type PageOrder, type PageOutcome } from './distillInPage.js';

declare global {
  interface Window {
    /** For programs that drive the page: the same as its form, without it. */
    distillInPage: typeof distillInPage;
  }
}
window.distillInPage = distillInPage;

const form = document.querySelector('form') as HTMLFormElement;
const progress = document.querySelector('progress') as HTMLProgressElement;
const output = document.querySelector('output') as HTMLOutputElement;
const button = document.querySelector('button') as HTMLButtonElement;

(document.querySelector('select') as HTMLSelectElement).append(
  ...backendNames.map((name) => new Option(name)),
);

form.addEventListener('submit', (event) => {
  event.preventDefault();
  button.disabled = true;
  output.textContent = '';
  const order = readOrder(new FormData(form));
  distillInPage(order, showProgress)
    .then((outcome) => {
      showOutcome(outcome, order);
    })
    .catch((error: unknown) => {
      output.textContent = error instanceof BnfreeError ? formatIssues(error.issues) : String(error);
    })
    .finally(() => {
      button.disabled = false;
    });
});

function readOrder(data: FormData): PageOrder {
  const number = (name: keyof PageOrder): number => Number(data.get(name));
  return {
    backend: data.get('backend') as BackendName,
    trainImages: number('trainImages'),
    testImages: number('testImages'),
    fitSteps: number('fitSteps'),
    tuneSteps: number('tuneSteps'),
    batchSize: number('batchSize'),
  };
}

function showProgress(event: DistillEvent): void {
  if (event.type === 'layer-end') {
    progress.value = (event.index + 1) / event.count;
    output.textContent += `${event.layer}: ${event.sqnrDb.toFixed(1)} dB\n`;
  }
}

function showOutcome(outcome: PageOutcome | undefined, { backend }: PageOrder): void {
  progress.value = 1;
  if (outcome === undefined) {
    output.textContent = `This browser has no ${backend}; choose another backend.`;
    return;
  }
  const { artifact, sha256, seconds, logitsSha256, correct, count } = outcome;
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([artifact as Uint8Array<ArrayBuffer>]));
  link.download = 'model.bnfree';
  link.textContent = `model.bnfree, ${artifact.length} bytes`;
  output.append(
    `${correct} of ${count} test images right, after ${seconds.toFixed(0)} s\n`,
    link,
    `\nSHA-256 of the file:   ${sha256}\nSHA-256 of its logits: ${logitsSha256}\n`,
  );
}
