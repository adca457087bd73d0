//! What must hold of learning and linking as a whole.

use super::words::mixed;
use super::{
    Field, FieldKind, Groups, Judged, Link, Parameters, Plan, Quality, Table, WordParts,
    frequencies, learn, link, person_fields, prepare, quality, shipped,
};

const GIVEN: [&str; 24] = [
    "margaret",
    "walter",
    "agnes",
    "joseph",
    "cecilia",
    "leonard",
    "dorothy",
    "raymond",
    "theresa",
    "clarence",
    "beatrice",
    "norman",
    "florence",
    "gilbert",
    "harriet",
    "edmund",
    "rosalie",
    "victor",
    "eleanor",
    "stanley",
    "matilda",
    "oscar",
    "priscilla",
    "herbert",
];
const SYLLABLES: [&str; 16] = [
    "bra", "mon", "kel", "dor", "san", "wic", "tre", "fal", "gor", "lin", "pes", "rud", "hov",
    "zan", "mur", "cot",
];

/// Chance from a number.
fn dice(number: u64, sides: u64) -> usize {
    (mixed(number) % sides) as usize
}

/// Each person's fields: given, family, birth, place, sex; then whose they are.
fn people(count: u64) -> Vec<([String; 5], u64)> {
    let mut records = Vec::new();
    for person in 0..count {
        let chance = |what: u64, sides: u64| dice(person * 97 + what, sides);
        let family = (0..3)
            .map(|part| SYLLABLES[chance(10 + part, 16)])
            .collect::<String>();
        let born = format!(
            "{:04}-{:02}-{:02}",
            1900 + chance(1, 90),
            1 + chance(2, 12),
            1 + chance(3, 28)
        );
        let place = format!(
            "{}{}",
            SYLLABLES[chance(4, 16)],
            ["ton", "ford", "ham"][chance(5, 3)]
        );
        let given = chance(6, 24);
        let sex = if given % 2 == 0 { "f" } else { "m" };
        let first = [GIVEN[given].to_owned(), family, born, place, sex.to_owned()];
        if chance(7, 2) == 0 {
            let mut second = first.clone();
            match chance(8, 5) {
                0 => second[1].truncate(second[1].len() - 1),
                1 => second[2].clear(),
                2 => second.swap(0, 1),
                3 => second[0].truncate(1),
                _ => second[3].clear(),
            }
            records.push((second, person));
        }
        records.push((first, person));
    }
    records
}

fn table_of(records: &[([String; 5], u64)]) -> Table {
    let kinds = [
        FieldKind::Given,
        FieldKind::Family,
        FieldKind::Birth,
        FieldKind::Place,
        FieldKind::Sex,
    ];
    let mut table = Table::new(kinds.into_iter().map(Field::of).collect());
    for (fields, _) in records {
        let values: Vec<(usize, &str)> = fields.iter().map(String::as_str).enumerate().collect();
        table.push(0, &values);
    }
    table.settle();
    table
}

const PLAN: Plan = Plan {
    chosen: 2000,
    within: 200_000,
    random: 100_000,
    candidates: 100.0,
};

fn linked(table: &Table, parameters: &Parameters) -> Vec<Link> {
    let groups = Groups::of(table, &parameters.templates, &WordParts::of(&table.names));
    link(table, &groups, &parameters.model(table), 0.01).links
}

fn measured(records: &[([String; 5], u64)]) -> (Quality, Parameters) {
    let mut table = table_of(records);
    let parameters = learn(&mut table, PLAN, "a test").expect("it is learnt");
    let whose = |place: u32| records[table.came[place as usize] as usize].1;
    let mut judged: Vec<Judged> = linked(&table, &parameters)
        .iter()
        .map(|link| Judged {
            probability: link.probability(),
            is_match: whose(link.a) == whose(link.b),
        })
        .collect();
    let pairs = records.len() as u64 - records.iter().map(|record| record.1).max().unwrap_or(0) - 1;
    (quality(&mut judged, pairs), parameters)
}

#[test]
fn learning_without_labels_finds_the_second_records() {
    let records = people(3000);
    let (quality, parameters) = measured(&records);
    assert!(quality.best.f1 > 0.97, "{:?}", quality.best);
    let half = quality
        .by_threshold
        .iter()
        .find(|at| at.threshold == 0.5)
        .expect("the threshold");
    assert!(half.f1 > 0.96, "{half:?}");
    let expected = parameters.matches_per_record * records.len() as f64;
    let pairs = (records.len() - 3000) as f64;
    assert!((expected - pairs).abs() < 0.1 * pairs, "{expected} {pairs}");
}

#[test]
fn the_order_of_records_and_the_number_of_threads_change_nothing() {
    let records = people(600);
    let mut turned = records.clone();
    turned.reverse();
    let run = |records: &[([String; 5], u64)], threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .expect("threads");
        pool.install(|| {
            let mut table = table_of(records);
            let parameters = learn(&mut table, PLAN, "a test").expect("it is learnt");
            let links = linked(&table, &parameters);
            (parameters, links)
        })
    };
    let once = run(&records, 1);
    assert_eq!(once, run(&records, 3));
    assert_eq!(once, run(&turned, 2));
}

#[test]
fn what_is_not_known_is_no_evidence() {
    let (_, parameters) = measured(&people(1500));
    for learnt in &parameters.comparisons {
        let unknown = learnt.levels[0];
        assert_eq!(
            (unknown.weight(), unknown.relatives_weight()),
            (0.0, 0.0),
            "{:?}",
            learnt.comparison
        );
    }
    let nobody = [
        String::new(),
        String::new(),
        String::new(),
        String::new(),
        String::new(),
    ];
    let mut table = table_of(&[(nobody.clone(), 0), (nobody, 1)]);
    prepare(&mut table, &parameters);
    let model = parameters.model(&table);
    let (_, odds) = model.compare(&table, 0, 1, -1e9).expect("compared");
    let beforehand = model.prior[0] - (1.0 + model.prior[1].exp2()).log2();
    assert!((odds - beforehand).abs() < 1e-9);
}

#[test]
fn saved_parameters_give_the_same_links() {
    let records = people(800);
    let mut table = table_of(&records);
    let mut parameters = learn(&mut table, PLAN, "a test").expect("it is learnt");
    parameters.frequencies = frequencies(&table, 1);
    let text = parameters.to_toml().expect("written");
    let read = Parameters::from_toml(&text).expect("read");
    assert_eq!(read.fields, parameters.fields);
    let mut again = table_of(&records);
    prepare(&mut again, &read);
    assert_eq!(
        linked(&again, &read).len(),
        linked(&table, &parameters).len()
    );
    assert!(Parameters::from_toml(&text.replacen("version = 1", "version = 9", 1)).is_err());
}

#[test]
fn who_is_not_concerned_is_compared_only_with_the_concerned() {
    let parameters = shipped().expect("parameters");
    let pairs = |concerned: Vec<bool>| {
        let mut table = Table::new(person_fields());
        for _ in 0..3 {
            table.push(0, &[(0, "margaret"), (1, "sandorlin"), (2, "1961-03-12")]);
        }
        table.settle();
        table.concerned = concerned;
        prepare(&mut table, parameters);
        let parts = WordParts::of(&table.names);
        let groups = Groups::of(&table, &parameters.templates, &parts);
        let linked = link(&table, &groups, &parameters.model(&table), 1e-6);
        (linked.compared, linked.links.len())
    };
    assert_eq!(pairs(Vec::new()), (3, 3));
    assert_eq!(pairs(vec![false, true, false]), (2, 2));
    assert_eq!(pairs(vec![false; 3]), (0, 0));
}
