//! Writing and reading through the live server: people, ties, cases, corrections, repeats, pages.

use super::live::with_server;
use kinpath::api::v1;
use kinpath::api::v1::fact::Said;
use pbjson_types::FieldMask;
use tonic::transport::Channel;
use tonic::{Code, Status};
use tonic_types::StatusExt;

type People = v1::person_service_client::PersonServiceClient<Channel>;
type Statements = v1::statement_service_client::StatementServiceClient<Channel>;
type Cases = v1::case_service_client::CaseServiceClient<Channel>;

fn id(number: u32) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}

pub fn said(said: Said) -> v1::Statement {
    v1::Statement {
        fact: Some(v1::Fact { said: Some(said) }),
        ..v1::Statement::default()
    }
}

pub fn named(full: &str) -> v1::Statement {
    said(Said::PersonName(v1::PersonName {
        full: full.to_owned(),
        ..v1::PersonName::default()
    }))
}

fn new_person(local_id: &str, statements: Vec<v1::Statement>) -> v1::NewPerson {
    v1::NewPerson {
        local_id: local_id.to_owned(),
        statements,
        ..v1::NewPerson::default()
    }
}

fn mask(paths: &[&str]) -> Option<FieldMask> {
    Some(FieldMask {
        paths: paths.iter().map(|path| (*path).to_owned()).collect(),
    })
}

/// A child, their mother and teacher, in one step.
pub async fn small_family(channel: &Channel) -> Vec<v1::Person> {
    let mother = said(Said::Parent(v1::ParentTie {
        parent: "new/mother".to_owned(),
        nature: v1::ParentNature::Birth.into(),
        ..v1::ParentTie::default()
    }));
    let teacher = said(Said::Network(v1::NetworkTie {
        adult: "new/teacher".to_owned(),
        role: "teacher".to_owned(),
        paid: None,
    }));
    let birth = said(Said::Birth(v1::Birth {
        date: Some(v1::PartialDate {
            edtf: "2015-03".to_owned(),
            ..v1::PartialDate::default()
        }),
        place: "Smithers".to_owned(),
    }));
    let request = v1::BatchCreatePeopleRequest {
        people: vec![
            new_person("", vec![named("Ann Lee"), birth, mother, teacher]),
            new_person("mother", vec![named("Mary Lee")]),
            new_person("teacher", vec![named("Tom Hall")]),
        ],
        request_id: id(1),
        validate_only: false,
    };
    let mut people = People::new(channel.clone());
    let made = people.batch_create_people(request.clone()).await;
    let made = made.expect("all is well").into_inner();
    let again = people.batch_create_people(request).await;
    assert_eq!(again.expect("the same answer").into_inner(), made);
    made.people
}

fn name_of(person: &v1::Person) -> String {
    person.summary.clone().expect("a summary").name
}

fn reason(status: &Status) -> String {
    status.get_details_error_info().expect("one reason").reason
}

#[test]
fn people_are_recorded_together_with_their_ties() {
    with_server(|channel| async move {
        let people = small_family(&channel).await;
        let (child, mother) = (name_of(&people[0]), name_of(&people[1]));
        let mut families =
            v1::family_finding_service_client::FamilyFindingServiceClient::new(channel.clone());
        let relation = families
            .name_relationship(v1::NameRelationshipRequest {
                a: child.clone(),
                b: mother.clone(),
                ..v1::NameRelationshipRequest::default()
            })
            .await
            .expect("both are recorded")
            .into_inner();
        assert!(relation.relations[0].words.contains("parent"));

        let mut statements = Statements::new(channel.clone());
        let ties = v1::ListTiesRequest {
            parent: mother,
            ..v1::ListTiesRequest::default()
        };
        let ties = statements.list_ties(ties).await.expect("ties").into_inner();
        assert_eq!(ties.ties.len(), 1);
        assert_eq!(ties.ties[0].subject, child);

        let birth = people[0].statements.iter().find(|one| one.kind == "birth");
        let Some(Said::Birth(birth)) = birth
            .and_then(|one| one.fact.clone())
            .and_then(|fact| fact.said)
        else {
            panic!("no birth");
        };
        assert_eq!(birth.place, "Smithers");
    });
}

#[test]
fn a_correction_keeps_history_and_a_stale_one_is_aborted() {
    with_server(|channel| async move {
        let people = small_family(&channel).await;
        let name = people[1].statements[0].clone();
        let mut statements = Statements::new(channel.clone());
        let mut changed = name.clone();
        changed.fact = named("Mary Lee-Adams").fact;
        let update = v1::UpdateStatementRequest {
            statement: Some(changed),
            update_mask: mask(&["fact.person_name.full"]),
            request_id: id(2),
            validate_only: false,
        };
        let corrected = statements.update_statement(update.clone()).await;
        let corrected = corrected.expect("it is fresh").into_inner();
        let shown = corrected.statement.clone().expect("the new version");
        assert_eq!(shown.words, "Mary Lee-Adams (used)");
        assert_ne!(shown.etag, name.etag);
        let again = statements.update_statement(update.clone()).await;
        assert_eq!(again.expect("a repeat").into_inner(), corrected);

        let stale = v1::UpdateStatementRequest {
            request_id: id(3),
            ..update.clone()
        };
        let stale = statements.update_statement(stale).await;
        let stale = stale.expect_err("it was changed");
        assert_eq!(
            (stale.code(), reason(&stale).as_str()),
            (Code::Aborted, "CHANGED_SINCE_READ")
        );
        let reused = v1::UpdateStatementRequest {
            update_mask: mask(&["certainty"]),
            ..update
        };
        let reused = statements.update_statement(reused).await;
        let reused = reused.expect_err("the id stands for another request");
        assert_eq!(reason(&reused), "REQUEST_ID_REUSED");

        let versions = v1::ListStatementVersionsRequest {
            name: name.name.clone(),
            ..v1::ListStatementVersionsRequest::default()
        };
        let versions = statements.list_statement_versions(versions).await;
        assert_eq!(versions.expect("history").into_inner().versions.len(), 2);

        let retract = v1::RetractStatementRequest {
            name: name.name,
            etag: shown.etag,
            request_id: id(4),
            validate_only: false,
        };
        let retracted = statements.retract_statement(retract).await;
        let retracted = retracted.expect("it is fresh").into_inner();
        assert!(retracted.statement.expect("the last version").retracted);
        let mut people_service = People::new(channel);
        let person = v1::GetPersonRequest {
            name: name_of(&people[1]),
            at_least_revision: retracted.revision,
            ..v1::GetPersonRequest::default()
        };
        let person = people_service.get_person(person).await;
        let person = person.expect("still there").into_inner();
        let person = person.person.expect("a person");
        assert!(person.statements.iter().all(|one| one.kind != "name"));
    });
}

#[test]
fn a_trial_records_nothing() {
    with_server(|channel| async move {
        let mut people = People::new(channel);
        let request = v1::CreatePersonRequest {
            person: Some(new_person("", vec![named("Zoe Tester")])),
            validate_only: true,
            ..v1::CreatePersonRequest::default()
        };
        let answer = people.create_person(request).await.expect("it would do");
        assert_eq!(answer.into_inner(), v1::CreatePersonResponse::default());
        let search = v1::SearchPeopleRequest {
            query: "zoe".to_owned(),
            ..v1::SearchPeopleRequest::default()
        };
        let found = people.search_people(search).await.expect("a list");
        assert!(found.into_inner().people.is_empty());
    });
}

#[test]
fn cases_are_kept_paged_and_changed() {
    with_server(|channel| async move {
        let people = small_family(&channel).await;
        let child = name_of(&people[0]);
        let mut cases = Cases::new(channel);
        for number in 0..5 {
            let request = v1::CreateCaseRequest {
                case: Some(v1::Case {
                    child: child.clone(),
                    region: format!("region {number}"),
                    needs: vec![v1::Need {
                        category: "medical".to_owned(),
                        level: 2,
                    }],
                    ..v1::Case::default()
                }),
                request_id: id(10 + number),
                ..v1::CreateCaseRequest::default()
            };
            cases.create_case(request).await.expect("a good case");
        }
        let mut seen = Vec::new();
        let mut token = String::new();
        loop {
            let request = v1::ListCasesRequest {
                page_size: 2,
                page_token: token,
                ..v1::ListCasesRequest::default()
            };
            let page = cases
                .list_cases(request)
                .await
                .expect("a page")
                .into_inner();
            seen.extend(page.cases);
            token = page.next_page_token;
            if token.is_empty() {
                break;
            }
        }
        assert_eq!(seen.len(), 5);
        let update = v1::UpdateCaseRequest {
            case: Some(v1::Case {
                name: seen[3].name.clone(),
                etag: seen[3].etag.clone(),
                closed: true,
                ..v1::Case::default()
            }),
            update_mask: mask(&["closed"]),
            request_id: id(20),
            validate_only: false,
        };
        let changed = cases.update_case(update).await.expect("fresh").into_inner();
        let changed = changed.case.expect("the case");
        assert!(changed.closed && changed.region == "region 3");
        let open = v1::ListCasesRequest {
            read_mask: mask(&["name"]),
            ..v1::ListCasesRequest::default()
        };
        let open = cases.list_cases(open).await.expect("a page").into_inner();
        assert_eq!(open.cases.len(), 4);
        assert!(open.cases.iter().all(|case| case.region.is_empty()));
    });
}

#[test]
fn nations_families_and_households_are_kept() {
    with_server(|channel| async move {
        let mut nations = v1::nation_service_client::NationServiceClient::new(channel.clone());
        let request = v1::CreateNationRequest {
            nation: Some(v1::Nation {
                display_name: "Gitxsan".to_owned(),
                other_names: vec!["Gitksan".to_owned()],
                ..v1::Nation::default()
            }),
            request_id: id(1),
            ..v1::CreateNationRequest::default()
        };
        let nation = nations.create_nation(request).await.expect("a nation");
        let nation = nation.into_inner().nation.expect("it is shown");
        let list = v1::ListNationsRequest {
            named: "gitksan".to_owned(),
            ..v1::ListNationsRequest::default()
        };
        let found = nations
            .list_nations(list)
            .await
            .expect("a list")
            .into_inner();
        assert_eq!(found.nations, vec![nation]);

        let mut families =
            v1::waiting_family_service_client::WaitingFamilyServiceClient::new(channel.clone());
        let request = v1::CreateWaitingFamilyRequest {
            waiting_family: Some(v1::WaitingFamily {
                display_name: "The Halls".to_owned(),
                place: "Smithers".to_owned(),
                age_from: Some(3),
                ..v1::WaitingFamily::default()
            }),
            external_id: "agency:F1".to_owned(),
            request_id: id(2),
            validate_only: false,
        };
        let family = families.create_waiting_family(request.clone()).await;
        let family = family.expect("a family").into_inner();
        assert_eq!(family.waiting_family.expect("shown").place, "Smithers");
        let twice = v1::CreateWaitingFamilyRequest {
            request_id: id(3),
            ..request
        };
        let twice = families.create_waiting_family(twice).await;
        assert_eq!(twice.expect_err("in use").code(), Code::AlreadyExists);

        let mut households = v1::household_service_client::HouseholdServiceClient::new(channel);
        let request = v1::CreateHouseholdRequest {
            household: Some(v1::Household {
                display_name: "Alder Street".to_owned(),
                ..v1::Household::default()
            }),
            request_id: id(4),
            ..v1::CreateHouseholdRequest::default()
        };
        let household = households.create_household(request).await.expect("made");
        let household = household.into_inner().household.expect("it is shown");
        let get = v1::GetHouseholdRequest {
            name: household.name.clone(),
            ..v1::GetHouseholdRequest::default()
        };
        let got = households.get_household(get).await.expect("there");
        assert_eq!(got.into_inner().household, Some(household));
    });
}

#[test]
fn screenings_inquiries_and_outreach_are_statements() {
    with_server(|channel| async move {
        let people = small_family(&channel).await;
        let mut cases = Cases::new(channel.clone());
        let request = v1::CreateCaseRequest {
            case: Some(v1::Case {
                child: name_of(&people[0]),
                ..v1::Case::default()
            }),
            request_id: id(5),
            ..v1::CreateCaseRequest::default()
        };
        let case = cases
            .create_case(request)
            .await
            .expect("a case")
            .into_inner();
        let case = case.case.expect("shown").name;
        let mut statements = Statements::new(channel);
        let request = v1::BatchCreateStatementsRequest {
            parent: case.clone(),
            statements: vec![
                said(Said::Inquiry(v1::Inquiry {
                    asked: name_of(&people[1]),
                    about: v1::AskedAbout::Grandparents.into(),
                    answer: v1::InquiryAnswer::Refused.into(),
                    ..v1::Inquiry::default()
                })),
                said(Said::Outreach(v1::Outreach {
                    whom: name_of(&people[1]),
                    state: v1::OutreachState::Contacted.into(),
                    ..v1::Outreach::default()
                })),
            ],
            request_id: id(6),
            validate_only: false,
        };
        let made = statements.batch_create_statements(request).await;
        assert_eq!(made.expect("both").into_inner().statements.len(), 2);
        let list = v1::ListStatementsRequest {
            parent: case,
            kinds: vec!["inquiry".to_owned()],
            ..v1::ListStatementsRequest::default()
        };
        let listed = statements.list_statements(list).await.expect("a list");
        assert_eq!(listed.into_inner().statements.len(), 1);
        let screening = v1::CreateStatementRequest {
            parent: name_of(&people[1]),
            statement: Some(said(Said::Screening(v1::Screening {
                kind: "home visit".to_owned(),
                result: v1::ScreeningResult::Cleared.into(),
                ..v1::Screening::default()
            }))),
            request_id: id(7),
            validate_only: false,
        };
        let screened = statements.create_statement(screening).await;
        assert_eq!(
            screened
                .expect("a screening")
                .into_inner()
                .statement
                .expect("shown")
                .kind,
            "screening"
        );
    });
}
