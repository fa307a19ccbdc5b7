// jsonata-js's side: node jsonata_js.mjs FOLDER-OF-NODE-MODULES SECONDS-EACH
// Prints {"inputs": ...} first, then a line for each expression: {"name", "evaluations", "parses"}, both per second.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { inputs } from './inputs.mjs';

const [folder, seconds] = process.argv.slice(2);
const jsonata = createRequire(folder + '/')('jsonata');
const expressions = JSON.parse(readFileSync(new URL('expressions.json', import.meta.url)));
const cpu = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1e6; };

/// The best of three runs, by processor time.
async function rate(work) {
  for (let i = 0; i < 50; ++i) await work();
  let best = 0;
  for (let run = 0; run < 3; ++run) {
    const begin = cpu();
    let done = 0;
    let spent = 0;
    while (spent < Number(seconds)) {
      for (let i = 0; i < 20; ++i) await work();
      done += 20;
      spent = cpu() - begin;
    }
    best = Math.max(best, done / spent);
  }
  return best;
}

console.log(JSON.stringify({ inputs }));
for (const { name, input, text } of expressions) {
  const compiled = jsonata(text);
  const evaluations = await rate(() => compiled.evaluate(inputs[input]));
  const parses = await rate(() => jsonata(text));
  console.log(JSON.stringify({ name, evaluations, parses, result: JSON.stringify(await compiled.evaluate(inputs[input])) ?? 'undefined' }));
}
