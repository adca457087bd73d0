//! What must hold of matching whatever children and families are like.

use kinpath::lookup::FamilyColumns;
use kinpath::model::ids::PlaceId;
use kinpath::model::partial_date::{Day, PartialDate, Truth};
use kinpath::model::person::Gender;
use kinpath::model::waiting_family::{Acceptance, ApprovalState, WaitingFamily};
use kinpath::placement::candidate::Distance;
use kinpath::placement::matching::{
    Bound, Change, ChildNeeds, FamilyMatch, Question, Surroundings, attributes,
};
use kinpath::placement::order::{Attribute, IndigenousStatus, KindOfPlacement, Situation, orders};
use proptest::prelude::*;

/// Categories that children need and families answer to.
const CATEGORIES: [&str; 18] = [
    "medical",
    "autism",
    "aggression",
    "trauma_training",
    "only_child",
    "pets",
    "no_pets",
    "no_smoking",
    "contact_parents",
    "near_home",
    "same_region",
    "language",
    "something_else",
    "experience",
    "town",
    "consents",
    "smoke_free",
    "licence",
];
/// What families answer to beside these.
const ANSWERED: [&str; 7] = [
    "girl",
    "boy",
    "adoption",
    "guardianship",
    "sibling_group",
    "match_in_progress",
    "smoking",
];
/// What stands for race, language, religion and culture.
const LIMITED: [&str; 5] = [
    "race",
    "ethnicity",
    "religion",
    "no_religion",
    "cultural_plan",
];
const LANGUAGES: [&str; 3] = ["Cree", "French", "English"];

fn today() -> Day {
    Day::from_ymd(2026, 11, 21).expect("a day")
}

fn children() -> impl Strategy<Value = Vec<ChildNeeds>> {
    let needs = proptest::collection::vec((0..CATEGORIES.len(), 0..4u8), 0..6);
    let child = (
        proptest::option::weighted(0.9, 0..20_i32 * 365),
        0..4usize,
        proptest::collection::vec(0..LANGUAGES.len(), 0..2),
        needs,
        0..3usize,
    );
    let child = child.prop_map(|(days, gender, languages, needs, goal)| {
        let genders = [Gender::Female, Gender::Male, Gender::Other, Gender::Unknown];
        ChildNeeds {
            name: "Sam".to_owned(),
            birth: days.map(|days| PartialDate::from_day(Day(today().0 - days))),
            gender: genders[gender],
            languages: languages
                .into_iter()
                .map(|at| LANGUAGES[at].to_owned())
                .collect(),
            needs: needs
                .into_iter()
                .map(|(at, level)| (CATEGORIES[at].to_owned(), level))
                .collect(),
            region: "Ohio".to_owned(),
            goals: vec![["adoption", "guardianship", ""][goal].to_owned()],
        }
    });
    let children = proptest::collection::vec(child, 1..4);
    children.prop_map(|mut children| {
        for (child, number) in children.iter_mut().zip(1..) {
            child.name = format!("Sam {number}");
        }
        children
    })
}

fn answers() -> impl Strategy<Value = Vec<(String, u8, Acceptance)>> {
    let all = CATEGORIES.len() + ANSWERED.len();
    let answer = (0..all, 0..4u8, 0..3usize).prop_map(|(at, level, answer)| {
        let category = CATEGORIES.iter().chain(&ANSWERED).nth(at).expect("one");
        let answers = [
            Acceptance::Accept,
            Acceptance::WouldConsider,
            Acceptance::Decline,
        ];
        ((*category).to_owned(), level, answers[answer])
    });
    proptest::collection::vec(answer, 0..12)
}

fn family() -> impl Strategy<Value = WaitingFamily> {
    let days = |from: i32, to: i32| {
        proptest::option::weighted(0.85, from..to)
            .prop_map(|days| days.map(|days| PartialDate::from_day(Day(today().0 + days))))
    };
    let age = || proptest::option::weighted(0.85, 0..19u8);
    (
        (
            proptest::option::weighted(0.9, 0..5usize),
            days(-900, 60),
            days(-200, 900),
            days(-700, 1),
        ),
        proptest::option::weighted(0.85, 0..5u8),
        (age(), age()),
        proptest::option::weighted(0.85, any::<bool>()),
        proptest::option::weighted(0.8, 1..6u64),
        proptest::collection::vec(0..LANGUAGES.len(), 0..2),
        answers(),
    )
        .prop_map(
            |(approval, capacity, ages, on_hold, place, languages, accepts)| {
                let (state, approved_on, approval_expires, last_confirmed) = approval;
                WaitingFamily {
                    name: "Alder family".to_owned(),
                    members: Vec::new(),
                    approval: state.map(|state| match state {
                        0 => ApprovalState::InStudy,
                        1 => ApprovalState::Withdrawn,
                        _ => ApprovalState::Approved,
                    }),
                    approved_on,
                    approval_expires,
                    capacity,
                    age_from: ages.0,
                    age_to: ages.1,
                    on_hold,
                    place: place.map(PlaceId),
                    languages: languages
                        .into_iter()
                        .map(|at| LANGUAGES[at].to_owned())
                        .collect(),
                    accepts,
                    last_confirmed,
                }
            },
        )
}

/// Place 1 is the child's own, 2 to 5 lie farther and farther, 5 somewhere unknown.
fn around(columns: &FamilyColumns) -> Surroundings {
    let places = columns.places.iter().map(|place| place.0);
    Surroundings {
        near: places
            .clone()
            .map(|place| match place {
                1 => Some((Distance::SamePlace, 0)),
                2 => Some((Distance::Within25, 0)),
                3 => Some((Distance::Within100, 0)),
                4 => Some((Distance::Farther, 0)),
                _ => None,
            })
            .collect(),
        matters: vec!["the child".to_owned()],
        in_region: places
            .map(|place| match place {
                1 | 2 => Truth::Yes,
                3 | 4 => Truth::No,
                _ => Truth::Unknown,
            })
            .collect(),
        ..Surroundings::default()
    }
}

fn explain(question: &Question, family: &WaitingFamily) -> FamilyMatch {
    let table = attributes().expect("a table");
    let columns = FamilyColumns::of(std::iter::once(family));
    let around = around(&columns);
    Bound::new(question, &columns, &around, table.freshness).explain(table, 0, family)
}

fn asked(children: &[ChildNeeds], uses: &dyn Fn(Attribute) -> bool) -> Question {
    let table = attributes().expect("a table");
    Question::new(table, children.to_vec(), today(), uses)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn numbers_and_words_are_of_one_rule(
        children in children(),
        families in proptest::collection::vec(family(), 1..8),
    ) {
        let table = attributes().expect("a table");
        let question = asked(&children, &|_| true);
        let columns = FamilyColumns::of(families.iter());
        let around = around(&columns);
        let bound = Bound::new(&question, &columns, &around, table.freshness);
        let positions: Vec<u32> = (0..families.len() as u32).collect();
        let (nos, briefs) = (bound.nos(), bound.briefs(&positions));
        let open: Vec<u32> = positions.iter().copied().filter(|&at| nos[at as usize] == 0).collect();
        prop_assert_eq!(bound.open(), open);
        for (family, position) in families.iter().zip(0_u32..) {
            let at = position as usize;
            let words = bound.explain(table, position, family);
            prop_assert_eq!(briefs[at], words.brief);
            prop_assert_eq!(briefs[at], bound.brief(position));
            prop_assert_eq!(usize::from(nos[at]), words.nos.len());
            prop_assert_eq!(usize::from(words.brief.reviews), words.questions.len());
            let points: f64 = words.parts.iter().map(|part| part.points).sum();
            prop_assert!((points - words.brief.score).abs() < 1e-9);
            prop_assert!((0.0..=100.0 + 1e-9).contains(&words.brief.score));
            prop_assert!((0.0..=1.0 + 1e-9).contains(&words.brief.completeness));
            // Alone in the columns a family is judged as among others.
            let alone = explain(&question, family);
            prop_assert_eq!(&alone.nos, &words.nos);
            prop_assert_eq!(&alone.parts, &words.parts);
            for no in &words.nos {
                prop_assert!(!no.words.is_empty() && !no.changes.is_empty() && no.steps > 0);
            }
        }
    }

    #[test]
    fn an_answer_less_is_never_a_better_family(
        children in children(),
        family in family(),
        which in any::<prop::sample::Index>(),
    ) {
        let question = asked(&children, &|_| true);
        let whole = explain(&question, &family);
        prop_assume!(!family.accepts.is_empty());
        let mut less = family.clone();
        let dropped = less.accepts.remove(which.index(family.accepts.len()));
        let found = explain(&question, &less);
        // Forgetting a refusal may leave a kinder answer of the same family standing; forgetting a yes never helps.
        if dropped.2 != Acceptance::Decline {
            prop_assert!(found.brief.score <= whole.brief.score + 1e-9);
            prop_assert!(found.brief.completeness <= whole.brief.completeness + 1e-9 || !whole.nos.is_empty());
        }
        let empty = WaitingFamily {
            accepts: Vec::new(), languages: Vec::new(), capacity: None, age_from: None, age_to: None, on_hold: None,
            place: None, approval: None, approved_on: None, approval_expires: None, last_confirmed: None, ..family
        };
        prop_assert!(explain(&question, &empty).brief.score <= whole.brief.score + 1e-9);
    }
}

/// The child's side of a change, or the surroundings', where it is not the family's profile that changes.
fn admitted(children: &[ChildNeeds], family: &WaitingFamily, changes: &[Change]) -> bool {
    let (mut children, mut family) = (children.to_vec(), family.clone());
    for change in changes {
        match change {
            Change::ChildConsents(name) => {
                for child in children.iter_mut().filter(|child| child.name == *name) {
                    for need in &mut child.needs {
                        if need.0 == "consents" {
                            need.1 = 1;
                        }
                    }
                }
            }
            Change::Nearer | Change::SameRegion => family.place = Some(PlaceId(2)),
            _ => assert!(change.apply(&mut family), "{change:?}"),
        }
    }
    explain(&asked(&children, &|_| true), &family)
        .nos
        .is_empty()
}

/// The next smaller change of the same kind, where there is one.
fn smaller(change: &Change) -> Option<Change> {
    match change {
        Change::MoreRoom(more) if *more > 1 => Some(Change::MoreRoom(more - 1)),
        Change::AgeTo(age) if *age > 0 => Some(Change::AgeTo(age - 1)),
        Change::AgeFrom(age) => Some(Change::AgeFrom(age + 1)),
        Change::ApprovalBeyond(day) => Some(Change::ApprovalBeyond(Day(day.0 - 1))),
        Change::Approved(day) => Some(Change::Approved(Day(day.0 + 1))),
        Change::Consider {
            category,
            title,
            level,
        } if *level > 0 => Some(Change::Consider {
            category: category.clone(),
            title: title.clone(),
            level: level - 1,
        }),
        _ => None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn the_cheapest_change_admits_and_nothing_cheaper_does(children in children(), family in family()) {
        let found = explain(&asked(&children, &|_| true), &family);
        let changes: Vec<Change> = found.changes().cloned().collect();
        prop_assert!(admitted(&children, &family, &changes), "{:?}", changes);
        for (at, change) in changes.iter().enumerate() {
            let mut fewer = changes.clone();
            fewer.remove(at);
            // A move does for both: nearness and region.
            let is_move = |change: &Change| matches!(change, Change::Nearer | Change::SameRegion);
            if !(is_move(change) && fewer.iter().any(is_move)) {
                prop_assert!(!admitted(&children, &family, &fewer), "without {:?}", change);
            }
            if let Some(smaller) = smaller(change) {
                fewer.insert(at, smaller.clone());
                prop_assert!(!admitted(&children, &family, &fewer), "by {:?}", smaller);
            }
        }
    }
}

/// Orders that may not look at language, religion or nation unless the child may be Indigenous.
const ORDERS: [&str; 5] = [
    "us-title-iv-e",
    "us-california",
    "us-washington",
    "connecticut-dcf",
    "everychild-support-family",
];

/// Everything that such an order forbids, of a child and a family.
type Coloured = (
    Vec<usize>,
    Vec<usize>,
    Vec<(usize, u8)>,
    Vec<(usize, u8, bool)>,
);

fn coloured() -> impl Strategy<Value = Coloured> {
    (
        proptest::collection::vec(0..LANGUAGES.len(), 0..3),
        proptest::collection::vec(0..LANGUAGES.len(), 0..3),
        proptest::collection::vec((0..LIMITED.len(), 0..4u8), 0..4),
        proptest::collection::vec((0..LIMITED.len(), 1..4u8, any::<bool>()), 0..4),
    )
}

/// The same child and family with other colours, of what may not be looked at.
fn colour(
    children: &[ChildNeeds],
    family: &WaitingFamily,
    with: &Coloured,
    uses: &dyn Fn(Attribute) -> bool,
) -> (Vec<ChildNeeds>, WaitingFamily) {
    let words = |of: &[usize]| of.iter().map(|&at| LANGUAGES[at].to_owned()).collect();
    let forbidden = |category: &str| match category {
        "religion" | "no_religion" => !uses(Attribute::Religion),
        "cultural_plan" => !uses(Attribute::Nation),
        _ => true,
    };
    let (mut children, mut family) = (children.to_vec(), family.clone());
    for child in &mut children {
        child.languages = words(&with.0);
        let more = with.2.iter().map(|&(at, level)| (LIMITED[at], level));
        let more = more.filter(|(category, _)| forbidden(category));
        let more = more.map(|(category, level)| (category.to_owned(), level));
        child.needs.extend(more);
    }
    family.languages = words(&with.1);
    for &(at, level, accepts) in with.3.iter().filter(|(at, ..)| forbidden(LIMITED[*at])) {
        let answer = match accepts {
            true => Acceptance::Accept,
            false => Acceptance::Decline,
        };
        family.accepts.push((LIMITED[at].to_owned(), level, answer));
    }
    (children, family)
}

proptest! {
    // 10,000 pairs under each of the five orders.
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn what_an_order_forbids_changes_no_match(
        children in children(),
        family in family(),
        one in coloured(),
        other in coloured(),
    ) {
        let orders = orders().expect("orders");
        let situation = Situation {
            named_by_case: "",
            region: "Ohio",
            indigenous: IndigenousStatus::No,
            kind: KindOfPlacement::Adoption,
        };
        // A language that the child needs may be looked at: that is another question.
        let mut children = children;
        for child in &mut children {
            child.needs.retain(|(category, _)| category != "language");
        }
        for id in ORDERS {
            let chosen = orders.choose(Some(id), &situation).expect("an order");
            let uses = |attribute: Attribute| chosen.uses(attribute, &children[0].needs);
            prop_assert!(!uses(Attribute::Race) && !uses(Attribute::Language), "{} forbids nothing", id);
            let [one, other] = [&one, &other].map(|with| {
                let (children, family) = colour(&children, &family, with, &uses);
                explain(&asked(&children, &uses), &family)
            });
            prop_assert_eq!(&one, &other, "{}", id);
        }
    }
}

/// The test above can fail: where these things may be looked at, they change the match.
#[test]
fn what_may_be_looked_at_changes_matches() {
    let child = ChildNeeds {
        languages: vec!["Cree".to_owned()],
        needs: vec![("cultural_plan".to_owned(), 3), ("religion".to_owned(), 2)],
        ..ChildNeeds::default()
    };
    let family = WaitingFamily {
        name: "Alder family".to_owned(),
        members: Vec::new(),
        approval: Some(ApprovalState::Approved),
        approved_on: None,
        approval_expires: None,
        capacity: None,
        age_from: None,
        age_to: None,
        on_hold: None,
        place: None,
        languages: vec!["Cree".to_owned()],
        accepts: vec![("cultural_plan".to_owned(), 1, Acceptance::Decline)],
        last_confirmed: None,
    };
    let told =
        |family: &WaitingFamily| explain(&asked(std::slice::from_ref(&child), &|_| true), family);
    let silent = WaitingFamily {
        languages: Vec::new(),
        accepts: Vec::new(),
        ..family.clone()
    };
    let (found, silent) = (told(&family), told(&silent));
    assert_eq!(found.nos.len(), 1);
    assert!(silent.nos.is_empty() && silent.brief.score < found.brief.score);
}
