// Serves the page at two origins of this machine: Kinpath allows the first and does not know the second.
// Usage: node serve.js FOLDER; prints "pages ORIGIN ORIGIN" once it serves.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

const folder = process.argv[2] ?? ".";
const files: Record<string, [string, string]> = {
  "/": ["index.html", "text/html; charset=utf-8"],
  "/page.js": ["page.js", "text/javascript; charset=utf-8"],
};

async function serve(): Promise<string> {
  const server = createServer(async (request, response) => {
    const file = files[request.url ?? ""];
    if (!file) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { "content-type": file[1] }).end(await readFile(join(folder, file[0])));
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

console.log(`pages ${await serve()} ${await serve()}`);
