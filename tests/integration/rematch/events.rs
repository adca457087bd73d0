//! Random things that happen between two nights: everything that can change an answer, to people in and around the cases.

use kinpath::model::case::{
    AskedAbout, Case, Inquiry, InquiryAnswer, Outreach, OutreachState, OutreachTarget, Purpose,
};
use kinpath::model::ids::{CaseId, PersonId, Subject, SubjectKind, WaitingFamilyId};
use kinpath::model::partial_date::{Day, PartialDate};
use kinpath::model::person::{
    Caution, CautionKind, Contact, ContactKind, Death, Name, NameKind, Screening, ScreeningResult,
};
use kinpath::model::same_person::{Probability, SamePersonLink, Verdict};
use kinpath::model::statement::{Fact, Source, Statement};
use kinpath::model::tie::{
    LegalState, NetworkTie, ParentNature, ParentTie, Side, Union, UnionKind, UnionState,
};
use kinpath::model::visibility::Visibility;
use kinpath::model::waiting_family::WaitingFamily;
use kinpath::store::{StatementDraft, Store, Transaction};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Throws events. The same seed and store give the same.
pub struct Events {
    chance: ChaCha8Rng,
    cases: Vec<CaseId>,
    /// Children, and whoever is tied to them within some steps.
    people: Vec<PersonId>,
    families: Vec<WaitingFamilyId>,
}

const STEPS: usize = 3;

impl Events {
    pub fn new(store: &Store, seed: u64) -> Events {
        let snapshot = store.snapshot().expect("a snapshot");
        let all = Visibility::all();
        let cases = snapshot.all_cases().expect("cases");
        let read = snapshot.cases(&cases, &all).expect("cases");
        let mut people: Vec<PersonId> = read.iter().flatten().map(|(_, case)| case.child).collect();
        people.sort_unstable();
        people.dedup();
        for _ in 0..STEPS {
            let nodes = snapshot.nodes(&people, &all).expect("people");
            for node in nodes.iter().flatten() {
                people.extend(node.ties.iter().map(|tie| tie.other));
                people.extend(node.network.iter().map(|tie| tie.adult));
            }
            people.sort_unstable();
            people.dedup();
        }
        let families = snapshot.all_waiting_families(&all).expect("families");
        Events {
            chance: ChaCha8Rng::seed_from_u64(seed),
            cases,
            people,
            families: families.iter().map(|(id, _, _)| *id).collect(),
        }
    }

    /// So many events, each a commit of its own.
    pub fn happen(&mut self, store: &Store, events: usize, today: Day) {
        for _ in 0..events {
            self.one(store, today);
        }
    }

    fn one(&mut self, store: &Store, today: Day) {
        let mut transaction = Transaction::new("a tester", "event");
        let kind = self.chance.random_range(0..16);
        match kind {
            0 | 1 => self.new_relative(&mut transaction),
            2 => self.person_fact(
                &mut transaction,
                Fact::Death(Death {
                    dead: true,
                    date: Some(PartialDate::from_day(today)),
                    place: None,
                }),
            ),
            3 => {
                let (kind, valid_to) = (self.caution(), self.soon(today));
                let mut draft = draft(Fact::Caution(Caution {
                    kind,
                    note: String::new(),
                }));
                draft.valid_to = valid_to;
                transaction.add_statement(Subject::Person(self.person()), draft);
            }
            4 => {
                let contact = Fact::Contact(Contact {
                    kind: ContactKind::Phone,
                    value: "250-555-0100".to_owned(),
                });
                self.person_fact(&mut transaction, contact);
            }
            5 => {
                let screening = Fact::Screening(Screening {
                    kind: "home".to_owned(),
                    result: ScreeningResult::Cleared,
                    date: Some(PartialDate::from_day(today)),
                    expires: self.soon(today),
                });
                self.person_fact(&mut transaction, screening);
            }
            6 => self.network(&mut transaction),
            7 => self.couple(&mut transaction),
            8 | 9 => self.outreach(&mut transaction, today),
            10 => self.inquiry(&mut transaction, today),
            11 => self.case_changes(store, &mut transaction),
            12 => self.family_changes(store, &mut transaction, today),
            13 => self.same_person(&mut transaction),
            14 => self.birth(&mut transaction, today),
            _ => self.withdraw(store, &mut transaction),
        }
        if !transaction.statements.is_empty() {
            // What the store refuses did not happen.
            let _ = store.commit(transaction);
        }
    }

    fn person(&mut self) -> PersonId {
        self.people[self.chance.random_range(0..self.people.len())]
    }

    fn case(&mut self) -> CaseId {
        self.cases[self.chance.random_range(0..self.cases.len())]
    }

    fn soon(&mut self, today: Day) -> Option<PartialDate> {
        let days = self.chance.random_range(0..12);
        (days < 9).then(|| PartialDate::from_day(Day(today.0 + days)))
    }

    fn caution(&mut self) -> CautionKind {
        CautionKind::ALL[self.chance.random_range(0..CautionKind::ALL.len())]
    }

    fn person_fact(&mut self, transaction: &mut Transaction, fact: Fact) {
        transaction.add_statement(Subject::Person(self.person()), draft(fact));
    }

    fn new_relative(&mut self, transaction: &mut Transaction) {
        let new = transaction.add_subject(SubjectKind::Person, None);
        let Subject::Person(id) = new else {
            return;
        };
        let known = self.person();
        let number: u32 = self.chance.random_range(0..1_000_000);
        transaction.add_statement(
            new,
            draft(Fact::Name(Name {
                kind: NameKind::Legal,
                full: format!("New Person {number}"),
                given: String::new(),
                family: String::new(),
            })),
        );
        if self.chance.random_bool(0.5) {
            transaction.add_statement(Subject::Person(known), draft(parent(id)));
        } else {
            transaction.add_statement(new, draft(parent(known)));
        }
    }

    fn network(&mut self, transaction: &mut Transaction) {
        let (child, adult) = (self.person(), self.person());
        if child != adult {
            let tie = Fact::Network(NetworkTie {
                adult,
                role: "coach".to_owned(),
                paid: Some(false),
            });
            transaction.add_statement(Subject::Person(child), draft(tie));
        }
    }

    fn couple(&mut self, transaction: &mut Transaction) {
        let (one, partner) = (self.person(), self.person());
        if one != partner {
            let union = Fact::Union(Union {
                partner,
                kind: UnionKind::CommonLaw,
                state: UnionState::Current,
            });
            transaction.add_statement(Subject::Person(one), draft(union));
        }
    }

    fn outreach(&mut self, transaction: &mut Transaction, today: Day) {
        let state = OutreachState::ALL[self.chance.random_range(0..OutreachState::ALL.len())];
        let outreach = Fact::Outreach(Outreach {
            whom: OutreachTarget::Person(self.person()),
            purpose: Purpose::Placement,
            state,
            date: Some(PartialDate::from_day(today)),
            ask_again: self.soon(today),
            note: String::new(),
        });
        transaction.add_statement(Subject::Case(self.case()), draft(outreach));
    }

    fn inquiry(&mut self, transaction: &mut Transaction, today: Day) {
        let inquiry = Fact::Inquiry(Inquiry {
            asked: Some(self.person()),
            asked_name: String::new(),
            date: Some(PartialDate::from_day(today)),
            side: Side::Paternal,
            about: AskedAbout::All,
            answer: InquiryAnswer::NoneExist,
        });
        transaction.add_statement(Subject::Case(self.case()), draft(inquiry));
    }

    fn case_changes(&mut self, store: &Store, transaction: &mut Transaction) {
        let subject = Subject::Case(self.case());
        let Some(statement) = statement_of(store, subject, |fact| matches!(fact, Fact::Case(_)))
        else {
            return;
        };
        let Fact::Case(mut case) = statement.fact.clone() else {
            return;
        };
        let change: fn(&mut Case) = match self.chance.random_range(0..4) {
            0 => |case| case.active = !case.active,
            1 => |case| case.legal_status = "continuing_custody_order".to_owned(),
            2 => |case| case.legal_status = String::new(),
            _ => |case| case.placement_order = "us-icwa-foster".to_owned(),
        };
        change(&mut case);
        transaction.add_statement(subject, version(&statement, Fact::Case(case)));
    }

    fn family_changes(&mut self, store: &Store, transaction: &mut Transaction, today: Day) {
        if self.families.is_empty() {
            return;
        }
        let family = self.families[self.chance.random_range(0..self.families.len())];
        let subject = Subject::WaitingFamily(family);
        let is_profile = |fact: &Fact| matches!(fact, Fact::WaitingFamily(_));
        let Some(statement) = statement_of(store, subject, is_profile) else {
            return;
        };
        let Fact::WaitingFamily(mut profile) = statement.fact.clone() else {
            return;
        };
        profile.approval_expires = self.soon(today);
        let change: fn(&mut WaitingFamily) = match self.chance.random_range(0..3) {
            0 => |family| family.on_hold = family.on_hold.map(|hold| !hold),
            1 => |family| family.capacity = Some(3),
            _ => |_| {},
        };
        change(&mut profile);
        transaction.add_statement(subject, version(&statement, Fact::WaitingFamily(profile)));
    }

    fn same_person(&mut self, transaction: &mut Transaction) {
        let (one, other) = (self.person(), self.person());
        if one == other {
            return;
        }
        let verdict = Verdict::ALL[self.chance.random_range(0..Verdict::ALL.len())];
        let link = Fact::SamePerson(SamePersonLink {
            other,
            probability: Probability::new(0.97),
            verdict,
            reasons: Vec::new(),
            parameters: String::new(),
            verdict_reason: String::new(),
        });
        transaction.add_statement(Subject::Person(one), draft(link));
    }

    fn birth(&mut self, transaction: &mut Transaction, today: Day) {
        let years = self.chance.random_range(17..20);
        let born = Day(today.years_before(years).0 + self.chance.random_range(0..9));
        let birth = Fact::Birth {
            date: Some(PartialDate::from_day(born)),
            place: None,
        };
        self.person_fact(transaction, birth);
    }

    fn withdraw(&mut self, store: &Store, transaction: &mut Transaction) {
        let subject = Subject::Person(self.person());
        let which = self.chance.random_range(0..6_usize);
        let snapshot = store.snapshot().expect("a snapshot");
        let statements = snapshot.statements(subject, &Visibility::all(), None);
        let statements = statements.expect("statements");
        if let Some((_, statement)) = statements.get(which) {
            let mut draft = version(statement, statement.fact.clone());
            draft.retracted = true;
            transaction.add_statement(subject, draft);
        }
    }
}

fn draft(fact: Fact) -> StatementDraft {
    let source = Source {
        document: "file 9".to_owned(),
        ..Source::default()
    };
    StatementDraft::new(fact, source)
}

/// A new version of a statement.
fn version(statement: &Statement, fact: Fact) -> StatementDraft {
    let evidence = &statement.evidence;
    StatementDraft {
        id: Some(statement.id),
        valid_from: evidence.valid_from,
        valid_to: evidence.valid_to,
        certainty: evidence.certainty,
        seal: evidence.seal,
        steward: evidence.steward,
        ..draft(fact)
    }
}

fn parent(parent: PersonId) -> Fact {
    Fact::Parent(ParentTie {
        parent,
        nature: ParentNature::Birth,
        legal_state: LegalState::Unknown,
        legal_date: None,
        court: String::new(),
    })
}

fn statement_of(store: &Store, subject: Subject, is_it: fn(&Fact) -> bool) -> Option<Statement> {
    let snapshot = store.snapshot().expect("a snapshot");
    let statements = snapshot.statements(subject, &Visibility::all(), None);
    let mut statements = statements.expect("statements").into_iter();
    statements
        .find(|(_, statement)| is_it(&statement.fact))
        .map(|(_, statement)| statement)
}
