// The program of every page: asks the server what to check, does it, and tells the server what came of it.
import { recordModules } from '../models/recordModules.js';
import type { PageCheck } from './pageCheck.js';
import { runPageCheck } from './runPageCheck.js';

const { modules: compiled } = recordModules();
const checks = (await (await fetch(`/orders${location.search}`)).json()) as readonly PageCheck[];
for (const [index, check] of checks.entries()) {
  const failure = await runPageCheck(check, compiled);
  const body = JSON.stringify({ index, ...(failure === undefined ? {} : { failure }) });
  await fetch(`/results${location.search}`, { method: 'POST', body });
}
