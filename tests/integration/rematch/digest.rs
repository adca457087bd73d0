//! What a worker with 15 children reads in the morning after a night with three events.

use super::{FIRST_NIGHT, bring, run};
use kinpath::access::Permit;
use kinpath::model::case::{Outreach, OutreachState, OutreachTarget, Purpose};
use kinpath::model::ids::{CaseId, PersonId, Subject};
use kinpath::model::partial_date::{Day, PartialDate};
use kinpath::model::person::{Caution, CautionKind, Gender};
use kinpath::model::statement::{Certainty, Fact, Source};
use kinpath::model::tie::Side;
use kinpath::model::visibility::Visibility;
use kinpath::sample::{CommunityPlan, generate};
use kinpath::store::{StatementDraft, Store, StoreOptions, Transaction};
use kinpath::workflow::{RecordConnection, record_connection};
use std::fs;
use std::path::Path;
use std::process::Command;

const WORKER: &str = "D. Marsh";
const CHILDREN: usize = 15;

/// A community in which the first 15 open cases are this worker's.
fn fill(store: &Store, folder: &Path) {
    let plan = CommunityPlan {
        people: 2_000,
        seed: 7,
    };
    generate(plan, folder, &mut |_| {}).expect("a community");
    let file = folder.join("cases.csv");
    let text = fs::read_to_string(&file).expect("cases");
    let mut given = 0;
    let rows = text.lines().enumerate().map(|(number, row)| {
        let mut cells: Vec<&str> = row.split(',').collect();
        let place = |name: &str| {
            let first = text.lines().next().unwrap_or_default();
            first.split(',').position(|column| column == name)
        };
        let (worker, active) = (place("worker"), place("active"));
        let is_open = active.and_then(|at| cells.get(at).copied()) == Some("yes");
        if number > 0
            && is_open
            && let Some(cell) = worker.and_then(|at| cells.get_mut(at))
        {
            given += 1;
            *cell = if given <= CHILDREN { WORKER } else { "P. Osei" };
        }
        cells.join(",")
    });
    let rows: Vec<String> = rows.collect();
    fs::write(&file, rows.join("\n") + "\n").expect("written");
    bring(store, folder);
}

fn report(data: &Path, format: &[&str]) -> (bool, String) {
    let told = Command::new(env!("CARGO_BIN_EXE_kinpath"))
        .arg("--data")
        .arg(data)
        .args(["rematch", "report", "--worker", WORKER])
        .args(format)
        .output()
        .expect("it runs");
    let both = [told.stdout, told.stderr].concat();
    (
        told.status.success(),
        String::from_utf8(both).expect("text"),
    )
}

fn child_of(store: &Store, case: CaseId) -> PersonId {
    let snapshot = store.snapshot().expect("a snapshot");
    let cases = snapshot.cases(&[case], &Visibility::all()).expect("cases");
    let case = cases.into_iter().flatten().next();
    case.expect("a case").1.child
}

/// The person of this id in the files.
fn known_as(store: &Store, id: &str) -> PersonId {
    let snapshot = store.snapshot().expect("a snapshot");
    let people = snapshot
        .numbers()
        .map(|number| Subject::Person(PersonId(number)));
    let people: Vec<Subject> = people.collect();
    let ids = snapshot.identities(&people).expect("ids");
    let found = people.into_iter().zip(ids).find(|(_, ids)| {
        let mut known = ids.iter().flat_map(|ids| &ids.external_ids);
        known.any(|known| known.to_string().contains(id))
    });
    found.map_or_else(
        || panic!("no {id}"),
        |(subject, _)| PersonId(subject.number()),
    )
}

fn say(store: &Store, subject: Subject, fact: Fact) {
    let source = Source {
        document: "file 2019-114".to_owned(),
        page: "p. 40".to_owned(),
        ..Source::default()
    };
    let mut transaction = Transaction::new(WORKER, "test");
    transaction.add_statement(subject, StatementDraft::new(fact, source));
    store.commit(transaction).expect("committed");
}

/// A newly told aunt of a child; the great-aunt of another says yes; an uncle of hers must be cleared first.
fn three_events(store: &Store, today: Day) {
    let cases = store.snapshot().expect("one").all_cases().expect("cases");
    let aunt = RecordConnection {
        child: child_of(store, cases[CHILDREN - 1]),
        relation: "aunt".to_owned(),
        side: Side::Maternal,
        name: "June Reed".to_owned(),
        gender: Gender::Female,
        birth: None,
        dead: None,
        place: String::new(),
        nation: String::new(),
        phone: "250-555-0177".to_owned(),
        email: String::new(),
        note: String::new(),
        certainty: Certainty::Reported,
        source: Source {
            document: "telephone call".to_owned(),
            ..Source::default()
        },
        choice: String::new(),
        request_id: String::new(),
        validate_only: false,
        today,
    };
    record_connection(store, &Permit::local_operator(), &aunt).expect("recorded");
    let answer = Fact::Outreach(Outreach {
        whom: OutreachTarget::Person(known_as(store, "story-1-great-aunt-theresa")),
        purpose: Purpose::Placement,
        state: OutreachState::Willing,
        date: Some(PartialDate::from_day(today)),
        ask_again: None,
        note: String::new(),
    });
    say(store, Subject::Case(cases[0]), answer);
    let caution = Fact::Caution(Caution {
        kind: CautionKind::SupervisorFirst,
        note: "open matter".to_owned(),
    });
    let uncle = known_as(store, "story-1-uncle-darryl");
    say(store, Subject::Person(uncle), caution);
}

#[test]
fn the_morning_after_three_events() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    {
        let store = Store::create(&data, &StoreOptions::default()).expect("a store");
        fill(&store, &folder.path().join("sample"));
    }
    let (is_well, words) = report(&data, &[]);
    assert!(!is_well, "{words}");
    assert!(
        words.contains("no night has run yet: run one with `kinpath rematch run`"),
        "{words}"
    );
    {
        let store = Store::open(&data, &StoreOptions::default()).expect("it opens");
        run(&store, FIRST_NIGHT);
        three_events(&store, FIRST_NIGHT);
        run(&store, Day(FIRST_NIGHT.0 + 1));
    }
    let (is_well, text) = report(&data, &[]);
    println!("{text}");
    assert!(is_well, "{text}");
    let at = |words: &str| {
        let found = text.find(words);
        found.unwrap_or_else(|| panic!("\"{words}\" is missing:\n{text}"))
    };
    at("15 children with an open case");
    // The aunt who can be called comes before those who are only known to exist, and is said to be recorded.
    let aunt = at("New lead: June Reed, maternal aunt");
    assert!(aunt < at("DUE NOW"), "{text}");
    assert!(!text.contains("name unknown is the"), "{text}");
    if let Some(unnamed) = text.find("not yet named:") {
        assert!(aunt < unnamed, "{text}");
    }
    at("was recorded as birth parent of June Reed (telephone call)");
    at("Vane");
    at("caution: supervisor first");
    let (_, html) = report(&data, &["--html"]);
    assert!(
        html.contains("June Reed") && html.ends_with("</html>\n"),
        "{html}"
    );
    let (_, csv) = report(&data, &["--csv"]);
    assert!(
        csv.lines().count() > 3 && csv.contains("June Reed"),
        "{csv}"
    );
}
