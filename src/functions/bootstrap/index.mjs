// Runs a Node handler, CommonJS or ES module, under Lambda's Runtime API. Names and texts of errors and the lines of the
// log are those of AWS's own client (aws-lambda-ric 3).
import fs from 'node:fs';
import http from 'node:http';
import module from 'node:module';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { pathToFileURL } from 'node:url';
import util from 'node:util';
import vm from 'node:vm';

const env = process.env;
const taskRoot = env.LAMBDA_TASK_ROOT;
const [apiHost, apiPort] = env.AWS_LAMBDA_RUNTIME_API.split(':');
const jsonLog = (env.AWS_LAMBDA_LOG_FORMAT ?? '').toUpperCase() === 'JSON';
let requestId;  // of the call that runs

// ---- the log -----------------------------------------------------------------------------------------------------------

const frameDescriptor = env._LAMBDA_TELEMETRY_LOG_FD ? Number(env._LAMBDA_TELEMETRY_LOG_FD) : undefined;
delete env._LAMBDA_TELEMETRY_LOG_FD;

function writeAll(descriptor, bytes) {
  for (let at = 0; at < bytes.length;) {
    try {
      at += fs.writeSync(descriptor, bytes, at);
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
    }
  }
}

/// One event of the log, however many lines it has.
function writeEvent(text, level) {
  if (frameDescriptor === undefined) return writeAll(1, Buffer.from(text.replaceAll('\n', '\r') + '\n'));
  const body = Buffer.from(text);
  const head = Buffer.alloc(16);
  head.writeUInt32BE((jsonLog ? 0xa55a0002 : 0xa55a0003) + level.mark, 0);
  head.writeUInt32BE(body.length, 4);
  head.writeBigUInt64BE(BigInt(Date.now()) * 1000n, 8);
  writeAll(frameDescriptor, Buffer.concat([head, body]));
}

const levels = {
  TRACE: { name: 'TRACE', rank: 0, mark: 0x0400 },
  DEBUG: { name: 'DEBUG', rank: 1, mark: 0x0800 },
  INFO: { name: 'INFO', rank: 2, mark: 0x0c00 },
  WARN: { name: 'WARN', rank: 3, mark: 0x1000 },
  ERROR: { name: 'ERROR', rank: 4, mark: 0x1400 },
  FATAL: { name: 'FATAL', rank: 5, mark: 0x1800 },
};
const least = levels[(env.AWS_LAMBDA_LOG_LEVEL ?? '').toUpperCase()]?.rank ?? 0;

function log(level, message, ...more) {
  if (level.rank < least) return;
  const time = new Date().toISOString();
  if (!jsonLog) return writeEvent(`${time}\t${requestId}\t${level.name}\t${util.format(message, ...more)}`, level);
  const line = { timestamp: time, level: level.name, requestId };
  if (more.length === 0 && typeof message === 'object' && message !== null && !util.types.isNativeError(message)) line.message = message;
  else line.message = util.format(message, ...more);
  const error = [message, ...more].find(each => util.types.isNativeError(each));
  if (error) Object.assign(line, { errorType: error.name, errorMessage: error.message, stackTrace: String(error.stack).split('\n').slice(1) });
  let text;
  try {
    text = JSON.stringify(line);
  } catch {
    text = JSON.stringify({ ...line, message: util.format(message, ...more) });
  }
  writeEvent(text, level);
}

for (const [method, level] of [['log', 'INFO'], ['info', 'INFO'], ['debug', 'DEBUG'], ['warn', 'WARN'], ['error', 'ERROR'], ['trace', 'TRACE']]) {
  console[method] = (...values) => log(levels[level], ...values);
}
console.fatal = (...values) => log(levels.FATAL, ...values);

// ---- errors ------------------------------------------------------------------------------------------------------------

const runtimeErrors = {};
for (const name of ['HandlerNotFound', 'MalformedHandlerName', 'UserCodeSyntaxError', 'ImportModuleError', 'UnhandledPromiseRejection']) {
  runtimeErrors[name] = class extends Error {
    constructor(reason) {
      super(reason);
      this.name = `Runtime.${name}`;
    }
  };
}

function isError(value) {
  return util.types.isNativeError(value) ||
    (value !== null && typeof value === 'object' && value.name && value.message && value.stack !== undefined);
}

function describe(error) {
  try {
    if (isError(error)) return { errorType: error.name, errorMessage: error.message, trace: String(error.stack).split('\n') };
    const given = error === undefined || error === null ? 'handled' : error;
    return { errorType: typeof given, errorMessage: given.toString(), trace: [] };
  } catch {
    return {
      errorType: 'handled', errorMessage: 'callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack', trace: [],
    };
  }
}

function logError(what, error) {
  const { errorType, errorMessage, trace } = describe(error);
  const shown = { errorType, errorMessage };
  if (isError(error)) {
    for (const name of Object.keys(error)) if (!(name in shown) && name !== 'name') shown[name] = error[name];
  }
  shown.stack = trace;
  let text;
  try {
    text = JSON.stringify(shown);
  } catch {
    text = JSON.stringify({ errorType, errorMessage, stack: trace });
  }
  if (jsonLog) log(levels.ERROR, shown);
  else log(levels.ERROR, `${what} \t${text}`);
}

// ---- the Runtime API ---------------------------------------------------------------------------------------------------

const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

function ask(method, target, body, fields = {}) {
  return new Promise((resolve, reject) => {
    const headers = { ...fields };
    if (body !== undefined) {
      headers['Content-Type'] ??= 'application/json';
      headers['Content-Length'] = Buffer.byteLength(body);
    }
    const request = http.request({ host: apiHost, port: apiPort, agent, method, path: `/2018-06-01/runtime/${target}`, headers }, response => {
      const parts = [];
      response.on('data', part => parts.push(part));
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(parts) }));
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}

function utf8(field) { return Buffer.from(field, 'latin1').toString('utf8'); }

async function postError(target, error) {
  const described = describe(error);
  // A field holds no line breaks, and a type may be anything.
  const type = String(described.errorType).replace(/[^\x21-\x7e]/g, '_').slice(0, 256);
  await ask('POST', target, JSON.stringify(described), { 'Lambda-Runtime-Function-Error-Type': type });
}

// ---- handlers ----------------------------------------------------------------------------------------------------------

function nearestType(file) {
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    try {
      return JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8')).type;
    } catch { /* none here, or none that can be read */ }
    if (folder === taskRoot || folder === path.dirname(folder)) return undefined;
  }
}

function isFile(name) { return fs.statSync(name, { throwIfNoEntry: false })?.isFile() === true; }

/// A bare name that an ES module imports is found in the layers too: Node looks there for CommonJS alone.
function findModulesOfLayers() {
  const folders = (env.NODE_PATH ?? '').split(':').filter(each => each.endsWith('node_modules') && fs.existsSync(each));
  if (folders.length === 0) return;
  const parents = folders.map(each => pathToFileURL(path.join(path.dirname(each), 'stepd.js')).href);
  if (module.registerHooks) {
    module.registerHooks({
      resolve(specifier, context, next) {
        try {
          return next(specifier, context);
        } catch (error) {
          if (error.code !== 'ERR_MODULE_NOT_FOUND' || /^[./]|^[a-z]+:/.test(specifier)) throw error;
          for (const parentURL of parents) {
            try { return next(specifier, { ...context, parentURL }); } catch { /* not there either */ }
          }
          throw error;
        }
      },
    });
    return;
  }
  if (!module.register) return;
  const hook = `
    const parents = ${JSON.stringify(parents)};
    export async function resolve(specifier, context, next) {
      try {
        return await next(specifier, context);
      } catch (error) {
        if (error.code !== 'ERR_MODULE_NOT_FOUND' || /^[./]|^[a-z]+:/.test(specifier)) throw error;
        for (const parentURL of parents) {
          try { return await next(specifier, { ...context, parentURL }); } catch {}
        }
        throw error;
      }
    }`;
  module.register(`data:text/javascript,${encodeURIComponent(hook)}`);
}

async function importModule(file) {
  findModulesOfLayers();
  return import(pathToFileURL(file).href);
}

function requireModule(file) {
  const require = module.createRequire(import.meta.url);
  const resolved = require.resolve(file);
  if (/\.c?js$/.test(resolved)) {
    // Newer versions of Node would take this for an ES module; AWS does not let them.
    const text = fs.readFileSync(resolved, 'utf8');
    if (/^\s*(import|export)\b/m.test(text)) new vm.Script(module.wrap(text), { filename: resolved });
  }
  return require(resolved);
}

async function load(root, name) {
  const base = path.resolve(taskRoot, root, name);
  try {
    if (isFile(base)) return requireModule(base);
    if (isFile(`${base}.js`)) return nearestType(`${base}.js`) === 'module' ? await importModule(`${base}.js`) : requireModule(`${base}.js`);
    if (isFile(`${base}.mjs`)) return await importModule(`${base}.mjs`);
    if (isFile(`${base}.cjs`)) return requireModule(`${base}.cjs`);
    return requireModule(fs.existsSync(base) ? base : name === path.basename(base) && root === '' ? base : path.join(taskRoot, root, name));
  } catch (error) {
    if (error instanceof SyntaxError) throw new runtimeErrors.UserCodeSyntaxError(error);
    if (error?.code === 'MODULE_NOT_FOUND') throw new runtimeErrors.ImportModuleError(error);
    throw error;
  }
}

async function findHandler(text) {
  if (text.includes('..')) {
    throw new runtimeErrors.MalformedHandlerName(
      `'${text}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`);
  }
  const last = text.slice(text.lastIndexOf('/') + 1);
  const root = text.slice(0, text.length - last.length);
  const dot = last.indexOf('.');
  if (dot <= 0 || dot === last.length - 1) throw new runtimeErrors.MalformedHandlerName('Bad handler');
  const loaded = await load(root, last.slice(0, dot));
  let found = loaded;
  for (const name of last.slice(dot + 1).split('.')) found = found?.[name];
  if (found === undefined && loaded.default !== undefined) {
    found = loaded.default;
    for (const name of last.slice(dot + 1).split('.')) found = found?.[name];
  }
  if (found === undefined || found === null) throw new runtimeErrors.HandlerNotFound(`${text} is undefined or not exported`);
  if (typeof found !== 'function') throw new runtimeErrors.HandlerNotFound(`${text} is not a function`);
  return found;
}

// ---- calls -------------------------------------------------------------------------------------------------------------

const kStreaming = Symbol('streaming');
globalThis.awslambda = {
  streamifyResponse(handler) {
    handler[kStreaming] = true;
    return handler;
  },
  HttpResponseStream: {
    from(stream, prelude) {
      stream.write(JSON.stringify(prelude));
      stream.write(Buffer.alloc(8));
      return stream;
    },
  },
};

let whenLoopIsEmpty;
process.on('beforeExit', () => {
  const then = whenLoopIsEmpty;
  whenLoopIsEmpty = undefined;
  if (then) then();
});

function makeContext(headers, done) {
  const deadline = Number(headers['lambda-runtime-deadline-ms']);
  const told = name => (headers[name] ? JSON.parse(utf8(headers[name])) : undefined);
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext: told('lambda-runtime-client-context'),
    identity: told('lambda-runtime-cognito-identity'),
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    awsRequestId: headers['lambda-runtime-aws-request-id'],
    tenantId: headers['lambda-runtime-aws-tenant-id'],
    getRemainingTimeInMillis: () => Math.max(deadline - Date.now(), 0),
    done,
    succeed: result => done(null, result),
    fail: error => done(error ?? 'handled'),
  };
}

/// What the call answers: settled by its promise, its callback, or by an event loop that has nothing left to do.
function run(handler, event, headers) {
  return new Promise((resolve, reject) => {
    let called = false;
    const settle = (error, result) => (error === null || error === undefined ? resolve(result) : reject(error));
    const callback = (error, result) => {
      if (called) return;
      called = true;
      if (context.callbackWaitsForEmptyEventLoop) {
        whenLoopIsEmpty = () => settle(error, result);
        setImmediate(() => {});
      } else {
        setImmediate(() => settle(error, result));
      }
    };
    const context = makeContext(headers, callback);
    whenLoopIsEmpty = () => resolve(undefined);
    const returned = handler(event, context, callback);
    if (returned !== null && typeof returned?.then === 'function') returned.then(resolve, reject);
  });
}

async function runStreaming(handler, event, headers) {
  const stream = new PassThrough();
  const parts = [];
  stream.setContentType = () => {};
  stream.on('data', part => parts.push(Buffer.from(part)));
  const ended = new Promise((resolve, reject) => stream.on('end', resolve).on('error', reject));
  await handler(event, stream, makeContext(headers, () => {}));
  await ended;
  return Buffer.concat(parts);
}

function encode(result) {
  let text;
  try {
    text = JSON.stringify(result === undefined ? null : result);
  } catch {
    throw new Error('Unable to stringify response body');
  }
  if (text === undefined) throw new TypeError('Wrong arguments');
  return text;
}

async function endBy(what, error, code) {
  logError(what, error);
  try {
    await postError(requestId === undefined ? 'init/error' : `invocation/${requestId}/error`, error);
  } finally {
    process.exit(code);
  }
}
process.on('uncaughtException', error => endBy('Uncaught Exception', error, 129));
process.on('unhandledRejection', reason => endBy('Unhandled Promise Rejection', Object.assign(
  new runtimeErrors.UnhandledPromiseRejection(reason?.toString?.() ?? String(reason)), { reason }), 128));

async function serve() {
  let handler;
  try {
    handler = await findHandler(env._HANDLER);
  } catch (error) {
    return endBy('Uncaught Exception', error, 1);
  }
  for (;;) {
    const { headers, body } = await ask('GET', 'invocation/next');
    requestId = headers['lambda-runtime-aws-request-id'];
    if (headers['lambda-runtime-trace-id']) env._X_AMZN_TRACE_ID = headers['lambda-runtime-trace-id'];
    else delete env._X_AMZN_TRACE_ID;
    try {
      const event = JSON.parse(body.toString('utf8'));
      const result = handler[kStreaming] ? await runStreaming(handler, event, headers) : encode(await run(handler, event, headers));
      whenLoopIsEmpty = undefined;
      await ask('POST', `invocation/${requestId}/response`, result);
    } catch (error) {
      whenLoopIsEmpty = undefined;
      logError('Invoke Error', error);
      await postError(`invocation/${requestId}/error`, error);
    }
  }
}

serve();
