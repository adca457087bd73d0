// The main job of a front end: record a family, open the child's case, find who could belong to the child, and follow
// what changes. The transport is all that differs between Node and the browser. Every step checks what it gets.

import { equals } from "@bufbuild/protobuf";
import { type Client, Code, createClient, type Transport } from "@connectrpc/connect";
import { call, pages, refusal } from "./calls.js";
import { CaseService } from "./generated/kinpath/v1/case_service_pb.js";
import { ChangeService } from "./generated/kinpath/v1/change_service_pb.js";
import { ConnectionService, RecordConnectionResponseSchema } from "./generated/kinpath/v1/connection_service_pb.js";
import { ParentNature } from "./generated/kinpath/v1/fact_pb.js";
import { FamilyFindingService } from "./generated/kinpath/v1/family_finding_service_pb.js";
import { BatchCreatePeopleResponseSchema, PersonService } from "./generated/kinpath/v1/person_service_pb.js";
import { StatementService } from "./generated/kinpath/v1/statement_service_pb.js";

/** Runs the main job. Throws at the first thing that is not as it should be. */
export async function mainJob(transport: Transport, say: (line: string) => void): Promise<void> {
  await emptyNameIsRefused(createClient(PersonService, transport));
  say("errors: the reason and the field are told");

  const { child, grandmother } = await recordFamily(createClient(PersonService, transport));
  say("family: recorded in one step, and once though sent twice");

  await recordUncle(createClient(ConnectionService, transport), child);
  say("uncle: recorded once, though the first answer never came");

  const revision = await openCase(createClient(CaseService, transport), child);
  say("case: opened; a change over somebody else's change is refused");

  await findFamily(createClient(FamilyFindingService, transport), child, grandmother);
  say("family found: the answer is whole");

  const statements = createClient(StatementService, transport);
  await listStatements(statements, child);
  say("pager: every page, nothing twice");

  const changes = createClient(ChangeService, transport);
  await strangeTokenIsRefused(changes);
  await followChanges(changes, statements, child, revision);
  say("watch: broken off and resumed, nothing lost, nothing twice");
}

/** Typed errors: a program reads the reason and the field, never the text. */
async function emptyNameIsRefused(people: Client<typeof PersonService>) {
  await refusedAs(call(people.getPerson, { name: "" }), Code.InvalidArgument, "INVALID_INPUT", ["name"]);
}

/** A child, the mother and the grandmother with the ties among them. */
async function recordFamily(people: Client<typeof PersonService>) {
  const request = {
    people: [
      { statements: [named("Ann Lee"), parent("new/mother")] },
      { localId: "mother", statements: [named("Mary Lee"), parent("new/grandmother")] },
      { localId: "grandmother", statements: [named("Rose Lee")] },
    ],
    requestId: crypto.randomUUID(),
  };
  const made = await call(people.batchCreatePeople, request);
  const again = await call(people.batchCreatePeople, request);
  same("the second answer", equals(BatchCreatePeopleResponseSchema, made, again), true);
  const [child, mother, grandmother] = made.people.map((person) => person.summary?.name ?? "");
  if (!child || !mother || !grandmother) {
    throw new Error("three people were sent, and fewer came back");
  }
  return { child, grandmother };
}

/** Somebody found in a file. The first try has no time to be answered: only the same request id makes the next safe. */
async function recordUncle(connections: Client<typeof ConnectionService>, child: string) {
  const request = {
    child,
    relation: "mother's brother",
    nameAsWritten: "Paul Lee",
    source: { document: "file 2026-07", page: "3", asserter: "school counsellor" },
    requestId: crypto.randomUUID(),
  };
  await refusedAs(connections.recordConnection(request, { timeoutMs: 1 }), Code.DeadlineExceeded);
  const made = await call(connections.recordConnection, request);
  same("relation", made.relation, "maternal uncle");
  const again = await call(connections.recordConnection, request);
  same("the second answer", equals(RecordConnectionResponseSchema, made, again), true);
  const other = { ...request, nameAsWritten: "Saul Lee" };
  await refusedAs(call(connections.recordConnection, other), Code.InvalidArgument, "REQUEST_ID_REUSED", ["request_id"]);
}

/** Opens the child's case. Two workers then change what they read before: the second must read again. */
async function openCase(cases: Client<typeof CaseService>, child: string): Promise<string> {
  const opened = await call(cases.createCase, {
    case: { child, primaryGoal: "guardianship", inCareSince: { edtf: "2026-03" } },
    requestId: crypto.randomUUID(),
  });
  const { name = "", etag = "" } = opened.case ?? {};
  const change = (goal: string, read: string) => ({
    case: { name, primaryGoal: goal, etag: read },
    updateMask: { paths: ["primary_goal"] },
    requestId: crypto.randomUUID(),
  });
  const changed = await call(cases.updateCase, change("adoption", etag));
  await refusedAs(call(cases.updateCase, change("return_home", etag)), Code.Aborted, "CHANGED_SINCE_READ");
  const read = await call(cases.getCase, { name, atLeastRevision: changed.revision });
  same("goal", read.case?.primaryGoal, "adoption");
  const second = await call(cases.updateCase, change("return_home", read.case?.etag ?? ""));
  same("goal", second.case?.primaryGoal, "return_home");
  return second.revision;
}

/** The main question. Without its last message the answer is not whole and must not be shown. */
async function findFamily(families: Client<typeof FamilyFindingService>, child: string, grandmother: string) {
  const parts: string[] = [];
  const uncles: string[] = [];
  const found: string[] = [];
  for await (const { part } of families.findFamily({ child })) {
    parts.push(part.case ?? "");
    if (part.case === "lead" && part.value.target.case === "person") {
      found.push(part.value.target.value.name);
      if (part.value.target.value.displayName === "Paul Lee") {
        uncles.push(part.value.relation);
      }
    }
  }
  same("the first message", parts[0], "header");
  same("the last message", parts.at(-1), "complete");
  same("uncles named Paul", uncles, ["maternal uncle"]);
  same("the grandmother is found", found.includes(grandmother), true);
}

async function listStatements(statements: Client<typeof StatementService>, child: string) {
  const said = ["one", "two", "three"].map(note);
  await call(statements.batchCreateStatements, { parent: child, statements: said, requestId: crypto.randomUUID() });
  const names: string[] = [];
  let count = 0;
  const notes = { parent: child, kinds: ["note"], pageSize: 2 };
  for await (const page of pages(statements.listStatements, notes)) {
    count += 1;
    names.push(...page.statements.map((statement) => statement.name));
  }
  same("pages", count, 2);
  same("notes", names.length, 3);
  same("different notes", new Set(names).size, 3);
}

/** A token of another store: whoever gets this reads everything again, then watches from that answer's revision. */
async function strangeTokenIsRefused(changes: Client<typeof ChangeService>) {
  const watch = changes.watchChanges({ resumeToken: "99999-1" });
  await refusedAs(watch[Symbol.asyncIterator]().next(), Code.OutOfRange, "RELIST", ["resume_token"]);
}

/** Reads some changes, breaks off, and goes on from the last token. */
async function followChanges(
  changes: Client<typeof ChangeService>,
  statements: Client<typeof StatementService>,
  child: string,
  revision: string,
) {
  let token = revision;
  const seen: string[] = [];
  const made: string[] = [];
  const write = async (text: string) => {
    const answer = await call(statements.createStatement, {
      parent: child,
      statement: note(text),
      requestId: crypto.randomUUID(),
    });
    made.push(answer.revision);
  };
  const readUntil = async (enough: number) => {
    const end = new AbortController();
    try {
      // A watch has a deadline too. When it is over, one watches again from the last token.
      for await (const message of changes.watchChanges({ resumeToken: token }, { signal: end.signal })) {
        token = message.resumeToken;
        if (message.change) {
          seen.push(message.change.revision);
        }
        if (seen.length >= enough) {
          end.abort();
        }
      }
    } catch (error) {
      if (refusal(error).code !== Code.Canceled) {
        throw error;
      }
    }
  };
  // Everything after the case: the three notes of the list were one commit.
  await write("before the watch");
  await readUntil(1);
  await write("while nobody watches");
  await write("while nobody watches still");
  await readUntil(4);
  same("the changes after the first", seen.slice(1), made);
  same("the changes", new Set(seen).size, 4);
}

/** Checks that a call is refused, and why. A deadline may end on our own side, where nobody tells a reason. */
async function refusedAs(answer: Promise<unknown>, code: Code, reason?: string, fields: string[] = []) {
  try {
    await answer;
  } catch (error) {
    const told = refusal(error);
    if (told.code !== code) {
      throw error;
    }
    if (reason !== undefined) {
      same("reason", told.reason, reason);
      same("fields", told.fields, fields);
    }
    return;
  }
  throw new Error(`a call was taken that should end with ${Code[code]}`);
}

function same(what: string, seen: unknown, wanted: unknown) {
  const [is, should] = [JSON.stringify(seen), JSON.stringify(wanted)];
  if (is !== should) {
    throw new Error(`${what}: ${is}, and should be ${should}`);
  }
}

function named(full: string) {
  return { fact: { said: { case: "personName" as const, value: { full } } } };
}

function parent(reference: string) {
  const value = { parent: reference, nature: ParentNature.BIRTH };
  return { fact: { said: { case: "parent" as const, value } } };
}

function note(text: string) {
  return { fact: { said: { case: "note" as const, value: text } } };
}
