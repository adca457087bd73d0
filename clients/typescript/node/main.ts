// The main job from Node, over gRPC. Usage: node main.js http://HOST:PORT; the token stands in KINPATH_TOKEN.

import { createGrpcTransport } from "@connectrpc/connect-node";
import { transportOptions } from "../calls.js";
import { mainJob } from "../main_job.js";

const server = process.argv[2];
if (!server) {
  throw new Error("usage: main.js http://HOST:PORT");
}
try {
  const transport = createGrpcTransport(transportOptions(server, process.env.KINPATH_TOKEN ?? ""));
  await mainJob(transport, () => {});
  console.log("typescript, node: the main job is done");
} catch (error) {
  console.error(`typescript, node: ${error}`);
  process.exit(1);
}
