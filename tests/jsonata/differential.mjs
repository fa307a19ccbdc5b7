// Writes generated expressions with what jsonata-js makes of them, one JSON object a line:
//   node differential.mjs FOLDER-OF-NODE-MODULES FIRST-SEED COUNT
// A seed always gives the same expression.
import { createRequire } from 'node:module';

const [folder, first, count] = process.argv.slice(2);
const jsonata = createRequire(folder + '/')('jsonata');

const documents = [
  { id: 7, name: 'Ada', tags: ['x', 'y', 'x'], nested: { a: { b: [1, 2, { c: 'deep' }] } }, empty: [], none: null, ok: true,
    items: [{ sku: 'a1', qty: 2, price: 1.5, tags: ['p'] }, { sku: 'b2', qty: 0, price: 20, tags: ['q', 'r'] },
            { sku: 'c3', qty: 5, price: 3.25 }, { sku: 'a1', qty: 1, price: 0.1, tags: [] }] },
  [{ k: 'one', v: 1 }, { k: 'two', v: [2, 3] }, { k: 'one', v: 4, w: { z: -1 } }, { v: 'text' }, 5, null, 'Grüße'],
  { orders: [{ no: 'O-1', lines: [{ p: 'pen', n: 3 }, { p: 'ink', n: 1 }] }, { no: 'O-2', lines: { p: 'pen', n: 10 } }, { no: 'O-3' }],
    limits: { pen: 5, ink: 2 }, dates: ['2018-03-23T10:33:36.617Z', '2020-02-29'], words: 'The quick brown fox' },
  'plain text', 42, null, [[1, 2], [3], [], [[4, [5]]]],
];
const names = ['id', 'name', 'tags', 'nested', 'a', 'b', 'c', 'items', 'sku', 'qty', 'price', 'k', 'v', 'w', 'z', 'orders', 'no',
               'lines', 'p', 'n', 'limits', 'pen', 'words', 'dates', 'missing', 'empty', 'none', 'ok'];

class Generator {
  constructor(seed) { this.state = BigInt(seed) * 6364136223846793005n + 1442695040888963407n; }
  next() {
    this.state = BigInt.asUintN(64, this.state + 0x9E3779B97F4A7C15n);
    let z = this.state;
    z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xBF58476D1CE4E5B9n);
    z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94D049BB133111EBn);
    return Number((z ^ (z >> 31n)) >> 11n) / 2 ** 53;
  }
  below(n) { return Math.floor(this.next() * n); }
  pick(list) { return list[this.below(list.length)]; }
  maybe(chance) { return this.next() < chance; }
  several(make, least, most) { return Array.from({ length: least + this.below(most - least + 1) }, make); }

  number() { return this.pick(['0', '1', '2', '3', '-1', '-2', '0.5', '1.5', '2.5', '10', '1e3', '100', '7', '0.1', '12345.678']); }
  text() { return this.pick(["'a'", "'x'", "'one'", "''", "'pen'", "'Hello World'", "'a,b,c'", "'10'", "'ä€😀'", "'abcabc'", "' b '"]); }
  variable() { return this.pick(['$x', '$y', '$v', '$i', '$']); }
  regex() { return this.pick(['/[a-c]+/', '/o/', '/(\\w)(\\w)/', '/^t/i', '/[0-9]/', '/\\s/', '/b|c/', '/(x)?y/']); }

  literal() {
    return this.pick([() => this.number(), () => this.text(), () => this.pick(['true', 'false', 'null']), () => '[]', () => '{}'])();
  }
  step(depth) {
    const name = this.pick(names);
    const base = this.pick([() => name, () => name, () => name, () => name, () => '*', () => '**', () => '$', () => `(${this.expression(depth - 1)})`,
                            () => `[${this.expression(depth - 1)}]`, () => `{${this.text()}: ${this.expression(depth - 1)}}`,
                            () => `$${this.pick(['string', 'type', 'uppercase', 'exists', 'keys', 'length'])}()`])();
    return base;
  }
  suffix(depth) {
    return this.pick([() => `[${this.number()}]`, () => `[${this.expression(depth - 1)}]`, () => '[]', () => `[${this.pick(names)}=${this.literal()}]`,
                      () => `^(${this.pick(['', '>', '<'])}${this.pick(names)})`, () => `#$i`, () => `@$v`,
                      () => `[${this.pick(names)}>${this.number()}]`])();
  }
  path(depth) {
    let out = this.maybe(0.2) ? this.pick(['$', '$$', '$x', '$v']) : this.pick(names);
    const steps = this.below(4);
    for (let i = 0; i < steps; ++i) {
      if (this.maybe(0.25)) out += this.suffix(depth);
      out += '.' + (depth > 0 && this.maybe(0.4) ? this.step(depth) : this.pick(names));
    }
    if (this.maybe(0.25)) out += this.suffix(depth);
    if (this.maybe(0.08)) out += `{${this.maybe(0.5) ? this.pick(names) : this.text()}: ${this.expression(depth - 1)}}`;
    if (this.maybe(0.04)) out += '.%.' + this.pick(names);
    return out;
  }
  lambda(depth, least = 1) {
    const parameters = ['$x', '$y', '$i'].slice(0, least + this.below(4 - least));
    return `function(${parameters.join(', ')}) { ${this.expression(depth - 1)} }`;
  }
  call(depth) {
    const e = () => this.expression(depth - 1);
    return this.pick([
      () => `$${this.pick(['sum', 'max', 'min', 'average', 'count', 'string', 'length', 'uppercase', 'lowercase', 'trim', 'number', 'abs',
                           'floor', 'ceil', 'round', 'boolean', 'not', 'exists', 'keys', 'spread', 'merge', 'reverse', 'distinct', 'type',
                           'sort', 'base64encode', 'encodeUrlComponent', 'sqrt', 'zip', 'join'])}(${e()})`,
      () => `$${this.pick(['append', 'lookup', 'substringBefore', 'substringAfter', 'contains', 'split', 'join', 'power', 'round', 'zip',
                           'formatBase', 'substring', 'pad'])}(${e()}, ${e()})`,
      () => `$${this.pick(['map', 'filter', 'single'])}(${e()}, ${this.lambda(depth)})`,
      () => `$reduce(${e()}, ${this.lambda(depth, 2)}${this.maybe(0.3) ? ', ' + e() : ''})`,
      () => `$sort(${e()}, function($x, $y) { ${this.maybe(0.5) ? '$x > $y' : e()} })`,
      () => `$each(${e()}, ${this.lambda(depth)})`, () => `$sift(${e()}, ${this.lambda(depth)})`,
      () => `$substring(${this.maybe(0.6) ? this.text() : e()}, ${this.number()}, ${this.number()})`,
      () => `$match(${this.text()}, ${this.regex()})`, () => `$contains(${this.text()}, ${this.regex()})`,
      () => `$split(${this.text()}, ${this.maybe(0.5) ? this.regex() : this.text()})`,
      () => `$replace(${this.text()}, ${this.maybe(0.5) ? this.regex() : this.text()}, ${this.pick(["'-'", "'[$1]'", "'$0$0'", "'$$'"])})`,
      () => `$pad(${this.text()}, ${this.pick(['5', '-5', '2', '0'])}, ${this.text()})`,
      () => `$formatNumber(${this.number()}, ${this.pick(["'0.00'", "'#,##0'", "'#.##'", "'00%'", "'#0.0e0'", "'##;(##)'"])})`,
      () => `$formatInteger(${this.pick(['1', '12', '123', '4321', '19', '0'])}, ${this.pick(["'w'", "'W'", "'Ww;o'", "'I'", "'a'", "'000'", "'#,##0'", "'0;o'"])})`,
      () => `$fromMillis(${this.pick(['0', '1521801216617', '1104537600000', '951827696789'])}, ${this.pick(["'[Y]-[M01]-[D01]'", "'[D1o] [MNn] [Y]'", "'[h]:[m] [P]'", "'[FNn], [W] [w] [X]'", "'[H01][Z]'"])})`,
      () => `$toMillis(${this.pick(["'2018-03-23T10:33:36.617Z'", "'2020-02-29'", "'2018'", "'bad'"])})`,
      () => `$toMillis('23/3/2018', '[D]/[M]/[Y]')`,
      () => `${e()} ~> ${this.pick(['$sum', '$string', '$uppercase', '$count', '$keys', '$reverse', '$sort', '$type'])}`,
      () => `${e()} ~> $map(${this.lambda(depth)})`,
      () => `$map(${e()}, $${this.pick(['string', 'uppercase', 'abs', 'length', 'type', 'boolean', 'keys'])})`,
      () => `$substring(?, 0, 2)(${this.text()})`,
      () => `${this.pick(names)} ~> |${this.pick(['$', '*', '**'])}|{'added': ${e()}}${this.maybe(0.4) ? `, ${this.text()}` : ''}|`,
    ])();
  }
  operator(depth) {
    const op = this.pick(['+', '-', '*', '/', '%', '&', '=', '!=', '<', '<=', '>', '>=', 'and', 'or', 'in']);
    return `${this.atom(depth - 1)} ${op} ${this.atom(depth - 1)}`;
  }
  block(depth) {
    const parts = this.several(() => this.maybe(0.5) ? `${this.pick(['$x', '$y', '$v'])} := ${this.expression(depth - 1)}` : this.expression(depth - 1), 1, 3);
    return `(${parts.join('; ')})`;
  }
  atom(depth) {
    if (depth <= 0) return this.pick([() => this.literal(), () => this.pick(names), () => this.variable()])();
    return this.pick([() => this.literal(), () => this.path(depth), () => this.path(depth), () => this.variable(), () => this.call(depth),
                      () => `(${this.expression(depth - 1)})`, () => `[${this.several(() => this.expression(depth - 1), 0, 3).join(', ')}]`])();
  }
  expression(depth) {
    if (depth <= 0) return this.atom(0);
    return this.pick([
      () => this.path(depth), () => this.path(depth), () => this.path(depth), () => this.call(depth), () => this.call(depth),
      () => this.call(depth), () => this.operator(depth), () => this.operator(depth), () => this.block(depth), () => this.atom(depth),
      () => `${this.atom(depth - 1)} ? ${this.expression(depth - 1)} : ${this.expression(depth - 1)}`,
      () => `[${this.number()}..${this.pick(['0', '3', '5'])}]`,
      () => `{${this.text()}: ${this.expression(depth - 1)}, 'second': ${this.expression(depth - 1)}}`,
      () => `-${this.atom(depth - 1)}`,
      () => `(${this.lambda(depth)})(${this.expression(depth - 1)})`,
    ])();
  }
}

/// What JSON cannot carry is left out of the comparison.
const isPlain = (value) => {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (Array.isArray(value)) return value.every((item) => item === undefined || isPlain(item));
  if (typeof value !== 'object' || value._jsonata_lambda || value._jsonata_function) return false;
  return Object.values(value).every((item) => item === undefined || isPlain(item));
};

for (let seed = Number(first); seed < Number(first) + Number(count); ++seed) {
  const generator = new Generator(seed);
  const input = generator.pick(documents);
  const expression = generator.expression(1 + generator.below(3));
  const line = { seed, expression, input };
  try {
    const value = await jsonata(expression, { stack: 400, timeout: 2000 }).evaluate(structuredClone(input));
    if (value === undefined) line.undefined = true;
    else if (typeof value === 'function' || value?._jsonata_lambda || value?._jsonata_function || !isPlain(value)) line.skip = true;
    else line.value = value;
  } catch (error) {
    if (typeof error.code === 'string') { line.code = error.code; line.position = error.position; } else line.skip = true;
  }
  console.log(JSON.stringify(line));
}
