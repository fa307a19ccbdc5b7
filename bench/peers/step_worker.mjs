// The steps of stepd's workflow: a function that answers its input, served by Lambda's Invoke API.
import http from "node:http";

const server = http.createServer((request, response) => {
  const pieces = [];
  request.on("data", piece => pieces.push(piece));
  request.on("end", () => {
    const body = pieces.length ? JSON.stringify(JSON.parse(Buffer.concat(pieces))) : "{}";
    response.writeHead(200, { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) }).end(body);
  });
});
server.keepAliveTimeout = 600_000;
server.listen(Number(process.argv[2]), "127.0.0.1");
