import { type DemoSettings, type ResultSettings, resultSettings } from './demoSettings.js';
import { flagDefinitions } from './flagDefinitions.js';

/** The settings that the result depends on, as texts of flags. */
export function resultFlags({ bits, ...settings }: ResultSettings) {
  return {
    bits: `${bits.weights},${bits.activations}`,
    requantization: settings.requantization,
    'train-images': String(settings.trainImages),
    'fit-steps': String(settings.fitSteps),
    'tune-steps': String(settings.tuneSteps),
    batch: String(settings.batchSize),
    seed: String(settings.seed),
  } as const;
}

/** The command that repeats a run; flags that have their default value are left out. */
export function writeFlags(settings: DemoSettings): string {
  const texts = { ...resultFlags(resultSettings(settings)), out: settings.out };
  const names = Object.keys(texts) as (keyof typeof texts)[];
  const flags = names
    .filter((name) => texts[name] !== flagDefinitions[name].default)
    .map((name) => ` --${name} ${quote(texts[name])}`);
  const switches = [settings.isResuming ? ' --resume' : '', settings.isJson ? ' --json' : ''];
  return `npx -y pnpm@12 demo${[...flags, ...switches].join('')}`;
}

function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
