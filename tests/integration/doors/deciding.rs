//! Records that may be of one person, through the live server: proposed, decided, seen as one, taken back.

use super::live::with_server;
use super::writing::{named, said, small_family};
use kinpath::api::v1;
use kinpath::api::v1::fact::Said;
use tonic::Code;
use tonic::transport::Channel;

type People = v1::person_service_client::PersonServiceClient<Channel>;
type SamePeople = v1::same_person_service_client::SamePersonServiceClient<Channel>;
type Statements = v1::statement_service_client::StatementServiceClient<Channel>;

fn id(number: u32) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}

async fn second_record(channel: &Channel) -> String {
    let phone = said(Said::Contact(v1::Contact {
        kind: v1::ContactKind::Phone.into(),
        value: "250-555-0101".to_owned(),
    }));
    let request = v1::CreatePersonRequest {
        person: Some(v1::NewPerson {
            statements: vec![named("Marie Leigh"), phone],
            ..v1::NewPerson::default()
        }),
        request_id: id(100),
        ..v1::CreatePersonRequest::default()
    };
    let made = People::new(channel.clone()).create_person(request).await;
    let made = made.expect("all is well").into_inner();
    made.person
        .and_then(|made| made.summary)
        .expect("shown")
        .name
}

fn decision(
    one: &str,
    other: &str,
    verdict: v1::Verdict,
    number: u32,
) -> v1::DecideSamePersonRequest {
    v1::DecideSamePersonRequest {
        one: one.to_owned(),
        other: other.to_owned(),
        verdict: verdict.into(),
        reason: "her sister says so".to_owned(),
        request_id: id(number),
        ..v1::DecideSamePersonRequest::default()
    }
}

async fn person(channel: &Channel, name: &str) -> v1::Person {
    let request = v1::GetPersonRequest {
        name: name.to_owned(),
        ..v1::GetPersonRequest::default()
    };
    let shown = People::new(channel.clone()).get_person(request).await;
    shown.expect("recorded").into_inner().person.expect("shown")
}

#[test]
fn two_records_are_proposed_joined_and_parted() {
    with_server(|channel| async move {
        let people = small_family(&channel).await;
        let mother = people[1].summary.clone().expect("shown").name;
        let second = second_record(&channel).await;
        let mut links = SamePeople::new(channel.clone());
        let proposal = v1::ProposeSamePersonRequest {
            one: second.clone(),
            other: mother.clone(),
            reason: "the neighbour thinks so".to_owned(),
            request_id: id(101),
            ..v1::ProposeSamePersonRequest::default()
        };
        let proposed = links.propose_same_person(proposal.clone()).await;
        let proposed = proposed.expect("nothing stands against it").into_inner();
        let again = links.propose_same_person(proposal.clone()).await;
        assert_eq!(again.expect("the same answer").into_inner(), proposed);
        let twice = v1::ProposeSamePersonRequest {
            one: mother.clone(),
            other: second.clone(),
            request_id: id(102),
            ..proposal
        };
        let twice = links.propose_same_person(twice).await;
        assert_eq!(
            twice.expect_err("one link a pair").code(),
            Code::AlreadyExists
        );
        let listed = links
            .list_same_person_links(v1::ListSamePersonLinksRequest::default())
            .await;
        let listed = listed.expect("a list").into_inner().links;
        assert_eq!(listed.len(), 1);
        assert_eq!(listed[0].verdict, i32::from(v1::Verdict::Undecided));
        assert_eq!(
            person(&channel, &mother)
                .await
                .summary
                .expect("shown")
                .also_recorded_as,
            []
        );

        let same = decision(&mother, &second, v1::Verdict::Same, 103);
        let decided = links
            .decide_same_person(same.clone())
            .await
            .expect("well")
            .into_inner();
        let link = decided.link.clone().expect("shown");
        assert_eq!(link.verdict_reason, "her sister says so");
        assert_eq!(
            Some(&link.reasons),
            proposed.link.as_ref().map(|link| &link.reasons)
        );
        let joined = person(&channel, &mother).await;
        let summary = joined.summary.clone().expect("shown");
        assert_eq!(summary.also_recorded_as.len(), 1);
        let names: Vec<&str> = joined
            .statements
            .iter()
            .filter(|statement| statement.kind == "name")
            .map(|statement| statement.words.as_str())
            .collect();
        assert_eq!(names.len(), 2, "{names:?}");
        assert!(
            joined.statements.iter().any(|statement| {
                statement.subject == second && statement.words == "250-555-0101"
            })
        );
        let search = v1::SearchPeopleRequest {
            query: "Mar".to_owned(),
            ..v1::SearchPeopleRequest::default()
        };
        let found = People::new(channel.clone())
            .search_people(search.clone())
            .await;
        assert_eq!(found.expect("found").into_inner().people.len(), 1);

        let of_mother = v1::ListSamePersonLinksRequest {
            person: mother.clone(),
            ..v1::ListSamePersonLinksRequest::default()
        };
        let of_mother = links.list_same_person_links(of_mother).await;
        let of_mother = of_mother.expect("a list").into_inner().links;
        assert_eq!(of_mother, [link]);

        let stale = v1::DecideSamePersonRequest {
            etag: proposed.link.expect("shown").etag,
            ..decision(&mother, &second, v1::Verdict::Different, 104)
        };
        let stale = links.decide_same_person(stale).await;
        assert_eq!(stale.expect_err("decided since").code(), Code::Aborted);
        let back = decision(&second, &mother, v1::Verdict::Different, 105);
        let back = links
            .decide_same_person(back)
            .await
            .expect("well")
            .into_inner();
        // The answer to the earlier request stays what it was.
        let replayed = links
            .decide_same_person(same)
            .await
            .expect("replayed")
            .into_inner();
        assert_eq!(replayed, decided);
        let found = People::new(channel.clone()).search_people(search).await;
        assert_eq!(found.expect("found").into_inner().people.len(), 2);
        assert_eq!(
            person(&channel, &mother)
                .await
                .summary
                .expect("shown")
                .also_recorded_as,
            []
        );

        let history = v1::ListStatementVersionsRequest {
            name: back.link.expect("shown").statement,
            ..v1::ListStatementVersionsRequest::default()
        };
        let history = Statements::new(channel.clone())
            .list_statement_versions(history)
            .await;
        let verdicts: Vec<i32> = history
            .expect("kept")
            .into_inner()
            .versions
            .into_iter()
            .filter_map(|version| match version.fact?.said? {
                Said::SamePerson(link) => Some(link.verdict),
                _ => None,
            })
            .collect();
        let expected = [
            v1::Verdict::Undecided,
            v1::Verdict::Same,
            v1::Verdict::Different,
        ];
        assert_eq!(verdicts, expected.map(i32::from));
    });
}

#[test]
fn what_cannot_be_one_person_is_refused() {
    with_server(|channel| async move {
        let people = small_family(&channel).await;
        let names: Vec<String> = people
            .iter()
            .map(|person| person.summary.clone().expect("shown").name)
            .collect();
        let mut links = SamePeople::new(channel.clone());
        let own_mother = decision(&names[0], &names[1], v1::Verdict::Same, 200);
        let refused = links
            .decide_same_person(own_mother)
            .await
            .expect_err("her own mother");
        assert_eq!(refused.code(), Code::InvalidArgument);
        assert!(
            refused.message().contains("own ancestor"),
            "{}",
            refused.message()
        );
        let trial = v1::DecideSamePersonRequest {
            validate_only: true,
            ..decision(&names[1], &names[2], v1::Verdict::Same, 201)
        };
        let tried = links
            .decide_same_person(trial)
            .await
            .expect("nothing against it");
        assert_eq!(tried.into_inner(), v1::DecideSamePersonResponse::default());
        let listed = links
            .list_same_person_links(v1::ListSamePersonLinksRequest::default())
            .await;
        assert_eq!(listed.expect("a list").into_inner().links, []);
    });
}
