// The main job from a web page, over gRPC-Web. It shows each step as it is done.

import { createGrpcWebTransport } from "@connectrpc/connect-web";
import { transportOptions } from "../calls.js";
import { mainJob } from "../main_job.js";

function show(line: string) {
  const item = document.createElement("li");
  item.textContent = line;
  document.querySelector("#steps")?.append(item);
}

/** What the page can be told to do. */
export async function run(server: string, token: string): Promise<void> {
  await mainJob(createGrpcWebTransport(transportOptions(server, token)), show);
}
