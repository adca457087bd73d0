//! Learns a model from a table, without labels: draws a pool of pairs, estimates, learns which words stand for one
//! another, estimates again, and keeps the keys that find the most for their cost.

use super::comparison::{Comparison, comparisons};
use super::estimation::{Estimate, NotLearnt, learn as estimate};
use super::keys::{Template, WordParts, templates};
use super::name_levels::{Likeness, likeness};
use super::parameters::{Equivalents, Frequencies, Learnt, Model, Parameters, VERSION};
use super::pool::Pool;
use super::table::{Field, FieldKind, NameWord, Role, Table};
use super::words::{WordId, Words, pair_key};
use rustc_hash::{FxHashMap, FxHashSet};

/// How much is drawn and kept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plan {
    /// Records of which all candidates are drawn.
    pub chosen: usize,
    /// Records among which these are looked for.
    pub within: usize,
    /// Random pairs.
    pub random: usize,
    /// Candidates to be compared in the end, for each record.
    pub candidates: f64,
}

impl Default for Plan {
    fn default() -> Plan {
        Plan {
            chosen: 4000,
            within: 300_000,
            random: 1_000_000,
            candidates: 120.0,
        }
    }
}

/// Learns from a settled table; also weighs its words and equates those that stand for one another.
pub fn learn(table: &mut Table, plan: Plan, provenance: &str) -> Result<Parameters, NotLearnt> {
    weigh_by_own_counts(table);
    // Matches are rarer in large tables: more is drawn, up to what learning may cost.
    let plan = Plan {
        chosen: plan.chosen.max((table.len() / 80).min(8_000)),
        ..plan
    };
    let comparisons = comparisons(&table.fields);
    let own = own_to_a_person(&comparisons, &table.fields);
    let mut all_templates = templates(&table.fields);
    // In large tables a key that very many share finds too little for its pairs.
    let most = (MOST_SHARING * (LARGE / table.len().max(1) as f64).sqrt()).min(MOST_SHARING);
    for template in &mut all_templates {
        template.most = template.most.min(most as u32);
    }
    let parts = WordParts::of(&table.names);
    let mut pool = Pool::draw(
        table,
        &all_templates,
        &parts,
        plan.chosen,
        plan.within,
        plan.random,
    );
    pool.compare(table, &comparisons);
    let first = estimate(
        &comparisons,
        &own,
        &pool.patterns,
        &pool.counts(),
        table.len(),
        pool.random_weight,
    )?;
    let equivalents = learn_equivalents(table, &pool, &model_of(&comparisons, &first));
    equate(table, &equivalents);
    pool.compare_equated(table, &comparisons);
    let learnt = estimate(
        &comparisons,
        &own,
        &pool.patterns,
        &pool.counts(),
        table.len(),
        pool.random_weight,
    )?;
    let model = model_of(&comparisons, &learnt);
    let templates = choose_templates(table, &pool, &model, &all_templates, plan);
    Ok(Parameters {
        version: VERSION,
        edition: String::new(),
        provenance: provenance.to_owned(),
        records: table.len() as u64,
        uncounted: 1,
        matches_per_record: learnt.matches / table.len().max(1) as f64,
        relatives_per_record: learnt.relatives / table.len().max(1) as f64,
        outside: learnt.outside,
        fields: table.fields.clone(),
        templates,
        scales: Vec::new(),
        comparisons: learnt_of(&comparisons, &learnt),
        equivalents,
        frequencies: Vec::new(),
    })
}

/// Which comparisons are of what is a person's own: relatives agree in them no more than strangers do.
fn own_to_a_person(comparisons: &[Comparison], fields: &[Field]) -> Vec<bool> {
    let is_own = |comparison: &Comparison| match comparison {
        Comparison::Given | Comparison::Date(_) | Comparison::Sex(_) => true,
        Comparison::Code(field) => fields[*field].kind == FieldKind::Identifier,
        Comparison::Names
        | Comparison::Family
        | Comparison::Locality { .. }
        | Comparison::Text(_) => false,
    };
    comparisons.iter().map(is_own).collect()
}

fn learnt_of(comparisons: &[Comparison], estimate: &Estimate) -> Vec<Learnt> {
    let chances = comparisons.iter().zip(&estimate.chances);
    chances
        .map(|(comparison, levels)| Learnt {
            comparison: *comparison,
            levels: levels.clone(),
        })
        .collect()
}

fn model_of(comparisons: &[Comparison], estimate: &Estimate) -> Model {
    Model::new(
        &learnt_of(comparisons, estimate),
        estimate.matches,
        estimate.relatives,
        estimate.pairs,
    )
}

/// Counts in how many records each word stands, and weighs words by that.
pub fn weigh_by_own_counts(table: &mut Table) {
    let records = table.len() as u64;
    for_own_counts(table, |words, counts| {
        words.weigh(records, |_, id| counts[id as usize]);
    });
}

/// Lets names tell no more than they do among these records: where few families make a community, a name that is rare
/// in the country is borne by many. Two records of one name say nothing of it, as they may be one person's.
pub fn temper_by_own_counts(table: &mut Table) {
    let records = table.len() as u64;
    for_own_counts(table, |words, counts| {
        words.temper(records, |id| counts[id as usize].saturating_sub(2));
    });
}

/// In how many of some records each word stands, kept to temper other tables by.
#[derive(Clone, Debug, Default)]
pub struct OwnCounts {
    records: u64,
    /// Names first, then texts by field.
    of_words: Vec<FxHashMap<Box<str>, u64>>,
}

impl OwnCounts {
    /// Words in three records or more; rarer ones temper nothing.
    pub fn of(table: &mut Table) -> OwnCounts {
        let mut of_words = Vec::new();
        for_own_counts(table, |words, counts| {
            let ids = (0..words.len() as WordId).filter(|id| counts[*id as usize] > 2);
            of_words.push(
                ids.map(|id| (words.text(id).into(), counts[id as usize]))
                    .collect(),
            );
        });
        OwnCounts {
            records: table.len() as u64,
            of_words,
        }
    }

    /// Does to a table of the same fields what [`temper_by_own_counts`] would if it held those records too.
    pub fn temper(&self, table: &mut Table) {
        let mut kinds = self.of_words.iter();
        for_own_counts(table, |words, _| {
            let Some(known) = kinds.next() else {
                return;
            };
            let count = |text: &str| known.get(text).copied().unwrap_or(0);
            let counts: Vec<u64> = (0..words.len() as WordId)
                .map(|id| count(words.text(id)).saturating_sub(2))
                .collect();
            words.temper(self.records, |id| counts[id as usize]);
        });
    }
}

fn for_own_counts(table: &mut Table, mut each: impl FnMut(&mut Words, &[u64])) {
    let records = table.len();
    let mut counts = vec![0_u64; table.names.len()];
    for record in 0..records {
        let mut last = WordId::MAX;
        for word in table.name_rows.row(record) {
            if word.word() != last {
                last = word.word();
                counts[last as usize] += 1;
            }
        }
    }
    each(&mut table.names, &counts);
    for place in 0..table.fields.len() {
        let kind = table.fields[place].kind;
        if kind.is_name() || kind.is_date() {
            continue;
        }
        let mut counts = vec![0_u64; table.texts[place].words.len()];
        for record in 0..records {
            for word in table.texts[place].rows.row(record) {
                counts[*word as usize] += 1;
            }
        }
        each(&mut table.texts[place].words, &counts);
    }
}

/// The counts of a table's words, for the artefact; words met in fewer than `least` records are left out.
pub fn frequencies(table: &Table, least: u64) -> Vec<Frequencies> {
    let of = |field: Option<usize>, words: &Words| {
        let count = |id: WordId| ((table.len() as f32) / words.bits(id).exp2()).round() as u64;
        let counts = (0..words.len() as WordId).map(|id| (words.text(id).to_owned(), count(id)));
        Frequencies {
            field,
            counts: counts.filter(|(_, count)| *count >= least).collect(),
        }
    };
    let mut found = vec![of(None, &table.names)];
    for (place, field) in table.fields.iter().enumerate() {
        if !field.kind.is_name() && !field.kind.is_date() {
            found.push(of(Some(place), &table.texts[place].words));
        }
    }
    found
}

/// Takes words for one another in the table.
pub fn equate(table: &mut Table, equivalents: &[Equivalents]) {
    for equivalents in equivalents {
        let words = match equivalents.field {
            None => &mut table.names,
            Some(field) => &mut table.texts[field].words,
        };
        for (one, other) in &equivalents.pairs {
            if let (Some(one), Some(other)) = (words.find(one), words.find(other)) {
                words.equate(one, other);
            }
        }
    }
}

/// Pairs of at least this probability teach which words stand for one another.
const CONFIDENT: f64 = 0.98;
/// In the candidates of so many records at least must two words meet…
const MEETINGS: u32 = 3;
/// …and so many times as often as by chance.
const LIFT: f64 = 8.0;

fn learn_equivalents(table: &Table, pool: &Pool, model: &Model) -> Vec<Equivalents> {
    let mut found = Vec::new();
    let likely: Vec<bool> = pool
        .patterns
        .iter()
        .map(|pattern| model.probability(pattern) >= CONFIDENT)
        .collect();
    let pairs: Vec<(usize, usize)> = pool
        .pairs
        .iter()
        .filter(|pair| likely[pair.pattern as usize])
        .map(|pair| (pair.a as usize, pair.b as usize))
        .collect();
    let names = Meetings::count(&pairs, |a, b, meet| {
        let (one, other) = (table.name_rows.row(a), table.name_rows.row(b));
        for first in lone_words(one, other) {
            for second in lone_words(other, one) {
                meet(first, second);
            }
        }
    });
    let unlike = |a: WordId, b: WordId| likeness(&table.names, a, b) > Likeness::Close;
    found.push(Equivalents {
        field: None,
        pairs: names.equivalents(&table.names, unlike),
    });
    for comparison in &model.comparisons {
        let field = match comparison {
            Comparison::Text(field) => *field,
            Comparison::Locality {
                place: Some(field), ..
            } => *field,
            _ => continue,
        };
        let rows = &table.texts[field].rows;
        let texts = Meetings::count(&pairs, |a, b, meet| {
            for first in rows.row(a) {
                for second in rows.row(b) {
                    meet(*first, *second);
                }
            }
        });
        let pairs = texts.equivalents(&table.texts[field].words, |_, _| true);
        found.push(Equivalents {
            field: Some(field),
            pairs,
        });
    }
    found.retain(|equivalents| !equivalents.pairs.is_empty());
    found
}

/// Words of a name that the other does not have; family names as such are left out, as they change with marriage.
fn lone_words<'a>(row: &'a [NameWord], other: &'a [NameWord]) -> impl Iterator<Item = WordId> + 'a {
    row.iter()
        .filter(|word| word.role() != Role::Family)
        .filter(move |word| !other.iter().any(|other| other.word() == word.word()))
        .map(|word| word.word())
}

/// How often values meet on pairs of one person.
#[derive(Default)]
struct Meetings {
    pairs: f64,
    single: FxHashMap<WordId, f64>,
    /// Times, and the number of different records.
    both: FxHashMap<u64, (f64, u32, u32)>,
}

impl Meetings {
    fn count(
        pairs: &[(usize, usize)],
        each: impl Fn(usize, usize, &mut dyn FnMut(WordId, WordId)),
    ) -> Meetings {
        let mut meetings = Meetings::default();
        for (a, b) in pairs {
            meetings.pairs += 1.0;
            let mut own: Vec<(WordId, WordId)> = Vec::new();
            each(*a, *b, &mut |one, other| own.push((one, other)));
            let mut singles = FxHashSet::default();
            for (one, other) in own {
                singles.insert(one);
                singles.insert(other);
                if one != other {
                    let met =
                        meetings
                            .both
                            .entry(pair_key(one, other))
                            .or_insert((0.0, 0, u32::MAX));
                    met.0 += 1.0;
                    if met.2 != *a as u32 {
                        met.1 += 1;
                        met.2 = *a as u32;
                    }
                }
            }
            for single in singles {
                *meetings.single.entry(single).or_default() += 1.0;
            }
        }
        meetings
    }

    fn equivalents(
        &self,
        words: &Words,
        wanted: impl Fn(WordId, WordId) -> bool,
    ) -> Vec<(String, String)> {
        let mut found = Vec::new();
        for (pair, (times, records, _)) in &self.both {
            let (one, other) = ((pair >> 32) as WordId, *pair as WordId);
            let by_chance = self.single[&one] * self.single[&other] / self.pairs.max(1.0);
            if *records >= MEETINGS && *times >= LIFT * by_chance && wanted(one, other) {
                let (one, other) = (words.text(one), words.text(other));
                found.push((one.min(other).to_owned(), one.max(other).to_owned()));
            }
        }
        found.sort();
        found
    }
}

/// A template stays as long as of so many new pairs one is expected to be a match.
const WORTH: f64 = 1.0 / 3000.0;
/// In tables of more records than this a template must find more for its cost, in proportion.
const LARGE: f64 = 100_000.0;
/// Up to this size, a key may be shared by so many records.
const MOST_SHARING: f64 = 400.0;
/// What making and sorting a key costs, in pairs compared.
const KEY_COST: f64 = 0.1;
/// And it must find so much of all matches that no other found.
const LEAST_GAIN: f64 = 0.00008;

/// Keeps, one after the other, the template that finds the most new matches for the pairs it adds.
fn choose_templates(
    table: &Table,
    pool: &Pool,
    model: &Model,
    all: &[Template],
    plan: Plan,
) -> Vec<Template> {
    let probabilities: Vec<f64> = pool
        .patterns
        .iter()
        .map(|pattern| model.probability(pattern))
        .collect();
    // Small tables can afford more for each record.
    let budget = (plan.candidates * table.len() as f64).max(3e6);
    let rare = (table.len() as f64 / LARGE).clamp(1.0, 10.0);
    // Pairs found by the same templates are one.
    let mut sets: FxHashMap<u128, (f64, f64)> = FxHashMap::default();
    for pair in &pool.pairs {
        let set = sets.entry(pair.found_by).or_default();
        set.0 += pool.weight;
        set.1 += pool.weight * probabilities[pair.pattern as usize];
    }
    let mut sets: Vec<(u128, f64, f64)> = sets
        .into_iter()
        .map(|(set, (pairs, matches))| (set, pairs, matches))
        .collect();
    sets.sort_unstable_by_key(|set| set.0);
    let total: f64 = sets.iter().map(|set| set.2).sum();
    let mut chosen = Vec::new();
    let mut spent = 0.0;
    while chosen.len() < MOST_CHOSEN {
        let mut best: Option<(usize, f64, f64, f64)> = None;
        for number in 0..all.len() {
            let (mut pairs, mut matches) = (0.0, 0.0);
            for (_, own_pairs, own_matches) in sets.iter().filter(|set| set.0 & 1 << number != 0) {
                pairs += own_pairs;
                matches += own_matches;
            }
            // What it costs to make and group the keys is counted as pairs.
            let keys = pool.keys_of_record[number];
            let cost = pairs + KEY_COST * keys * table.len() as f64;
            let worth = matches / cost;
            let good = matches >= (LEAST_GAIN * total).min(budget / 3e5)
                && worth >= WORTH * rare
                && spent + pairs <= budget;
            if good && best.is_none_or(|best| worth > best.1) {
                best = Some((number, worth, pairs, matches));
            }
        }
        let Some((number, _, pairs, _)) = best else {
            break;
        };
        spent += pairs;
        chosen.push(all[number].clone());
        sets.retain(|set| set.0 & 1 << number == 0);
    }
    chosen
}

/// The most kinds of keys that are kept.
const MOST_CHOSEN: usize = 32;
