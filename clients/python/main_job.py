"""The main job of a front end: record a family, open the child's case, find who could belong to the child, and follow
what changes. Every step checks what it gets.

Usage: main_job.py HOST:PORT; the token stands in KINPATH_TOKEN. Run by clients/run.sh.
"""

import os
import sys
import time
import uuid

import grpc
from google.protobuf import field_mask_pb2
from google.rpc import error_details_pb2, status_pb2

from kinpath.v1 import (
    case_service_pb2,
    case_service_pb2_grpc,
    change_service_pb2,
    change_service_pb2_grpc,
    connection_service_pb2,
    connection_service_pb2_grpc,
    evidence_pb2,
    fact_pb2,
    family_finding_service_pb2,
    family_finding_service_pb2_grpc,
    partial_date_pb2,
    person_pb2,
    person_service_pb2,
    person_service_pb2_grpc,
    statement_service_pb2,
    statement_service_pb2_grpc,
)

DEADLINE = 10  # seconds
CALLER = (("authorization", f"Bearer {os.environ.get('KINPATH_TOKEN', '')}"),)


class KinpathError(Exception):
    """An error with its reason and, for bad input, the field."""

    def __init__(self, error):
        self.code = error.code()
        self.reason = ""
        self.fields = []
        self.retry_after = None  # seconds, if the server says how long it wants to be left alone
        for key, value in error.trailing_metadata() or ():
            if key != "grpc-status-details-bin":
                continue
            for detail in status_pb2.Status.FromString(value).details:
                info = error_details_pb2.ErrorInfo()
                bad = error_details_pb2.BadRequest()
                retry = error_details_pb2.RetryInfo()
                if detail.Unpack(info):
                    self.reason = info.reason
                elif detail.Unpack(bad):
                    self.fields = [one.field for one in bad.field_violations]
                elif detail.Unpack(retry):
                    self.retry_after = retry.retry_delay.ToMilliseconds() / 1000
        super().__init__(f"{self.code.name} {self.reason} {self.fields}: {error.details()}")


def call(method, request, tries=4):
    """Calls with a deadline. What may be sent again is: a write has its request_id, so that nothing is done twice."""
    for attempt in range(1, tries + 1):
        try:
            return method(request, timeout=DEADLINE, metadata=CALLER)
        except grpc.RpcError as error:
            told = KinpathError(error)
            may_repeat = told.code in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED)
            if not may_repeat or attempt == tries:
                raise told from error
            time.sleep(0.1 * 2**attempt if told.retry_after is None else told.retry_after)


def pages(method, request):
    """Every page of a list. The empty token is the only end: a page may hold less than was asked for."""
    while True:
        page = call(method, request)
        yield page
        if not page.next_page_token:
            return
        request.page_token = page.next_page_token


def empty_name_is_refused(people):
    """Typed errors: a program reads the reason and the field, never the text."""
    refused = refused_as(grpc.StatusCode.INVALID_ARGUMENT, people.GetPerson, person_service_pb2.GetPersonRequest())
    assert (refused.reason, refused.fields) == ("INVALID_INPUT", ["name"]), refused


def record_family(people):
    """A child, the mother and the grandmother with the ties among them, recorded once though sent twice."""
    request = person_service_pb2.BatchCreatePeopleRequest(
        people=[
            person_service_pb2.NewPerson(statements=[named("Ann Lee"), parent("new/mother")]),
            person_service_pb2.NewPerson(local_id="mother", statements=[named("Mary Lee"), parent("new/grandmother")]),
            person_service_pb2.NewPerson(local_id="grandmother", statements=[named("Rose Lee")]),
        ],
        request_id=str(uuid.uuid4()),
    )
    made = call(people.BatchCreatePeople, request)
    assert call(people.BatchCreatePeople, request) == made
    child, _, grandmother = (person.summary.name for person in made.people)
    return child, grandmother


def record_uncle(connections, child):
    """Somebody found in a file. The first try has no time: only the same request id makes the next safe."""
    request = connection_service_pb2.RecordConnectionRequest(
        child=child,
        relation="mother's brother",
        name_as_written="Paul Lee",
        source=evidence_pb2.Source(document="file 2026-07", page="3", asserter="school counsellor"),
        request_id=str(uuid.uuid4()),
    )
    record = connections.RecordConnection
    refused_as(grpc.StatusCode.DEADLINE_EXCEEDED, record, request, timeout=0.001)
    made = call(record, request)
    assert made.relation == "maternal uncle", made
    assert call(record, request) == made
    request.name_as_written = "Saul Lee"
    refused = refused_as(grpc.StatusCode.INVALID_ARGUMENT, record, request)
    assert refused.reason == "REQUEST_ID_REUSED", refused


def open_case(cases, child):
    """Opens the child's case. Two workers then change what they read before: the second must read again."""
    case = case_service_pb2.Case(
        child=child, primary_goal="guardianship", in_care_since=partial_date_pb2.PartialDate(edtf="2026-03")
    )
    opened = call(
        cases.CreateCase, case_service_pb2.CreateCaseRequest(case=case, request_id=str(uuid.uuid4()))
    ).case

    def change(goal, etag):
        return case_service_pb2.UpdateCaseRequest(
            case=case_service_pb2.Case(name=opened.name, primary_goal=goal, etag=etag),
            update_mask=field_mask_pb2.FieldMask(paths=["primary_goal"]),
            request_id=str(uuid.uuid4()),
        )

    changed = call(cases.UpdateCase, change("adoption", opened.etag))
    refused = refused_as(grpc.StatusCode.ABORTED, cases.UpdateCase, change("return_home", opened.etag))
    assert refused.reason == "CHANGED_SINCE_READ", refused
    read = call(
        cases.GetCase, case_service_pb2.GetCaseRequest(name=opened.name, at_least_revision=changed.revision)
    ).case
    assert read.primary_goal == "adoption", read
    second = call(cases.UpdateCase, change("return_home", read.etag))
    assert second.case.primary_goal == "return_home", second
    return second.revision


def find_family(families, child, grandmother):
    """The main question. Without its last message the answer is not whole and must not be shown."""
    parts, found, uncles = [], [], []
    question = family_finding_service_pb2.FindFamilyRequest(child=child)
    for message in families.FindFamily(question, timeout=DEADLINE, metadata=CALLER):
        parts.append(message.WhichOneof("part"))
        if parts[-1] == "lead":
            found.append(message.lead.person.name)
            if message.lead.person.display_name == "Paul Lee":
                uncles.append(message.lead.relation)
    assert (parts[0], parts[-1]) == ("header", "complete"), parts
    assert uncles == ["maternal uncle"], uncles
    assert grandmother in found, found


def list_statements(statements, child):
    """A list over several pages."""
    request = statement_service_pb2.BatchCreateStatementsRequest(
        parent=child, statements=[note("one"), note("two"), note("three")], request_id=str(uuid.uuid4())
    )
    call(statements.BatchCreateStatements, request)
    notes = statement_service_pb2.ListStatementsRequest(parent=child, kinds=["note"], page_size=2)
    read = list(pages(statements.ListStatements, notes))
    names = [statement.name for page in read for statement in page.statements]
    assert (len(read), len(names), len(set(names))) == (2, 3, 3), read


def strange_token_is_refused(changes):
    """A token of another store: whoever gets this reads everything again, then watches from that answer's revision."""

    def first_change(*asked, **how):
        return next(changes.WatchChanges(*asked, **how))

    strange = change_service_pb2.WatchChangesRequest(resume_token="99999-1")
    refused = refused_as(grpc.StatusCode.OUT_OF_RANGE, first_change, strange)
    assert (refused.reason, refused.fields) == ("RELIST", ["resume_token"]), refused


def follow_changes(changes, statements, child, revision):
    """Reads some changes, breaks off, and goes on from the last token."""
    made, seen = [], []
    token = revision

    def write(text):
        request = statement_service_pb2.CreateStatementRequest(
            parent=child, statement=note(text), request_id=str(uuid.uuid4())
        )
        made.append(call(statements.CreateStatement, request).revision)

    def read_until(enough, token):
        # A watch has a deadline too. When it is over, one watches again from the last token.
        request = change_service_pb2.WatchChangesRequest(resume_token=token)
        stream = changes.WatchChanges(request, timeout=DEADLINE, metadata=CALLER)
        while len(seen) < enough:
            message = next(stream)
            token = message.resume_token
            if message.HasField("change"):
                seen.append(message.change.revision)
        stream.cancel()
        return token

    # Everything after the case: the three notes of the list were one commit.
    write("before the watch")
    token = read_until(1, token)
    write("while nobody watches")
    write("while nobody watches still")
    read_until(4, token)
    assert seen[1:] == made and len(set(seen)) == 4, (seen, made)


def refused_as(code, method, request, timeout=DEADLINE):
    """The error that this call must end with."""
    try:
        method(request, timeout=timeout, metadata=CALLER)
    except grpc.RpcError as error:
        told = KinpathError(error)
        if told.code != code:
            raise told from error
        return told
    raise AssertionError(f"a call was taken that should end with {code}")


def named(full):
    return person_pb2.Statement(fact=fact_pb2.Fact(person_name=fact_pb2.PersonName(full=full)))


def parent(reference):
    tie = fact_pb2.ParentTie(parent=reference, nature=fact_pb2.PARENT_NATURE_BIRTH)
    return person_pb2.Statement(fact=fact_pb2.Fact(parent=tie))


def note(text):
    return person_pb2.Statement(fact=fact_pb2.Fact(note=text))


def main(address):
    channel = grpc.insecure_channel(address)
    people = person_service_pb2_grpc.PersonServiceStub(channel)
    statements = statement_service_pb2_grpc.StatementServiceStub(channel)
    empty_name_is_refused(people)
    child, grandmother = record_family(people)
    record_uncle(connection_service_pb2_grpc.ConnectionServiceStub(channel), child)
    revision = open_case(case_service_pb2_grpc.CaseServiceStub(channel), child)
    find_family(family_finding_service_pb2_grpc.FamilyFindingServiceStub(channel), child, grandmother)
    list_statements(statements, child)
    changes = change_service_pb2_grpc.ChangeServiceStub(channel)
    strange_token_is_refused(changes)
    follow_changes(changes, statements, child, revision)
    print("python: the main job is done")


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except KinpathError as told:
        sys.exit(f"python: {told}")
