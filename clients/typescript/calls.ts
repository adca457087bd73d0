// What every call to Kinpath needs, in Node and in the browser: who calls, a deadline, a second try, errors by their
// reason, and lists page by page.

import { type CallOptions, Code, ConnectError, type Interceptor } from "@connectrpc/connect";
import { BadRequestSchema, ErrorInfoSchema, RetryInfoSchema } from "./generated/google/rpc/error_details_pb.js";

/** What a transport is made with, whichever it is. */
export function transportOptions(server: string, token: string) {
  const authorization: Interceptor = (next) => (request) => {
    request.header.set("authorization", `Bearer ${token}`);
    return next(request);
  };
  // The deadline holds for every call that names no other.
  return { baseUrl: server, defaultTimeoutMs: 10_000, interceptors: [authorization] };
}

/** An error as a program needs it: the code, the reason, and for bad input the fields. Texts are for people. */
export interface Refusal {
  code: Code;
  reason: string;
  fields: string[];
  /** How long the server asks to be left alone; undefined if it did not say. */
  retryAfterMs: number | undefined;
}

export function refusal(error: unknown): Refusal {
  const told = ConnectError.from(error);
  const wait = told.findDetails(RetryInfoSchema)[0]?.retryDelay;
  // So a browser tells that nobody answered, or that this page may not ask: it does not say which.
  const isUnanswered = told.code === Code.Unknown && told.cause instanceof TypeError;
  return {
    code: isUnanswered ? Code.Unavailable : told.code,
    reason: told.findDetails(ErrorInfoSchema)[0]?.reason ?? "",
    fields: told.findDetails(BadRequestSchema).flatMap((bad) => bad.fieldViolations.map((one) => one.field)),
    retryAfterMs: wait && Number(wait.seconds) * 1000 + wait.nanos / 1_000_000,
  };
}

type Method<Request, Answer> = (request: Request, options?: CallOptions) => Promise<Answer>;

/** Calls, and again where that may help. A write has its `requestId`, so that nothing is recorded twice. */
export async function call<Request, Answer>(
  method: Method<Request, Answer>,
  request: Request,
  tries = 4,
): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await method(request);
    } catch (error) {
      const { code, retryAfterMs } = refusal(error);
      const mayHelp = code === Code.Unavailable || code === Code.DeadlineExceeded;
      if (!mayHelp || attempt === tries) {
        throw error;
      }
      const wait = retryAfterMs ?? 100 * 2 ** attempt;
      await new Promise((done) => setTimeout(done, wait));
    }
  }
}

/** Every page of a list. The empty token is the only end: a page may hold less than was asked for. */
export async function* pages<Request extends object, Page extends { nextPageToken: string }>(
  method: Method<Request & { pageToken: string }, Page>,
  request: Request,
): AsyncGenerator<Page> {
  let pageToken = "";
  do {
    const page = await call(method, { ...request, pageToken });
    yield page;
    pageToken = page.nextPageToken;
  } while (pageToken !== "");
}
