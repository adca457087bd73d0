//! Learns without labels how often each level of agreement comes about among records of one person (m) and of two
//! (u): expectation-maximisation over patterns of levels counted on all pairs, candidates or not (Fellegi and Sunter
//! 1969; Winkler 1988). Besides, some pairs of two people are relatives: names and places agree as among records of
//! one person, dates of birth and what else is one's own agree as among strangers. Without them every father and son
//! would teach that a person's dates disagree. Refuses a model that has collapsed onto something else than "the same
//! person".

use super::comparison::{Comparison, Level, Pattern};
use super::pool::Count;
use serde::{Deserialize, Serialize};

/// What was learnt of one level.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LevelChances {
    /// Share among pairs of one person, within the level's group.
    pub m: f64,
    /// Share among pairs of strangers, within the level's group.
    pub u: f64,
    /// Share among pairs of relatives and the like, within the level's group.
    pub r: f64,
}

impl LevelChances {
    /// The evidence of this level in bits; for the same person where positive.
    pub fn weight(self) -> f64 {
        (self.m / self.u).log2()
    }

    /// The evidence for relatives rather than strangers, in bits.
    pub fn relatives_weight(self) -> f64 {
        (self.r / self.u).log2()
    }
}

/// What was learnt of all levels.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimate {
    /// By comparison and level; nothing was learnt of level 0.
    pub chances: Vec<Vec<LevelChances>>,
    /// How many of all pairs are of one person.
    pub matches: f64,
    /// How many of all pairs are relatives or the like.
    pub relatives: f64,
    /// All pairs there are.
    pub pairs: f64,
    /// Share of the matches that no key finds, as far as the model can tell.
    pub outside: f64,
    pub rounds: usize,
}

/// Why nothing could be learnt.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum NotLearnt {
    #[error("there are no pairs to learn from")]
    NoPairs,
    #[error(
        "what was learnt does not separate people: {percent:.0} of 100 supposed matches share no blocking key. Map fields that repeat one another to one kind, or leave them out"
    )]
    Collapsed { percent: f64 },
    #[error(
        "what was learnt is not \"one person\": most of the supposed matches disagree in names or dates. There may be too few records of one person to learn from"
    )]
    NotPeople,
}

/// More of the matches than this outside the candidates is no model of "the same person".
const COLLAPSED: f64 = 0.5;
/// More of the matches than this disagreeing in a name or a whole date are not matches of people.
const MOST_DISAGREE: f64 = 0.6;
const MOST_ROUNDS: usize = 150;
/// A random pair that stands for more pairs than this for each record is too coarse to tell of matches.
const COARSE: f64 = 0.04;

/// Learns from counted patterns. Repairs a collapsed model by keeping u as random pairs show it; refuses if that
/// does not help. `own` says which comparisons are of what relatives do not share.
pub fn learn(
    comparisons: &[Comparison],
    own: &[bool],
    patterns: &[Pattern],
    counts: &[Count],
    records: usize,
    of_a_random_pair: f64,
) -> Result<Estimate, NotLearnt> {
    // In the order of the patterns, so that sums come out the same whatever the threads did.
    let mut order: Vec<usize> = (0..patterns.len()).collect();
    order.sort_unstable_by_key(|place| patterns[*place]);
    let counted: Vec<(Pattern, Count)> = order
        .iter()
        .map(|place| (patterns[*place], counts[*place]))
        .collect();
    let all: f64 = counted
        .iter()
        .map(|(_, count)| count.candidates + count.others)
        .sum();
    if all <= 0.0 {
        return Err(NotLearnt::NoPairs);
    }
    let learner = Learner {
        levels: comparisons
            .iter()
            .map(|comparison| comparison.levels())
            .collect(),
        own: own.to_vec(),
        counted,
        all,
        records,
    };
    let mut percent = 0.0;
    let mut not_people = false;
    // Where one random pair stands for as many pairs as are matches of many records, what is learnt of pairs that no key
    // finds is noise.
    let is_coarse = of_a_random_pair > COARSE * records as f64;
    let ways = WAYS.iter().filter(|way| way.inside || !is_coarse);
    for way in ways.copied() {
        let learnt = learner.rounds(way);
        if learner.disagrees(&learnt, comparisons) {
            not_people = true;
            continue;
        }
        if learnt.outside <= COLLAPSED {
            return Ok(learnt);
        }
        percent = learnt.outside * 100.0;
    }
    if not_people {
        return Err(NotLearnt::NotPeople);
    }
    Err(NotLearnt::Collapsed { percent })
}

/// How freely is learnt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Way {
    /// u stays as all pairs show it.
    keep_u: bool,
    /// Relatives are told apart from strangers.
    relatives: bool,
    /// Pairs that no key finds are taken as no matches: where matches are so rare that a random pair stands for more
    /// pairs than there are matches, what little each of them may be would drown the candidates.
    inside: bool,
}

/// From the most to the least free; the first that does not collapse is taken.
const WAYS: [Way; 4] = [
    Way {
        keep_u: false,
        relatives: true,
        inside: false,
    },
    Way {
        keep_u: true,
        relatives: true,
        inside: false,
    },
    Way {
        keep_u: false,
        relatives: false,
        inside: false,
    },
    Way {
        keep_u: false,
        relatives: true,
        inside: true,
    },
];

/// The probability that goes with log odds in bits.
pub fn probability(bits: f64) -> f64 {
    1.0 / (1.0 + (-bits).exp2())
}

/// The three kinds of pairs.
const SAME: usize = 0;
const STRANGERS: usize = 1;
const RELATIVES: usize = 2;

struct Learner {
    levels: Vec<Vec<Level>>,
    own: Vec<bool>,
    counted: Vec<(Pattern, Count)>,
    all: f64,
    records: usize,
}

impl Learner {
    /// Whether most of the matches disagree in what a person keeps: names, and whole dates.
    fn disagrees(&self, learnt: &Estimate, comparisons: &[Comparison]) -> bool {
        let mut checked = comparisons.iter().zip(&self.levels).zip(&learnt.chances);
        checked.any(|((comparison, levels), chances)| {
            let kept = matches!(
                comparison,
                Comparison::Given | Comparison::Family | Comparison::Names | Comparison::Date(_)
            );
            let levels = levels.iter().zip(chances).skip(1);
            let disagreeing =
                levels.filter(|(level, _)| level.group == 0 && level.agreement < 0.05);
            kept && disagreeing.map(|(_, chances)| chances.m).sum::<f64>() > MOST_DISAGREE
        })
    }

    fn rounds(&self, way: Way) -> Estimate {
        let mut everything = Sums::new(&self.levels);
        for (pattern, count) in &self.counted {
            everything.add(pattern, *count, [0.0, 1.0, 0.0]);
        }
        let u = everything.shares(&self.levels, STRANGERS, None);
        let mut chances = self.start(&u);
        let with_relatives =
            way.relatives && self.own.iter().any(|own| *own) && self.own.iter().any(|own| !own);
        let mut matches = (self.all / self.records.max(2) as f64).min(self.all * 0.1);
        let mut relatives = if with_relatives { matches * 3.0 } else { 0.0 };
        let mut outside = 0.0;
        let mut done = 0;
        for round in 0..MOST_ROUNDS {
            let mut sums = Sums::new(&self.levels);
            let weights: Vec<Vec<[f64; 2]>> = weights_of(&chances);
            let strangers = (self.all - matches - relatives).max(self.all * 0.1);
            let (same, related) = (matches / strangers, relatives / strangers);
            for (pattern, count) in &self.counted {
                let (mut m, mut r) = (0.0, 0.0);
                for (weights, level) in weights.iter().zip(pattern) {
                    m += weights[*level as usize][0];
                    r += weights[*level as usize][1];
                }
                let (m, r) = (same * m.exp2(), related * r.exp2());
                let m_outside = if way.inside { 0.0 } else { m };
                let inside = Count {
                    others: 0.0,
                    ..*count
                };
                let outside = Count {
                    candidates: 0.0,
                    ..*count
                };
                let total = 1.0 + m + r;
                let total_outside = 1.0 + m_outside + r;
                sums.add(pattern, inside, [m / total, 1.0 / total, r / total]);
                sums.add(
                    pattern,
                    outside,
                    [
                        m_outside / total_outside,
                        1.0 / total_outside,
                        r / total_outside,
                    ],
                );
            }
            let before = matches;
            matches = sums.total[SAME].max(1e-6);
            if with_relatives {
                relatives = sums.total[RELATIVES].max(1e-6);
            }
            outside = sums.outside / matches;
            chances = self.chances(&sums, &chances, way.keep_u.then_some(&u));
            done = round + 1;
            if round > 10 && (matches - before).abs() < 1e-5 * matches {
                break;
            }
        }
        Estimate {
            chances,
            matches,
            relatives,
            pairs: self.all,
            outside,
            rounds: done,
        }
    }

    /// Levels that look like agreement are likelier among matches than among all pairs: enough to begin with.
    fn start(&self, u: &[Vec<f64>]) -> Vec<Vec<LevelChances>> {
        let mut chances = Vec::new();
        for ((levels, u), own) in self.levels.iter().zip(u).zip(&self.own) {
            let lifted = |power: f64| {
                let lift = |place: usize| {
                    let agreement = levels[place].agreement * power;
                    u[place].powf(1.0 - agreement) * (0.1 + agreement)
                };
                shares_in_groups(levels, lift)
            };
            let (m, r) = (lifted(1.0), lifted(0.6));
            let own_chances = |place: usize| LevelChances {
                m: m[place],
                u: u[place],
                r: if *own { u[place] } else { r[place] },
            };
            chances.push((0..levels.len()).map(own_chances).collect());
        }
        chances
    }

    fn chances(
        &self,
        sums: &Sums,
        before: &[Vec<LevelChances>],
        keep_u: Option<&Vec<Vec<f64>>>,
    ) -> Vec<Vec<LevelChances>> {
        let strangers = match keep_u {
            Some(u) => u.clone(),
            None => sums.shares(&self.levels, STRANGERS, None),
        };
        let ratio = |part: fn(&LevelChances) -> f64| -> Vec<Vec<f64>> {
            let expected = before.iter().zip(&strangers).map(|(before, u)| {
                let pairs = before.iter().zip(u);
                pairs
                    .map(|(before, u)| (u * (part(before) / before.u).clamp(0.01, 100.0)).min(1.0))
                    .collect()
            });
            expected.collect()
        };
        let same = sums.shares(&self.levels, SAME, Some(&ratio(|level| level.m)));
        let relatives = sums.shares(&self.levels, RELATIVES, Some(&ratio(|level| level.r)));
        let mut chances = Vec::new();
        for (comparison, own) in self.own.iter().enumerate() {
            let (u, mut r) = (&strangers[comparison], relatives[comparison].clone());
            if *own {
                tie_to_strangers(&self.levels[comparison], u, &mut r);
            }
            let level = |place: usize| LevelChances {
                m: same[comparison][place].max(u[place] * LEAST_RATIO),
                u: u[place],
                r: r[place],
            };
            chances.push((0..strangers[comparison].len()).map(level).collect());
        }
        chances
    }
}

/// Of what is a person's own, relatives agree no more than strangers do; how they disagree is theirs (brothers and
/// sisters are a few years apart).
fn tie_to_strangers(levels: &[Level], u: &[f64], r: &mut [f64]) {
    let mut free_by_group = [0.0; 8];
    let mut left_by_group = [1.0; 8];
    for (place, level) in levels.iter().enumerate().skip(1) {
        if level.agreement >= AGREES {
            r[place] = u[place];
            left_by_group[level.group as usize] -= u[place];
        } else {
            free_by_group[level.group as usize] += r[place];
        }
    }
    for (place, level) in levels.iter().enumerate().skip(1) {
        let group = level.group as usize;
        if level.agreement < AGREES {
            r[place] *=
                f64::max(left_by_group[group], 1e-6) / f64::max(free_by_group[group], 1e-300);
        }
    }
}

/// A level of at least this much agreement is one that relatives have by chance only.
const AGREES: f64 = 0.35;

/// Makes numbers by level into shares of their groups; 1 for level 0.
fn shares_in_groups(levels: &[Level], number: impl Fn(usize) -> f64) -> Vec<f64> {
    let mut totals = [0.0; 8];
    for (place, level) in levels.iter().enumerate().skip(1) {
        totals[level.group as usize] += number(place);
    }
    let share = |(place, level): (usize, &Level)| match place {
        0 => 1.0,
        _ => number(place) / totals[level.group as usize].max(1e-300),
    };
    levels.iter().enumerate().map(share).collect()
}

fn weights_of(chances: &[Vec<LevelChances>]) -> Vec<Vec<[f64; 2]>> {
    let of_level = |level: &LevelChances| [level.weight(), level.relatives_weight()];
    chances
        .iter()
        .map(|levels| levels.iter().map(of_level).collect())
        .collect()
}

/// Expected counts by kind of pair, comparison and level.
struct Sums {
    counts: [Vec<Vec<f64>>; 3],
    total: [f64; 3],
    /// Matches that no key finds.
    outside: f64,
}

impl Sums {
    fn new(levels: &[Vec<Level>]) -> Sums {
        let zeros: Vec<Vec<f64>> = levels
            .iter()
            .map(|levels| vec![0.0; levels.len()])
            .collect();
        Sums {
            counts: [zeros.clone(), zeros.clone(), zeros],
            total: [0.0; 3],
            outside: 0.0,
        }
    }

    fn add(&mut self, pattern: &Pattern, count: Count, shares: [f64; 3]) {
        let pairs = count.candidates + count.others;
        self.outside += count.others * shares[SAME];
        for (kind, share) in shares.into_iter().enumerate() {
            let expected = pairs * share;
            self.total[kind] += expected;
            if expected > 1e-12 {
                for (counts, level) in self.counts[kind].iter_mut().zip(pattern) {
                    counts[*level as usize] += expected;
                }
            }
        }
    }

    /// Shares within each group of levels. A level hardly ever met keeps near to what was expected of it.
    fn shares(
        &self,
        levels: &[Vec<Level>],
        kind: usize,
        expected: Option<&Vec<Vec<f64>>>,
    ) -> Vec<Vec<f64>> {
        let mut shares = Vec::new();
        for (comparison, levels) in levels.iter().enumerate() {
            let many = levels.len() as f64;
            let number = |place: usize| {
                let expected = expected.map_or(1.0 / many, |expected| expected[comparison][place]);
                self.counts[kind][comparison][place] + FEW * expected
            };
            let own = shares_in_groups(levels, number);
            shares.push(own.into_iter().map(|share| share.max(1e-12)).collect());
        }
        shares
    }
}

/// No single disagreement weighs more than ten bits: mistakes of every kind happen.
const LEAST_RATIO: f64 = 1.0 / 1024.0;

/// How many pairs a level must have been met in to be believed.
const FEW: f64 = 2.0;
