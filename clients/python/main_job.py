"""The main job of a front end, against a running Kinpath server: record a family, find who could belong to the child.

Shows a deadline on every call, a retry with the same request_id, errors by their reason, a pager, and a watch that
resumes. Run by clients/run.sh.
"""

import sys
import time
import uuid

import grpc
from google.rpc import error_details_pb2, status_pb2

from kinpath.v1 import (
    change_service_pb2,
    change_service_pb2_grpc,
    fact_pb2,
    family_finding_service_pb2,
    family_finding_service_pb2_grpc,
    person_pb2,
    person_service_pb2,
    person_service_pb2_grpc,
    statement_service_pb2,
    statement_service_pb2_grpc,
)

DEADLINE = 10  # seconds


class KinpathError(Exception):
    """An error with its reason and, for bad input, the field."""

    def __init__(self, error):
        self.code = error.code()
        self.reason = ""
        self.fields = []
        self.retry_after = 1.0
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
        super().__init__(f"{self.reason} {self.fields}: {error.details()}")


def call(method, request, tries=4):
    """Calls with a deadline. What may be sent again is: a write has its request_id, so that nothing is done twice."""
    for attempt in range(1, tries + 1):
        try:
            return method(request, timeout=DEADLINE)
        except grpc.RpcError as error:
            told = KinpathError(error)
            may_repeat = told.code in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED)
            if not may_repeat or attempt == tries:
                raise told from error
            time.sleep(told.retry_after * attempt)


def pages(method, request, field):
    """Every item of a list, page by page."""
    while True:
        page = call(method, request)
        yield from getattr(page, field)
        if not page.next_page_token:
            return
        request.page_token = page.next_page_token


def name(full):
    return person_pb2.Statement(fact=fact_pb2.Fact(person_name=fact_pb2.PersonName(full=full)))


def parent(reference):
    tie = fact_pb2.ParentTie(parent=reference, nature=fact_pb2.PARENT_NATURE_BIRTH)
    return person_pb2.Statement(fact=fact_pb2.Fact(parent=tie))


def main(address):
    channel = grpc.insecure_channel(address)
    people = person_service_pb2_grpc.PersonServiceStub(channel)
    statements = statement_service_pb2_grpc.StatementServiceStub(channel)
    families = family_finding_service_pb2_grpc.FamilyFindingServiceStub(channel)
    changes = change_service_pb2_grpc.ChangeServiceStub(channel)

    # Typed errors: the reason and the field, not the text.
    try:
        call(people.GetPerson, person_service_pb2.GetPersonRequest())
        raise AssertionError("an empty name was taken")
    except KinpathError as error:
        assert (error.reason, error.fields) == ("INVALID_INPUT", ["name"]), error

    # A family in one step. Sent twice with one request_id, it is recorded once.
    request = person_service_pb2.BatchCreatePeopleRequest(
        people=[
            person_service_pb2.NewPerson(statements=[name("Ann Lee"), parent("new/mother")]),
            person_service_pb2.NewPerson(local_id="mother", statements=[name("Mary Lee"), parent("new/grandmother")]),
            person_service_pb2.NewPerson(local_id="grandmother", statements=[name("Rose Lee")]),
        ],
        request_id=str(uuid.uuid4()),
    )
    made = call(people.BatchCreatePeople, request)
    assert call(people.BatchCreatePeople, request) == made
    child, mother, grandmother = (person.summary.name for person in made.people)

    # The answer is whole once its last message is there.
    found = []
    is_whole = False
    question = family_finding_service_pb2.FindFamilyRequest(child=child)
    for message in families.FindFamily(question, timeout=DEADLINE):
        part = message.WhichOneof("part")
        if part == "lead":
            found.append(message.lead.person.name)
        is_whole = part == "complete"
    assert is_whole and grandmother in found, found

    # A pager.
    ties = statement_service_pb2.ListTiesRequest(parent=mother, page_size=1)
    assert len(list(pages(statements.ListTies, ties, "ties"))) == 2

    # A watch that breaks off and goes on from its last token.
    token = made.revision
    noted = []
    for number in range(2):
        note = person_pb2.Statement(fact=fact_pb2.Fact(note=f"note {number}"))
        write = statement_service_pb2.CreateStatementRequest(
            parent=child, statement=note, request_id=str(uuid.uuid4())
        )
        noted.append(call(statements.CreateStatement, write).revision)
        stream = changes.WatchChanges(
            change_service_pb2.WatchChangesRequest(resume_token=token), timeout=DEADLINE
        )
        for message in stream:
            token = message.resume_token
            if message.HasField("change"):
                assert message.change.revision == noted[-1]
                break
        stream.cancel()
    print("python: the main job is done")


if __name__ == "__main__":
    main(sys.argv[1])
