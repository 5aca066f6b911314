/**
 * Writes `cem-golden.json`: plans of `createCem` under many options, as bits. It was run once, on the first version of
 * the planner, so that later versions are held to the same plans. Run with
 * `npx tsx --conditions=@mbrl/source test/data/make-cem-golden.ts > test/data/cem-golden.json`.
 */
import { cemGoldenCases, planGolden } from './cem-golden-cases.js';

const plans: { [name: string]: string[] } = {};
for (const [name, options] of Object.entries(cemGoldenCases)) plans[name] = await planGolden(options);
console.log(JSON.stringify(plans, undefined, 2));
