import type { PassContext } from './pass.js';

/** A context whose events and checkpoints are those of one stage of several, told apart by its name. */
export function stageContext<Context extends PassContext>(context: Context, stage: string): Context {
  return {
    ...context,
    emit(event) {
      context.emit('pass' in event ? { ...event, pass: `${event.pass} ${stage}` } : event);
    },
    enter: (pass) => context.enter(`${pass} ${stage}`),
    progress: (pass) => context.progress(`${pass}-${stage}`),
  };
}

/** What a stage is called: its place and its bits. */
export function stageName(
  index: number,
  { weights, activations }: { readonly weights?: number; readonly activations?: number },
): string {
  const bits = [
    weights === undefined ? '' : `w${weights}`,
    activations === undefined ? '' : `a${activations}`,
  ];
  return `${index + 1}-${bits.join('')}`;
}
