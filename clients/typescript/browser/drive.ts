// Opens the page in headless Chromium and has it do the main job: from the origin that Kinpath allows, where it must
// succeed, and from another, where the browser must refuse.
// Usage: node drive.js CHROMIUM SERVER ALLOWED_ORIGIN OTHER_ORIGIN; the token stands in KINPATH_TOKEN.

import { type Browser, chromium } from "playwright-core";

/** What became of the main job on the page of one origin. */
interface Outcome {
  error: string;
  steps: string[];
  console: string[];
  preflights: number;
  /** The values of the header `authorization` that calls were sent with. */
  authorizations: Set<string>;
}

async function mainJobFrom(browser: Browser, origin: string, server: string, token: string): Promise<Outcome> {
  const page = await browser.newPage();
  const outcome: Outcome = { error: "", steps: [], console: [], preflights: 0, authorizations: new Set() };
  page.on("console", (message) => outcome.console.push(message.text()));
  const network = await page.context().newCDPSession(page);
  network.on("Network.requestWillBeSent", ({ request }) => {
    if (request.method === "OPTIONS") {
      outcome.preflights += 1;
    } else if (request.url.startsWith(server)) {
      outcome.authorizations.add(request.headers["authorization"] ?? "");
    }
  });
  await network.send("Network.enable");
  await page.goto(origin);
  try {
    const job = `kinpathPage.run(${JSON.stringify(server)}, ${JSON.stringify(token)})`;
    await page.evaluate(job);
  } catch (error) {
    outcome.error = String(error);
  }
  outcome.steps = await page.locator("#steps li").allTextContents();
  await page.close();
  return outcome;
}

function must(holds: boolean, what: string, outcome: Outcome) {
  if (!holds) {
    throw new Error(`${what}: ${outcome.error}\n${[...outcome.steps, ...outcome.console].join("\n")}`);
  }
}

const [executablePath, server, allowed, other] = process.argv.slice(2);
if (!executablePath || !server || !allowed || !other) {
  throw new Error("usage: drive.js CHROMIUM SERVER ALLOWED_ORIGIN OTHER_ORIGIN");
}
const token = process.env.KINPATH_TOKEN ?? "";
const browser = await chromium.launch({ executablePath });
try {
  const done = await mainJobFrom(browser, allowed, server, token);
  must(done.error === "", "the main job failed", done);
  must(done.steps.length === 7, "not every step was shown", done);
  must(done.preflights > 0, "the browser asked for no permission, so that nothing is shown of CORS", done);
  must([...done.authorizations].join() === `Bearer ${token}`, "a call was sent without the token", done);

  const refused = await mainJobFrom(browser, other, server, token);
  must(refused.error !== "" && refused.steps.length === 0, "a page of an unknown origin was answered", refused);
  must(refused.console.some((line) => line.includes("CORS policy")), "it failed for another reason", refused);
  console.log("typescript, browser: the main job is done, and another origin is refused");
} catch (error) {
  console.error(`typescript, browser: ${error}`);
  process.exitCode = 1;
} finally {
  await browser.close();
}
