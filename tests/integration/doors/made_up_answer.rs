//! A hand-made answer with one of everything that can stand in one. Nobody in it is real.

use kinpath::model::case::{AskedAbout, OutreachState, Purpose};
use kinpath::model::coverage::{Asked, Coverage, CoverageRow, NextQuestion};
use kinpath::model::ids::{NationId, PersonId, PublicId, Revision, WaitingFamilyId};
use kinpath::model::lead::{
    CitedWords, Excluded, FamilyAnswer, Lead, LeadStatus, LeadTarget, Line, NationLead, OrderUsed,
    OutreachBrief, PathStep, PersonSummary, Relation, Score, ScorePart, Sibship, TierAnswer,
};
use kinpath::model::nation::MembershipState;
use kinpath::model::partial_date::{Day, PartialDate};
use kinpath::model::person::Gender;
use kinpath::model::statement::{Certainty, Source};
use kinpath::model::tie::Side;

fn date(edtf: &str) -> Option<PartialDate> {
    Some(edtf.parse().expect("a date"))
}

fn person(number: u64, name: &str, gender: Gender, birth: Option<PartialDate>) -> PersonSummary {
    PersonSummary {
        id: PersonId(number),
        public_id: PublicId(u128::from(number)),
        name: name.to_owned(),
        named: true,
        gender,
        birth,
        dead: false,
        death: None,
        also_recorded_as: Vec::new(),
    }
}

fn step(words: &str, person: PersonSummary, source: Source) -> PathStep {
    PathStep {
        person,
        words: words.to_owned(),
        certainty: Certainty::Reported,
        from: None,
        to: None,
        source,
        link: None,
    }
}

fn file(page: &str) -> Source {
    Source {
        document: "file 2001-03".to_owned(),
        page: page.to_owned(),
        date: date("2001-03-12"),
        asserter: "school counsellor".to_owned(),
    }
}

fn mother() -> PersonSummary {
    person(2, "Mary Joseph", Gender::Female, date("1990"))
}

fn grandmother() -> PersonSummary {
    PersonSummary {
        dead: true,
        death: date("1998"),
        ..person(3, "Margaret Joseph", Gender::Female, date("1940~"))
    }
}

fn aunt() -> PersonSummary {
    person(4, "Rose Adams", Gender::Female, date("1985-11-03"))
}

/// The relation of the aunt to the child.
pub fn aunt_relation() -> Relation {
    Relation {
        words: "maternal aunt".to_owned(),
        term: "aunt".to_owned(),
        side: Side::Maternal,
        line: Line::Blood,
        sibship: Sibship::Full,
        up: 2,
        down: 1,
        civil_degree: 3,
        unions: 0,
        common_ancestors: vec![grandmother()],
        path: vec![
            step("mother", mother(), file("p. 1")),
            step("her mother", grandmother(), file("p. 4")),
            step("her daughter", aunt(), Source::default()),
        ],
        certainty: 0.72,
    }
}

fn aunt_lead() -> Lead {
    Lead {
        target: LeadTarget::Person(aunt()),
        rank: 1,
        relation: "maternal aunt".to_owned(),
        kinship: Some(aunt_relation()),
        path: Vec::new(),
        other_ways: vec!["godmother".to_owned()],
        score: Score {
            total: 6.5,
            parts: vec![
                ScorePart {
                    name: "closeness".to_owned(),
                    points: 7.0,
                    reason: "third degree".to_owned(),
                },
                ScorePart {
                    name: "reachability".to_owned(),
                    points: -0.5,
                    reason: "no telephone number or address".to_owned(),
                },
            ],
        },
        status: LeadStatus::NeedsReview,
        questions: vec!["has she met the child? Nobody recorded it".to_owned()],
        cautions: vec![
            "shares a household with a person who is barred: speak with your supervisor first"
                .to_owned(),
        ],
        outreach: vec![OutreachBrief {
            purpose: Purpose::Placement,
            state: OutreachState::NoReply,
            date: date("2026-09-01"),
            ask_again: date("2026-12"),
        }],
        screening: "needs screening".to_owned(),
        unknown: vec![
            "where she lives".to_owned(),
            "a way to reach her".to_owned(),
        ],
        also_recorded_as: Vec::new(),
        if_words: String::new(),
    }
}

fn teacher_lead() -> Lead {
    let teacher = person(5, "Alex Moreau", Gender::Unknown, None);
    Lead {
        target: LeadTarget::Person(teacher.clone()),
        rank: 1,
        relation: "former teacher".to_owned(),
        kinship: None,
        path: vec![step("former teacher", teacher, file("p. 9"))],
        other_ways: Vec::new(),
        score: Score::default(),
        status: LeadStatus::Open,
        questions: Vec::new(),
        cautions: Vec::new(),
        outreach: Vec::new(),
        screening: "cleared until 1 March 2027".to_owned(),
        unknown: vec!["date of birth".to_owned()],
        also_recorded_as: Vec::new(),
        if_words: String::new(),
    }
}

fn nation() -> NationLead {
    NationLead {
        id: NationId(9),
        public_id: PublicId(9),
        name: "Cedar Bay Nation".to_owned(),
        other_names: vec!["Cedar Bay Band".to_owned()],
        membership: MembershipState::Claimed,
        confirmed_by: String::new(),
        through: "mother".to_owned(),
        side: Side::Maternal,
        designated_representative: "Designated Representative, Cedar Bay Nation office".to_owned(),
        agencies: vec!["Coastal Child and Family Services".to_owned()],
        outreach: Vec::new(),
        questions: vec!["is the child a member, or entitled? Ask the nation".to_owned()],
    }
}

fn tier(number: u32, title: &str, leads: Vec<Lead>, empty_because: &str) -> TierAnswer {
    TierAnswer {
        number,
        title: title.to_owned(),
        citation: format!("Founding document 000, section {number}"),
        nations: Vec::new(),
        total: u32::try_from(leads.len()).expect("few"),
        leads,
        empty_because: empty_because.to_owned(),
    }
}

fn coverage() -> Coverage {
    let row = |side, about, expected, named, asked| CoverageRow {
        side,
        about,
        expected,
        named,
        unnamed: 0,
        asked,
    };
    Coverage {
        rows: vec![
            row(
                Side::Maternal,
                AskedAbout::Parents,
                Some(1),
                1,
                Asked::Answered,
            ),
            row(
                Side::Paternal,
                AskedAbout::Parents,
                Some(1),
                0,
                Asked::AskedOpen,
            ),
            row(
                Side::Maternal,
                AskedAbout::Grandparents,
                Some(2),
                1,
                Asked::Never,
            ),
            row(
                Side::Paternal,
                AskedAbout::Grandparents,
                Some(2),
                0,
                Asked::Never,
            ),
            CoverageRow {
                unnamed: 1,
                ..row(
                    Side::Maternal,
                    AskedAbout::AuntsAndUncles,
                    None,
                    2,
                    Asked::Answered,
                )
            },
            row(Side::Unknown, AskedAbout::Network, None, 1, Asked::Never),
        ],
        missing_from_notice: vec!["paternal grandparents".to_owned()],
        connections: 12,
        floor: 40,
        aim: 80,
        next_questions: vec![NextQuestion {
            question: "Nobody was asked about the mother's parents.".to_owned(),
            side: Side::Maternal,
            about: AskedAbout::Grandparents,
            ask: Some(PersonId(4)),
            whom: "Ask Rose Adams (maternal aunt).".to_owned(),
        }],
    }
}

/// The whole answer.
pub fn family_answer() -> FamilyAnswer {
    let first = TierAnswer {
        nations: vec![nation()],
        total: 3,
        ..tier(1, "Birth family and nation", vec![aunt_lead()], "")
    };
    FamilyAnswer {
        child: person(1, "Mia Joseph", Gender::Female, date("2015-03-12")),
        purpose: Purpose::Placement,
        as_of: Day::from_ymd(2026, 11, 21).expect("a day"),
        revision: Revision {
            epoch: 1,
            sequence: 42,
        },
        order: OrderUsed {
            id: "belonging-network".to_owned(),
            version: "1".to_owned(),
            title: "Belonging network".to_owned(),
            citation: "Founding document 000".to_owned(),
            because: "the default".to_owned(),
            earlier_tiers: "Earlier tiers are looked at first.".to_owned(),
            consider: vec![CitedWords {
                words: "Brothers and sisters together.".to_owned(),
                citation: "made up".to_owned(),
            }],
            document: Vec::new(),
            not_used: Vec::new(),
            notes: vec!["To be checked: all of it".to_owned()],
        },
        tiers: vec![
            first,
            tier(2, "The child's network", vec![teacher_lead()], ""),
            tier(
                3,
                "Approved waiting families",
                Vec::new(),
                "the legal status is not known: this tier needs a continuing custody order",
            ),
        ],
        excluded: vec![
            Excluded {
                target: LeadTarget::Person(grandmother()),
                tier: 1,
                relation: "maternal grandmother".to_owned(),
                rule: "died".to_owned(),
                reason: "died in 1998".to_owned(),
                connection: false,
                near_miss: false,
                would_admit: String::new(),
            },
            Excluded {
                target: LeadTarget::WaitingFamily {
                    id: WaitingFamilyId(7),
                    public_id: PublicId(7),
                    name: "The Lindqvists".to_owned(),
                },
                tier: 3,
                relation: "approved waiting family".to_owned(),
                rule: "on_hold".to_owned(),
                reason: "on hold".to_owned(),
                connection: false,
                near_miss: false,
                would_admit: String::new(),
            },
        ],
        excluded_total: 3,
        weights_version: String::new(),
        near_misses: Vec::new(),
        coverage: coverage(),
        contradictions: vec!["Ann Lee is recorded as her own ancestor".to_owned()],
        people_read: 31,
    }
}
