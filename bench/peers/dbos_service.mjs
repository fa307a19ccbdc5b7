// A workflow of five steps, each of which answers its input, and the HTTP server that starts it and awaits its end.
import http from "node:http";
import { DBOS } from "@dbos-inc/dbos-sdk";

const flow = DBOS.registerWorkflow(async input => {
  let value = input;
  for (const name of ["A", "B", "C", "D", "E"]) value = await DBOS.runStep(async () => value, { name });
  return value;
}, { name: "flow" });

DBOS.setConfig({ name: "bench", applicationVersion: "1", systemDatabaseUrl: process.argv[3], logLevel: "error" });
await DBOS.launch();

const running = new Map();

async function answerTo(method, path, body) {
  if (method === "GET") {
    const id = path.slice("/wait/".length);
    const handle = running.get(id);
    running.delete(id);
    return handle.getResult();
  }
  const handle = await DBOS.startWorkflow(flow)(JSON.parse(body));
  if (path === "/run") return handle.getResult();
  running.set(handle.workflowID, handle);
  return { workflowID: handle.workflowID };
}

const server = http.createServer((request, response) => {
  const pieces = [];
  request.on("data", piece => pieces.push(piece));
  request.on("end", async () => {
    let status = 200, body;
    try {
      body = JSON.stringify(await answerTo(request.method, request.url, Buffer.concat(pieces).toString()));
    } catch (error) {
      status = 500;
      body = JSON.stringify(String(error));
    }
    response.writeHead(status, { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) }).end(body);
  });
});
server.keepAliveTimeout = 600_000;
server.listen(Number(process.argv[2]), "127.0.0.1", () => console.log("ready"));
