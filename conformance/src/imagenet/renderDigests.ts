import type { DigestReport } from './runDigests.js';

/** A table of models by engines, then what differs, then `N passed, N failed`. */
export function renderDigests({ models, outcomes, missing }: DigestReport): string {
  const engines = [...new Set(outcomes.map(({ engine }) => engine))];
  const failures = outcomes.filter(({ failure }) => failure !== undefined);
  const lines = models.map(({ name, count, logitsSha256 }) => {
    const cells = engines.map((engine) => {
      const own = outcomes.filter((outcome) => outcome.engine === engine && outcome.model === name);
      const equal = own.filter(({ failure }) => failure === undefined).length;
      return `${engine}: ${equal} of ${own.length} ways`;
    });
    return `${name}, ${count} photographs, logits ${logitsSha256}\n  ${cells.join(', ')}\n`;
  });
  const notes = [
    ...failures.map(({ engine, model, way, failure }) => `${engine}, ${model}, ${way}: ${failure ?? ''}\n`),
    ...missing.map((engine) => `${engine} is missing\n`),
  ];
  const skipped = missing.length > 0 ? `, ${missing.length} skipped` : '';
  return [
    ...lines,
    ...notes,
    `${outcomes.length - failures.length} passed, ${failures.length} failed${skipped}\n`,
  ].join('');
}
