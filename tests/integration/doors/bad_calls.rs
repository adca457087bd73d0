//! Bad calls against the live server: each gets its code, exactly one reason, the field, and none of tonic's texts.

use super::live::with_server;
use super::writing::small_family;
use kinpath::api::DESCRIPTORS;
use prost::Message;
use prost::bytes::{Buf, BufMut};
use prost_reflect::{DescriptorPool, DynamicMessage};
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::transport::Channel;
use tonic::{Code, Request, Status};
use tonic_types::{ErrorDetail, StatusExt};

/// Service and method, the request as JSON, the code, the reason, the field.
type BadCall = (&'static str, &'static str, Code, &'static str, &'static str);

const BAD: Code = Code::InvalidArgument;
const INPUT: &str = "INVALID_INPUT";
const GONE: &str = "people/00000000000000000000000001";

/// `CHILD` stands for the name of a person who is recorded.
const BAD_CALLS: &[BadCall] = &[
    ("PersonService/GetPerson", r#"{}"#, BAD, INPUT, "name"),
    (
        "PersonService/GetPerson",
        r#"{"name":"people/00000000000000000000000001"}"#,
        Code::NotFound,
        "NOT_FOUND",
        "",
    ),
    (
        "PersonService/GetPerson",
        r#"{"name":"CHILD","knownOn":"x"}"#,
        BAD,
        INPUT,
        "known_on",
    ),
    (
        "PersonService/GetPerson",
        r#"{"name":"CHILD","readMask":"nothing"}"#,
        BAD,
        INPUT,
        "read_mask",
    ),
    (
        "PersonService/GetPerson",
        r#"{"name":"CHILD","readMask":"summary.nothing"}"#,
        BAD,
        INPUT,
        "read_mask",
    ),
    (
        "PersonService/GetPerson",
        r#"{"name":"CHILD","atLeastRevision":"?"}"#,
        BAD,
        INPUT,
        "at_least_revision",
    ),
    (
        "PersonService/GetPerson",
        r#"{"name":"CHILD","atLeastRevision":"9-9"}"#,
        Code::OutOfRange,
        "RELIST",
        "at_least_revision",
    ),
    ("PersonService/SearchPeople", r#"{}"#, BAD, INPUT, "query"),
    (
        "PersonService/StreamSearchPeople",
        r#"{}"#,
        BAD,
        INPUT,
        "search",
    ),
    (
        "PersonService/StreamSearchPeople",
        r#"{"search":{"query":"Ann","pageSize":7}}"#,
        BAD,
        INPUT,
        "search.page_size",
    ),
    (
        "PersonService/SearchPeople",
        r#"{"query":"a","pageSize":-1}"#,
        BAD,
        INPUT,
        "page_size",
    ),
    (
        "PersonService/SearchPeople",
        r#"{"query":"a","pageToken":"abc"}"#,
        BAD,
        INPUT,
        "page_token",
    ),
    ("NationService/ResolveNation", r#"{}"#, BAD, INPUT, "text"),
    (
        "NationService/ResolveNation",
        r#"{"text":"a","limit":-1}"#,
        BAD,
        INPUT,
        "limit",
    ),
    (
        "NationService/ResolveNation",
        r#"{"text":"a","place":"Nowhere At All"}"#,
        Code::NotFound,
        "NOT_FOUND",
        "",
    ),
    (
        "PersonService/ResolvePerson",
        r#"{}"#,
        BAD,
        INPUT,
        "reference",
    ),
    (
        "PersonService/ResolvePerson",
        r#"{"reference":"Nobody At All"}"#,
        Code::NotFound,
        "NOT_FOUND",
        "",
    ),
    (
        "PersonService/CreatePerson",
        r#"{}"#,
        BAD,
        INPUT,
        "request_id",
    ),
    (
        "PersonService/CreatePerson",
        r#"{"requestId":"a"}"#,
        BAD,
        INPUT,
        "person",
    ),
    (
        "PersonService/CreatePerson",
        r#"{"requestId":"0123456789012345678901234567890123456789","person":{}}"#,
        BAD,
        INPUT,
        "request_id",
    ),
    (
        "PersonService/CreatePerson",
        r#"{"requestId":"a b","person":{}}"#,
        BAD,
        INPUT,
        "request_id",
    ),
    (
        "PersonService/CreatePerson",
        r#"{"requestId":"b","person":{}}"#,
        BAD,
        INPUT,
        "people[0].statements",
    ),
    (
        "PersonService/CreatePerson",
        r#"{"requestId":"c","person":{"statements":[{}]}}"#,
        BAD,
        INPUT,
        "person.statements[0].fact",
    ),
    (
        "PersonService/CreatePerson",
        r#"{"requestId":"d","person":{"externalId":"x","statements":[{"fact":{"unnamed":"aunt"}}]}}"#,
        BAD,
        INPUT,
        "person.external_id",
    ),
    (
        "PersonService/CreatePerson",
        r#"{"requestId":"e","person":{"statements":[{"fact":{"personName":{}}}]}}"#,
        BAD,
        INPUT,
        "person.statements[0].fact.person_name.full",
    ),
    (
        "PersonService/CreatePerson",
        r#"{"requestId":"f","person":{"statements":[{"fact":{"unnamed":"x"},"certainty":77}]}}"#,
        BAD,
        INPUT,
        "person.statements[0].certainty",
    ),
    (
        "PersonService/CreatePerson",
        r#"{"requestId":"g","person":{"statements":[{"fact":{"unnamed":"x"},"validFrom":{"edtf":"soon"}}]}}"#,
        BAD,
        INPUT,
        "person.statements[0].valid_from.edtf",
    ),
    (
        "PersonService/CreatePerson",
        r#"{"requestId":"h","person":{"statements":[{"fact":{"unnamed":"x"},"validFrom":{"edtf":"2020"},"validTo":{"edtf":"2010"}}]}}"#,
        BAD,
        INPUT,
        "person.statements[0].valid_to",
    ),
    (
        "PersonService/BatchCreatePeople",
        r#"{"requestId":"a1"}"#,
        BAD,
        INPUT,
        "people",
    ),
    (
        "PersonService/BatchCreatePeople",
        r#"{"requestId":"a2","people":[{"localId":"a b"}]}"#,
        BAD,
        INPUT,
        "people[0].local_id",
    ),
    (
        "PersonService/BatchCreatePeople",
        r#"{"requestId":"a3","people":[{"localId":"a"},{"localId":"a"}]}"#,
        BAD,
        INPUT,
        "people[1].local_id",
    ),
    (
        "PersonService/BatchCreatePeople",
        r#"{"requestId":"a4","people":[{"statements":[{"fact":{"parent":{"parent":"new/x","nature":1}}}]}]}"#,
        BAD,
        INPUT,
        "people[0].statements[0].fact.parent.parent",
    ),
    (
        "StatementService/CreateStatement",
        r#"{"requestId":"b1"}"#,
        BAD,
        INPUT,
        "parent",
    ),
    (
        "StatementService/CreateStatement",
        r#"{"requestId":"b2","parent":"nations/X"}"#,
        BAD,
        INPUT,
        "parent",
    ),
    (
        "StatementService/CreateStatement",
        r#"{"requestId":"b3","parent":"CHILD"}"#,
        BAD,
        INPUT,
        "statement.fact",
    ),
    (
        "StatementService/CreateStatement",
        r#"{"requestId":"b4","parent":"CHILD","statement":{"fact":{"birth":{}}}}"#,
        BAD,
        INPUT,
        "statement.fact.birth",
    ),
    (
        "StatementService/CreateStatement",
        r#"{"requestId":"b5","parent":"CHILD","statement":{"fact":{"death":{}}}}"#,
        BAD,
        INPUT,
        "statement.fact.death.dead",
    ),
    (
        "StatementService/CreateStatement",
        r#"{"requestId":"b6","parent":"CHILD","statement":{"fact":{"residence":{}}}}"#,
        BAD,
        INPUT,
        "statement.fact.residence.place",
    ),
    (
        "StatementService/CreateStatement",
        r#"{"requestId":"b7","parent":"CHILD","statement":{"fact":{"contact":{"value":"1"}}}}"#,
        BAD,
        INPUT,
        "statement.fact.contact.kind",
    ),
    (
        "StatementService/CreateStatement",
        r#"{"requestId":"b8","parent":"CHILD","statement":{"fact":{"contact":{"kind":1}}}}"#,
        BAD,
        INPUT,
        "statement.fact.contact.value",
    ),
    (
        "StatementService/CreateStatement",
        r#"{"requestId":"b9","parent":"CHILD","statement":{"fact":{"caution":{}}}}"#,
        BAD,
        INPUT,
        "statement.fact.caution.kind",
    ),
    (
        "StatementService/CreateStatement",
        r#"{"requestId":"ba","parent":"CHILD","statement":{"fact":{"screening":{"kind":"x"}}}}"#,
        BAD,
        INPUT,
        "statement.fact.screening.result",
    ),
    (
        "StatementService/CreateStatement",
        r#"{"requestId":"bb","parent":"CHILD","statement":{"fact":{"parent":{}}}}"#,
        BAD,
        INPUT,
        "statement.fact.parent.parent",
    ),
    (
        "StatementService/CreateStatement",
        r#"{"requestId":"bc","parent":"CHILD","statement":{"fact":{"parent":{"parent":"CHILD","nature":1}}}}"#,
        BAD,
        INPUT,
        "statement.fact",
    ),
    (
        "StatementService/CreateStatement",
        r#"{"requestId":"bd","parent":"CHILD","statement":{"fact":{"parent":{"parent":"CHILD"}}}}"#,
        BAD,
        INPUT,
        "statement.fact.parent.nature",
    ),
    (
        "StatementService/CreateStatement",
        r#"{"requestId":"be","parent":"CHILD","statement":{"fact":{"statedKin":{"kin":"CHILD","asTold":"gizmo"}}}}"#,
        BAD,
        INPUT,
        "statement.fact.stated_kin.as_told",
    ),
    (
        "StatementService/CreateStatement",
        r#"{"requestId":"bf","parent":"CHILD","statement":{"fact":{"network":{"adult":"CHILD"}}}}"#,
        BAD,
        INPUT,
        "statement.fact.network.role",
    ),
    (
        "StatementService/CreateStatement",
        r#"{"requestId":"bg","parent":"CHILD","statement":{"fact":{"membership":{}}}}"#,
        BAD,
        INPUT,
        "statement.fact.membership.nation",
    ),
    (
        "StatementService/CreateStatement",
        r#"{"requestId":"bh","parent":"CHILD","statement":{"fact":{"membership":{"nation":"nations/x"}}}}"#,
        Code::NotFound,
        "NOT_FOUND",
        "",
    ),
    (
        "StatementService/CreateStatement",
        r#"{"requestId":"bi","parent":"CHILD","statement":{"fact":{"inquiry":{"about":1,"answer":1}}}}"#,
        BAD,
        INPUT,
        "fact",
    ),
    (
        "StatementService/CreateStatement",
        r#"{"requestId":"bj","parent":"CHILD","statement":{"fact":{"inquiry":{"answer":1}}}}"#,
        BAD,
        INPUT,
        "statement.fact.inquiry.about",
    ),
    (
        "StatementService/CreateStatement",
        r#"{"requestId":"bk","parent":"CHILD","statement":{"fact":{"outreach":{"whom":"cases/x"}}}}"#,
        BAD,
        INPUT,
        "statement.fact.outreach.whom",
    ),
    (
        "StatementService/CreateStatement",
        r#"{"requestId":"bl","parent":"CHILD","statement":{"fact":{"note":"\u0001"}}}"#,
        BAD,
        INPUT,
        "statement.fact.note",
    ),
    (
        "StatementService/CreateStatement",
        r#"{"requestId":"bm","parent":"CHILD","statement":{"fact":{"gender":9}}}"#,
        BAD,
        INPUT,
        "statement.fact.gender",
    ),
    (
        "StatementService/BatchCreateStatements",
        r#"{"requestId":"c1","parent":"CHILD"}"#,
        BAD,
        INPUT,
        "statements",
    ),
    (
        "SamePersonService/GetSamePersonLink",
        r#"{"other":"CHILD"}"#,
        BAD,
        INPUT,
        "one",
    ),
    (
        "SamePersonService/GetSamePersonLink",
        r#"{"one":"CHILD","other":"CHILD"}"#,
        Code::NotFound,
        "NOT_FOUND",
        "",
    ),
    (
        "SamePersonService/ListSamePersonLinks",
        r#"{"pageSize":-5}"#,
        BAD,
        INPUT,
        "page_size",
    ),
    (
        "SamePersonService/ListSamePersonLinks",
        r#"{"verdict":77}"#,
        BAD,
        INPUT,
        "verdict",
    ),
    (
        "SamePersonService/ListSamePersonLinks",
        r#"{"pageToken":"00"}"#,
        BAD,
        INPUT,
        "page_token",
    ),
    (
        "SamePersonService/ProposeSamePerson",
        r#"{"requestId":"p1","one":"CHILD","other":"CHILD","reason":"so"}"#,
        BAD,
        INPUT,
        "other",
    ),
    (
        "SamePersonService/ProposeSamePerson",
        r#"{"requestId":"p2","one":"CHILD","other":"CHILD"}"#,
        BAD,
        INPUT,
        "reason",
    ),
    (
        "SamePersonService/ProposeSamePerson",
        r#"{"one":"CHILD","other":"CHILD","reason":"so"}"#,
        BAD,
        INPUT,
        "request_id",
    ),
    (
        "SamePersonService/DecideSamePerson",
        r#"{"requestId":"p3","one":"CHILD","other":"people/00000000000000000000000001","verdict":"VERDICT_SAME","reason":"so"}"#,
        Code::NotFound,
        "NOT_FOUND",
        "",
    ),
    (
        "SamePersonService/DecideSamePerson",
        r#"{"requestId":"p4","one":"CHILD","other":"CHILD","reason":"so"}"#,
        BAD,
        INPUT,
        "verdict",
    ),
    (
        "StatementService/CreateStatement",
        r#"{"requestId":"p5","parent":"CHILD","statement":{"fact":{"samePerson":{"other":"CHILD"}}}}"#,
        BAD,
        INPUT,
        "statement.fact.same_person",
    ),
    ("StatementService/GetStatement", r#"{}"#, BAD, INPUT, "name"),
    (
        "StatementService/GetStatement",
        r#"{"name":"CHILD/statements/x"}"#,
        Code::NotFound,
        "NOT_FOUND",
        "",
    ),
    (
        "StatementService/GetStatement",
        r#"{"name":"CHILD/statements/00000000000000000000000001"}"#,
        Code::NotFound,
        "NOT_FOUND",
        "",
    ),
    (
        "StatementService/ListStatements",
        r#"{}"#,
        BAD,
        INPUT,
        "parent",
    ),
    (
        "StatementService/ListStatements",
        r#"{"parent":"CHILD","kinds":["hobby"]}"#,
        BAD,
        INPUT,
        "kinds[0]",
    ),
    (
        "StatementService/ListStatements",
        r#"{"parent":"CHILD","pageSize":-5}"#,
        BAD,
        INPUT,
        "page_size",
    ),
    (
        "StatementService/ListTies",
        r#"{"parent":"cases/x"}"#,
        BAD,
        INPUT,
        "parent",
    ),
    (
        "StatementService/ListTies",
        r#"{"parent":"CHILD","pageToken":"00"}"#,
        BAD,
        INPUT,
        "page_token",
    ),
    (
        "StatementService/UpdateStatement",
        r#"{"requestId":"d1"}"#,
        BAD,
        INPUT,
        "statement.name",
    ),
    (
        "StatementService/RetractStatement",
        r#"{"requestId":"d2"}"#,
        BAD,
        INPUT,
        "name",
    ),
    (
        "StatementService/ListStatementVersions",
        r#"{"name":"people"}"#,
        BAD,
        INPUT,
        "name",
    ),
    (
        "CaseService/CreateCase",
        r#"{"requestId":"e1"}"#,
        BAD,
        INPUT,
        "case",
    ),
    (
        "CaseService/CreateCase",
        r#"{"requestId":"e2","case":{}}"#,
        BAD,
        INPUT,
        "case.child",
    ),
    (
        "CaseService/CreateCase",
        r#"{"requestId":"e3","case":{"child":"CHILD","needs":[{"category":"x","level":7}]}}"#,
        BAD,
        INPUT,
        "case.needs[0].level",
    ),
    (
        "CaseService/CreateCase",
        r#"{"requestId":"e4","case":{"child":"CHILD","inCareSince":{"edtf":"2020-13"}}}"#,
        BAD,
        INPUT,
        "case.in_care_since.edtf",
    ),
    (
        "CaseService/GetCase",
        r#"{"name":"cases/x"}"#,
        Code::NotFound,
        "NOT_FOUND",
        "",
    ),
    (
        "CaseService/UpdateCase",
        r#"{"requestId":"e5","case":{}}"#,
        BAD,
        INPUT,
        "case.name",
    ),
    (
        "CaseService/ListCases",
        r#"{"readMask":"colour"}"#,
        BAD,
        INPUT,
        "read_mask",
    ),
    (
        "NationService/CreateNation",
        r#"{"requestId":"f1","nation":{}}"#,
        BAD,
        INPUT,
        "nation.display_name",
    ),
    (
        "NationService/CreateNation",
        r#"{"requestId":"f2","nation":{"displayName":"N","level":9}}"#,
        BAD,
        INPUT,
        "nation.level",
    ),
    (
        "WaitingFamilyService/CreateWaitingFamily",
        r#"{"requestId":"f3","waitingFamily":{"displayName":"F","ageFrom":9,"ageTo":3}}"#,
        BAD,
        INPUT,
        "waiting_family.age_to",
    ),
    (
        "WaitingFamilyService/CreateWaitingFamily",
        r#"{"requestId":"f4","waitingFamily":{"displayName":"F","capacity":900}}"#,
        BAD,
        INPUT,
        "waiting_family.capacity",
    ),
    (
        "WaitingFamilyService/CreateWaitingFamily",
        r#"{"requestId":"f5","waitingFamily":{"displayName":"F","accepts":[{"category":"x"}]}}"#,
        BAD,
        INPUT,
        "waiting_family.accepts[0].answer",
    ),
    (
        "HouseholdService/CreateHousehold",
        r#"{"requestId":"f6","household":{}}"#,
        BAD,
        INPUT,
        "household.display_name",
    ),
    ("HouseholdService/GetHousehold", r#"{}"#, BAD, INPUT, "name"),
    (
        "ChangeService/ListChanges",
        r#"{"afterRevision":"x"}"#,
        BAD,
        INPUT,
        "after_revision",
    ),
    (
        "ChangeService/ListChanges",
        r#"{"pageToken":"x"}"#,
        BAD,
        INPUT,
        "page_token",
    ),
    (
        "FamilyFindingService/ExplainAbsence",
        r#"{"child":"CHILD"}"#,
        BAD,
        INPUT,
        "who",
    ),
    (
        "FamilyFindingService/ExplainAbsence",
        r#"{"child":"CHILD","who":"CHILD"}"#,
        BAD,
        INPUT,
        "who",
    ),
    (
        "FamilyFindingService/ExplainAbsence",
        r#"{"child":"CHILD","who":"people/00000000000000000000000001"}"#,
        Code::NotFound,
        "NOT_FOUND",
        "",
    ),
    (
        "FamilyFindingService/ExplainAbsence",
        r#"{"child":"CHILD","who":"waitingFamilies/x"}"#,
        Code::NotFound,
        "NOT_FOUND",
        "",
    ),
    (
        "FamilyFindingService/ExplainAbsence",
        r#"{"child":"CHILD","who":"CHILD","order":"nonsense"}"#,
        BAD,
        INPUT,
        "order",
    ),
    (
        "FamilyFindingService/ExplainAbsence",
        r#"{"child":"CHILD","who":"CHILD","purpose":99}"#,
        BAD,
        INPUT,
        "purpose",
    ),
    (
        "FamilyFindingService/ExplainAbsence",
        r#"{"child":"CHILD","who":"CHILD","asOf":"soon"}"#,
        BAD,
        INPUT,
        "as_of",
    ),
    (
        "FamilyFindingService/ExplainAbsence",
        r#"{"child":"CHILD","who":"CHILD","readMask":"nothing"}"#,
        BAD,
        INPUT,
        "read_mask",
    ),
    (
        "FamilyFindingService/ExplainAbsence",
        r#"{"child":"CHILD","who":"CHILD","atLeastRevision":"9-9"}"#,
        Code::OutOfRange,
        "RELIST",
        "at_least_revision",
    ),
    (
        "FamilyFindingService/ListRelatives",
        r#"{"person":"CHILD","degree":50}"#,
        BAD,
        INPUT,
        "degree",
    ),
    (
        "FamilyFindingService/NameRelationship",
        r#"{"a":"CHILD"}"#,
        BAD,
        INPUT,
        "b",
    ),
    (
        "ConnectionService/RecordConnection",
        r#"{"child":"CHILD"}"#,
        BAD,
        INPUT,
        "relation",
    ),
    ("ExchangeService/Import", r#"{}"#, BAD, INPUT, "chunk"),
    (
        "ExchangeService/Import",
        r#"{"chunk":{"file":"people.csv"}}"#,
        BAD,
        INPUT,
        "settings",
    ),
    (
        "ExchangeService/Import",
        r#"{"settings":{}}"#,
        BAD,
        INPUT,
        "settings.request_id",
    ),
    (
        "ExchangeService/Import",
        r#"{"settings":{"requestId":"../../x"}}"#,
        BAD,
        INPUT,
        "settings.request_id",
    ),
    (
        "ExchangeService/Import",
        r#"{"settings":{"requestId":"i1"}}"#,
        BAD,
        INPUT,
        "settings.format",
    ),
    (
        "ExchangeService/Import",
        r#"{"settings":{"requestId":"i1","format":2,"sourceName":"../x"}}"#,
        BAD,
        INPUT,
        "settings.source_name",
    ),
    (
        "ExchangeService/Import",
        r#"{"settings":{"requestId":"i1","format":2,"sourceName":"x"}}"#,
        BAD,
        INPUT,
        "settings.files",
    ),
    (
        "ExchangeService/Import",
        r#"{"settings":{"requestId":"i1","format":2,"sourceName":"x","files":[{"name":"../people.csv"}]}}"#,
        BAD,
        INPUT,
        "settings.files[0].name",
    ),
    (
        "ExchangeService/Import",
        r#"{"settings":{"requestId":"i1","format":2,"sourceName":"x","files":[{"name":"people.csv","sizeBytes":-1}]}}"#,
        BAD,
        INPUT,
        "settings.files[0].size_bytes",
    ),
    (
        "ExchangeService/Import",
        r#"{"settings":{"requestId":"i1","format":3,"sourceName":"x","files":[{"name":"a.ged","sizeBytes":1}]}}"#,
        BAD,
        INPUT,
        "settings.files[0].sha256",
    ),
    (
        "ExchangeService/GetImport",
        r#"{"requestId":"a/b"}"#,
        BAD,
        INPUT,
        "request_id",
    ),
    (
        "ExchangeService/GetImport",
        r#"{"requestId":"nothing"}"#,
        Code::NotFound,
        "NOT_FOUND",
        "",
    ),
    ("ExchangeService/Export", r#"{}"#, BAD, INPUT, "format"),
    (
        "ExchangeService/Export",
        r#"{"format":1,"people":["CHILD"]}"#,
        BAD,
        INPUT,
        "people",
    ),
    (
        "ExchangeService/Export",
        r#"{"format":3,"people":["people/none"]}"#,
        Code::NotFound,
        "NOT_FOUND",
        "",
    ),
    (
        "ExchangeService/Export",
        r#"{"format":4,"degree":13}"#,
        BAD,
        INPUT,
        "degree",
    ),
    (
        "ExchangeService/Export",
        r#"{"format":2,"asOf":"soon"}"#,
        BAD,
        INPUT,
        "as_of",
    ),
    (
        "ExchangeService/Export",
        r#"{"format":2,"resumeToken":"x"}"#,
        BAD,
        INPUT,
        "resume_token",
    ),
    (
        "OperationsService/StartVerify",
        r#"{}"#,
        BAD,
        INPUT,
        "request_id",
    ),
    (
        "OperationsService/StartBackup",
        r#"{"requestId":"b1","folder":"../x"}"#,
        BAD,
        INPUT,
        "folder",
    ),
    (
        "OperationsService/StartBackup",
        r#"{"requestId":"b1","folder":"x"}"#,
        BAD,
        INPUT,
        "folder",
    ),
    (
        "OperationsService/GetOperation",
        r#"{"name":"x"}"#,
        BAD,
        INPUT,
        "name",
    ),
    (
        "OperationsService/CancelOperation",
        r#"{"name":"operations/x"}"#,
        Code::NotFound,
        "NOT_FOUND",
        "",
    ),
    (
        "OperationsService/ListOperations",
        r#"{"pageSize":-1}"#,
        BAD,
        INPUT,
        "page_size",
    ),
    (
        "HouseholdService/ListHouseholds",
        r#"{"readMask":"nothing"}"#,
        BAD,
        INPUT,
        "read_mask",
    ),
    (
        "PlaceService/CreatePlace",
        r#"{"requestId":"p1","place":{}}"#,
        BAD,
        INPUT,
        "place.display_name",
    ),
    (
        "PlaceService/CreatePlace",
        r#"{"requestId":"p2","place":{"displayName":"x","centre":{"latitude":91}}}"#,
        BAD,
        INPUT,
        "place.centre.latitude",
    ),
    (
        "PlaceService/CreatePlace",
        r#"{"requestId":"p3","place":{"displayName":"x","centre":{"longitude":-181}}}"#,
        BAD,
        INPUT,
        "place.centre.longitude",
    ),
    (
        "PlaceService/UpdatePlace",
        r#"{"requestId":"p4","place":{"name":"places/none"},"updateMask":"region"}"#,
        Code::NotFound,
        "NOT_FOUND",
        "",
    ),
    (
        "FamilyFindingService/FindFamily",
        r#"{"child":"CHILD","readMask":"lead.nothing"}"#,
        BAD,
        INPUT,
        "read_mask",
    ),
    (
        "FamilyFindingService/FindFamily",
        r#"{"child":"CHILD","atLeastRevision":"9-9"}"#,
        Code::OutOfRange,
        "RELIST",
        "at_least_revision",
    ),
    (
        "FamilyFindingService/ListRelatives",
        r#"{"person":"CHILD","degree":2,"readMask":"nothing"}"#,
        BAD,
        INPUT,
        "read_mask",
    ),
    (
        "FamilyFindingService/NameRelationship",
        r#"{"a":"CHILD","b":"CHILD","atLeastRevision":"x"}"#,
        BAD,
        INPUT,
        "at_least_revision",
    ),
    (
        "PathwayService/ListPathways",
        r#"{"child":"CHILD"}"#,
        BAD,
        INPUT,
        "lead",
    ),
    (
        "PathwayService/ListPathways",
        r#"{"child":"CHILD","lead":"CHILD"}"#,
        BAD,
        INPUT,
        "lead",
    ),
    (
        "PathwayService/ListPathways",
        r#"{"child":"CHILD","lead":"people/00000000000000000000000001"}"#,
        Code::NotFound,
        "NOT_FOUND",
        "",
    ),
    (
        "PathwayService/ListPathways",
        r#"{"child":"CHILD","lead":"waitingFamilies/x"}"#,
        Code::NotFound,
        "NOT_FOUND",
        "",
    ),
    (
        "PathwayService/ListPathways",
        r#"{"child":"CHILD","lead":"CHILD","asOf":"soon"}"#,
        BAD,
        INPUT,
        "as_of",
    ),
    (
        "PathwayService/ListPathways",
        r#"{"child":"CHILD","lead":"CHILD","order":"nonsense"}"#,
        BAD,
        INPUT,
        "order",
    ),
    (
        "PathwayService/ListPathways",
        r#"{"child":"CHILD","lead":"CHILD","pageSize":-1}"#,
        BAD,
        INPUT,
        "page_size",
    ),
    (
        "PathwayService/ListPathways",
        r#"{"child":"CHILD","lead":"CHILD","pageToken":"abc"}"#,
        BAD,
        INPUT,
        "page_token",
    ),
    (
        "DueActionService/ListDueActions",
        r#"{}"#,
        BAD,
        INPUT,
        "case",
    ),
    (
        "DueActionService/ListDueActions",
        r#"{"case":"cases/x","worker":"D. Marsh"}"#,
        BAD,
        INPUT,
        "case",
    ),
    (
        "DueActionService/ListDueActions",
        r#"{"case":"cases/x"}"#,
        Code::NotFound,
        "NOT_FOUND",
        "",
    ),
    (
        "DueActionService/ListDueActions",
        r#"{"worker":"D. Marsh","asOf":"soon"}"#,
        BAD,
        INPUT,
        "as_of",
    ),
    (
        "DueActionService/ListDueActions",
        r#"{"worker":"D. Marsh","pageSize":-1}"#,
        BAD,
        INPUT,
        "page_size",
    ),
    (
        "DueActionService/ListDueActions",
        r#"{"worker":"D. Marsh","pageToken":"abc"}"#,
        BAD,
        INPUT,
        "page_token",
    ),
    (
        "CaseService/DeleteEverything",
        r#"{}"#,
        Code::Unimplemented,
        "UNKNOWN_METHOD",
        "",
    ),
];

/// Bytes as they are.
#[derive(Clone, Copy, Default)]
struct Raw;

impl Codec for Raw {
    type Encode = Vec<u8>;
    type Decode = Vec<u8>;
    type Encoder = Raw;
    type Decoder = Raw;

    fn encoder(&mut self) -> Raw {
        Raw
    }

    fn decoder(&mut self) -> Raw {
        Raw
    }
}

impl Encoder for Raw {
    type Item = Vec<u8>;
    type Error = Status;

    fn encode(&mut self, item: Vec<u8>, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put_slice(&item);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = Vec<u8>;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Vec<u8>>, Status> {
        Ok(Some(buffer.copy_to_bytes(buffer.remaining()).to_vec()))
    }
}

async fn call(channel: &Channel, method: &str, message: Vec<u8>) -> Result<Vec<u8>, Status> {
    let mut grpc = tonic::client::Grpc::new(channel.clone());
    grpc.ready().await.expect("ready");
    let path = format!("/kinpath.v1.{method}").parse().expect("a path");
    let answer = grpc.unary(Request::new(message), path, Raw).await;
    answer.map(tonic::Response::into_inner)
}

/// The request as bytes. A method that does not exist gets an empty one.
fn encoded(pool: &DescriptorPool, method: &str, json: &str) -> Vec<u8> {
    let (service, name) = method.split_once('/').expect("service and method");
    let service = pool.get_service_by_name(&format!("kinpath.v1.{service}"));
    let service = service.expect("a service");
    let Some(method) = service.methods().find(|method| method.name() == name) else {
        return Vec::new();
    };
    let mut reader = serde_json::Deserializer::from_str(json);
    let message = DynamicMessage::deserialize(method.input(), &mut reader);
    message
        .unwrap_or_else(|why| panic!("{json}: {why}"))
        .encode_to_vec()
}

#[test]
fn every_bad_call_is_told_what_is_wrong() {
    assert!(BAD_CALLS.len() >= 60, "{}", BAD_CALLS.len());
    let pool = DescriptorPool::decode(DESCRIPTORS).expect("descriptors");
    with_server(|channel| async move {
        let people = small_family(&channel).await;
        let child = people[0].summary.clone().expect("shown").name;
        for (method, json, code, reason, field) in BAD_CALLS {
            let json = json.replace("CHILD", &child);
            let result = call(&channel, method, encoded(&pool, method, &json)).await;
            let status = result.expect_err(&json);
            check(&status, *code, reason, field, &format!("{method} {json}"));
        }
    });
}

fn check(status: &Status, code: Code, reason: &str, field: &str, call: &str) {
    assert_eq!(status.code(), code, "{call}: {status:?}");
    let details = status.get_error_details_vec();
    let reasons: Vec<&str> = details
        .iter()
        .filter_map(|detail| match detail {
            ErrorDetail::ErrorInfo(info) => Some(info.reason.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(reasons, [reason], "{call}");
    if !field.is_empty() {
        let bad = status.get_details_bad_request().expect(call);
        assert_eq!(bad.field_violations[0].field, field, "{call}");
    }
    for raw in ["rotobuf", "decode", "h2", "tonic", "panicked", "src/"] {
        assert!(
            !status.message().contains(raw),
            "{call}: {}",
            status.message()
        );
    }
}

#[test]
fn bytes_that_are_no_message_are_refused_everywhere() {
    let pool = DescriptorPool::decode(DESCRIPTORS).expect("descriptors");
    with_server(|channel| async move {
        for service in pool.services() {
            for method in service.methods() {
                let path = format!("{}/{}", service.name(), method.name());
                // A field of bytes that says it is longer than the message.
                let status = call(&channel, &path, vec![0x0a, 0x7f, 1]).await;
                let status = status.expect_err(&path);
                check(&status, BAD, "MALFORMED_REQUEST", "", &path);
                let huge = vec![0u8; 100 << 10];
                let status = call(&channel, &path, huge).await.expect_err(&path);
                check(
                    &status,
                    Code::ResourceExhausted,
                    "REQUEST_TOO_LARGE",
                    "",
                    &path,
                );
            }
        }
        let status = call(&channel, "PersonService/GetPerson", Vec::from(GONE)).await;
        assert!(status.is_err());
    });
}
