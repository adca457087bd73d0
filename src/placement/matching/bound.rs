//! A question put to the columns of all families: who is excluded, who fits best. No word and no allocation for a family.

use super::attributes::Freshness;
use super::question::Question;
use super::verdict::{self, Role, Rule, Test, Verdict};
use crate::lookup::family_columns::{FamilyColumns, NO_PLACE, NOT_ANSWERED, said_bits};
use crate::model::partial_date::Truth;
use crate::placement::candidate::Distance;
use rustc_hash::{FxHashMap, FxHashSet};
use std::cmp::Ordering;
use std::sync::Arc;

/// By kind of place (the child's own, school or community, brothers and sisters, other kin, territory): how far the nearest
/// is, and which one (a position in `matters`).
pub type NearEach = [Option<(Distance, u8)>; 5];

/// What is known around the child of the families' places and people.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Surroundings {
    /// By the families' places: how far the nearest place that matters to the child is, and which one (a position in
    /// `matters`); nothing where a centre is not known.
    pub near: Vec<Option<(Distance, u8)>>,
    /// The same, for each kind of place by itself; empty where only the nearest is known.
    pub near_each: Vec<NearEach>,
    /// The places that matter, as "the child", "the child's sister".
    pub matters: Vec<String>,
    /// By the families' places: whether they lie in the children's region.
    pub in_region: Vec<Truth>,
    /// Families of whom somebody is kin, of the network, or holds a brother or sister: in words.
    pub attached: FxHashMap<u32, String>,
    /// Families with a protected address: their place takes no part.
    pub protected: Arc<FxHashSet<u32>>,
}

/// How a family fits, in numbers.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct Brief {
    pub position: u32,
    /// How many rules exclude.
    pub nos: u8,
    /// How many answers must be known before anybody decides.
    pub reviews: u8,
    /// 0 to 100.
    pub score: f64,
    /// How much of the weight was answered, 0 to 1.
    pub completeness: f64,
}

impl Brief {
    /// The better first: by score, then by completeness.
    pub fn by_fit(&self, other: &Brief) -> Ordering {
        let by_score = other.score.total_cmp(&self.score);
        by_score.then_with(|| other.completeness.total_cmp(&self.completeness))
    }
}

/// The question with the columns.
pub struct Bound<'a> {
    pub question: &'a Question,
    pub columns: &'a FamilyColumns,
    pub around: &'a Surroundings,
    freshness: Freshness,
    /// The first of the question's month. Answers age at the turn of each month, so that nobody moves from one night to the
    /// next for a day's age alone.
    aged_on: i32,
    /// By rule: the families' answers, where it asks about a category.
    cells: Vec<Option<&'a [u8]>>,
    /// The columns of the children's languages.
    speaks: Vec<&'a [u8]>,
}

impl<'a> Bound<'a> {
    /// Finds the columns of a question.
    pub fn new(
        question: &'a Question,
        columns: &'a FamilyColumns,
        around: &'a Surroundings,
        freshness: Freshness,
    ) -> Bound<'a> {
        let cells = question.rules.iter().map(|rule| match &rule.test {
            Test::Answers(asked) => columns.answers(&asked.key),
            _ => None,
        });
        let languages = question.languages.iter();
        Bound {
            cells: cells.collect(),
            speaks: languages.filter_map(|word| columns.speaks(word)).collect(),
            question,
            columns,
            around,
            freshness,
            aged_on: question.as_of.0 - i32::from(question.as_of.ymd().2) + 1,
        }
    }

    /// What a rule says of each of some families.
    #[inline]
    fn each(
        &self,
        index: usize,
        positions: impl Iterator<Item = usize>,
        mut take: impl FnMut(usize, Verdict),
    ) {
        let (of, as_of) = (self.columns, self.question.as_of);
        match &self.question.rules[index].test {
            Test::Given => positions
                .for_each(|i| take(i, verdict::given(of.approval[i], of.approved_on[i], as_of))),
            Test::InForce { likely } => positions.for_each(|i| {
                let verdict = verdict::in_force(of.approval[i], of.expires[i], as_of, *likely);
                take(i, verdict);
            }),
            Test::Hold => positions.for_each(|i| take(i, verdict::hold(of.on_hold[i]))),
            Test::Room { needed } => {
                positions.for_each(|i| take(i, verdict::room(of.capacity[i], *needed)));
            }
            Test::Ages(ages) => {
                positions.for_each(|i| take(i, verdict::ages(ages, of.age_from[i], of.age_to[i])));
            }
            Test::Answers(asked) if asked.role == Role::Siblings => positions.for_each(|i| {
                let cell = self.cells[index].map_or(0, |cells| cells[i]);
                let said = asked.outcomes[said_bits(cell, asked.level)];
                let is_room_known = of.capacity[i] != NOT_ANSWERED;
                take(i, verdict::siblings(said, asked, is_room_known));
            }),
            Test::Answers(asked) => match self.cells[index] {
                Some(cells) => positions.for_each(|i| {
                    take(i, asked.outcomes[said_bits(cells[i], asked.level)]);
                }),
                None => positions.for_each(|i| take(i, asked.outcomes[0])),
            },
            Test::Consent { .. } => positions.for_each(|i| take(i, Verdict::No)),
            Test::Near { level, shares } => positions.for_each(|i| {
                let distance = self.distance(i).map(|(distance, _)| distance);
                take(i, verdict::near(*level, shares, distance));
            }),
            Test::Region { must } => {
                positions.for_each(|i| take(i, verdict::same_region(*must, self.in_region(i))));
            }
            Test::Language { must } => {
                positions.for_each(|i| take(i, verdict::language(*must, self.shares_language(i))));
            }
            Test::Attachment => positions.for_each(|i| {
                let attached = !self.around.attached.is_empty()
                    && self.around.attached.contains_key(&(i as u32));
                take(i, Verdict::Yes(f64::from(u8::from(attached))));
            }),
        }
    }

    /// What a rule says of one family.
    pub fn judge(&self, index: usize, position: usize) -> Verdict {
        let mut verdict = Verdict::NotAsked;
        self.each(index, std::iter::once(position), |_, said| verdict = said);
        verdict
    }

    /// How far a family is from what matters to the child, and from which of these.
    pub fn distance(&self, position: usize) -> Option<(Distance, u8)> {
        let around = self.around;
        if !around.protected.is_empty() && around.protected.contains(&(position as u32)) {
            return None;
        }
        let place = self.columns.place[position];
        if place == NO_PLACE {
            return None;
        }
        around.near.get(place as usize).copied().flatten()
    }

    /// The same for each kind of place by itself, the nearest first.
    pub(super) fn distances(&self, position: usize) -> Vec<(Distance, u8)> {
        let nearest = self.distance(position);
        let each = nearest.and_then(|_| {
            let place = self.columns.place[position] as usize;
            self.around.near_each.get(place)
        });
        let mut found: Vec<(Distance, u8)> = match each {
            Some(each) => each.iter().copied().flatten().collect(),
            None => nearest.into_iter().collect(),
        };
        found.sort();
        found
    }

    pub(super) fn in_region(&self, position: usize) -> Truth {
        let place = self.columns.place[position];
        let is_protected = self.around.protected.contains(&(position as u32));
        if place == NO_PLACE || is_protected {
            return Truth::Unknown;
        }
        let known = self.around.in_region.get(place as usize);
        known.copied().unwrap_or(Truth::Unknown)
    }

    fn shares_language(&self, position: usize) -> Option<bool> {
        let named = self.columns.names_languages[position];
        named.then(|| self.speaks.iter().any(|column| column[position] != 0))
    }

    /// What a family's answers are worth by their age, 0 to 1.
    pub fn worth(&self, position: usize) -> f64 {
        let confirmed = self.columns.confirmed[position];
        let days = (confirmed != i32::MIN).then(|| (self.aged_on - confirmed).max(0));
        self.freshness.worth(days)
    }

    /// The points of a yes, of 100.
    pub fn points(&self, rule: &Rule, share: f64, worth: f64) -> f64 {
        let worth = if rule.test.grows_old() { worth } else { 1.0 };
        rule.weight * 100.0 / self.question.possible * share * worth
    }

    /// How many rules exclude each family.
    pub fn nos(&self) -> Vec<u8> {
        let mut nos = vec![0_u8; self.columns.len()];
        let families = self.columns.len();
        for (index, rule) in self.question.rules.iter().enumerate() {
            if rule.test.can_exclude() {
                self.each(index, 0..families, |i, verdict| {
                    nos[i] = nos[i].saturating_add(u8::from(verdict == Verdict::No));
                });
            }
        }
        nos
    }

    /// The families that no rule excludes. Each rule is asked only of those that the rules before it left, those that
    /// leave fewest first: cheaper than `nos` where the excluded need not be told.
    pub fn open(&self) -> Vec<u32> {
        let rules = &self.question.rules;
        let mut order: Vec<usize> = (0..rules.len())
            .filter(|&index| rules[index].test.can_exclude())
            .collect();
        order.sort_by_key(|&index| match rules[index].test {
            Test::Ages(_) => 0,
            Test::Given | Test::InForce { .. } => 1,
            Test::Room { .. } | Test::Hold => 2,
            _ => 3,
        });
        let mut left: Vec<u32> = (0..self.columns.len() as u32).collect();
        let mut next: Vec<u32> = vec![0; left.len()];
        for index in order {
            let mut kept = 0;
            let positions = left.iter().map(|&position| position as usize);
            self.each(index, positions, |position, verdict| {
                next[kept] = position as u32;
                kept += usize::from(verdict != Verdict::No);
            });
            std::mem::swap(&mut left, &mut next);
            left.truncate(kept);
            next.resize(kept.max(1), 0);
        }
        left
    }

    /// How these families fit, rule by rule.
    pub fn briefs(&self, positions: &[u32]) -> Vec<Brief> {
        let mut briefs: Vec<Brief> = positions
            .iter()
            .map(|&position| Brief {
                position,
                ..Brief::default()
            })
            .collect();
        let at = || positions.iter().map(|&position| position as usize);
        let worth: Vec<f64> = at().map(|position| self.worth(position)).collect();
        for (index, rule) in self.question.rules.iter().enumerate() {
            let mut next = 0;
            self.each(index, at(), |_, verdict| {
                self.count(&mut briefs[next], rule, verdict, worth[next]);
                next += 1;
            });
        }
        briefs
    }

    /// How one family fits.
    pub fn brief(&self, position: u32) -> Brief {
        let mut brief = Brief {
            position,
            ..Brief::default()
        };
        let worth = self.worth(position as usize);
        for (index, rule) in self.question.rules.iter().enumerate() {
            let verdict = self.judge(index, position as usize);
            self.count(&mut brief, rule, verdict, worth);
        }
        brief
    }

    #[inline]
    fn count(&self, brief: &mut Brief, rule: &Rule, verdict: Verdict, worth: f64) {
        match verdict {
            Verdict::Yes(share) => {
                brief.score += self.points(rule, share, worth);
                brief.completeness += rule.weight / self.question.possible;
            }
            Verdict::No => {
                brief.nos = brief.nos.saturating_add(1);
                brief.completeness += rule.weight / self.question.possible;
            }
            Verdict::Review => brief.reviews = brief.reviews.saturating_add(1),
            Verdict::Silent | Verdict::NotAsked => {}
        }
    }
}

/// The best so many of some families, the best first. `ties` decides between those that fit alike.
pub fn best(
    mut briefs: Vec<Brief>,
    most: usize,
    ties: &dyn Fn(u32, u32) -> Ordering,
) -> Vec<Brief> {
    let order = |one: &Brief, other: &Brief| {
        one.by_fit(other)
            .then_with(|| ties(one.position, other.position))
    };
    if most == 0 {
        return Vec::new();
    }
    if briefs.len() > most {
        briefs.select_nth_unstable_by(most - 1, order);
        briefs.truncate(most);
    }
    briefs.sort_unstable_by(order);
    briefs
}
