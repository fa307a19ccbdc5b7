// A workflow of five journaled steps, each of which answers its input.
import http2 from "node:http2";
import * as restate from "@restatedev/restate-sdk";

const bench = restate.service({
  name: "bench",
  handlers: {
    flow: async (ctx, input) => {
      let value = input;
      for (const name of ["A", "B", "C", "D", "E"]) value = await ctx.run(name, () => value);
      return value;
    },
  },
});
http2.createServer(restate.createEndpointHandler({ services: [bench] }))
  .listen(Number(process.argv[2]), "127.0.0.1", () => console.log("ready"));
