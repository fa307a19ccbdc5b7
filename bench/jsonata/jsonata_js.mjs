// jsonata-js's side: node jsonata_js.mjs FOLDER-OF-NODE-MODULES SECONDS-EACH
// Prints {"inputs": ...} first, then a line for each expression: {"name", "evaluations", "parses"}, both per second.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { inputs } from './inputs.mjs';

const [folder, seconds] = process.argv.slice(2);
const jsonata = createRequire(resolve(folder) + '/')('jsonata');
const expressions = JSON.parse(readFileSync(new URL('expressions.json', import.meta.url)));
const cpu = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1e6; };

/// By processor time. The first half of it compiles the code and does not count.
async function rate(work) {
  const run = async () => {
    const begin = cpu();
    let done = 0;
    let spent = 0;
    while (spent < Number(seconds)) {
      for (let i = 0; i < 20; ++i) await work();
      done += 20;
      spent = cpu() - begin;
    }
    return done / spent;
  };
  await run();
  return run();
}

console.log(JSON.stringify({ inputs }));
for (const { name, input, text } of expressions) {
  const compiled = jsonata(text);
  const evaluations = await rate(() => compiled.evaluate(inputs[input]));
  const parses = await rate(() => jsonata(text));
  console.log(JSON.stringify({ name, evaluations, parses, result: JSON.stringify(await compiled.evaluate(inputs[input])) ?? 'undefined' }));
}
