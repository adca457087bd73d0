//! Everybody with their keys: which pairs are likely, by themselves and with what third records say, and why.

use super::people::PeopleToLink;
use crate::error::Error;
use crate::linkage::{
    FieldEvidence, Groups, KinEvidence, Link, Linked, Model, Parameters, WordParts, hear, join,
    link_some, matches_shown, odds_with_kin, prepare, reasons_with_kin, temper_by_own_counts,
    widen,
};
use crate::model::ids::PersonId;
use rayon::prelude::*;
use std::ops::Range;

/// Pairs less probable than this by their fields and ties are not kept.
const LEAST_KEPT: f64 = 0.001;
/// How much less probable the fields of two may leave it where ties may speak for them.
const LESS_WITH_TIES: f64 = 1.0 / 256.0;
/// So many candidates are compared for each record at most, on average.
const MOST_CANDIDATES: f64 = 24.0;
/// Small stores can afford more: so many in all.
const LEAST_BUDGET: f64 = 3e6;

/// People with their keys.
pub struct GroupedPeople {
    people: PeopleToLink,
    groups: Groups,
    model: Model,
    /// How many pairs of one person the parameters expect.
    expected: f64,
}

/// Two records that may be one person.
#[derive(Clone, Debug, PartialEq)]
pub struct Duplicate {
    pub a: String,
    pub b: String,
    pub probability: f64,
    pub reasons: Vec<FieldEvidence>,
    pub link: Link,
}

/// Pairs as they are when third records are heard.
pub struct Heard {
    /// What their own fields and ties say, in the order of the pairs.
    own: Vec<Link>,
    pub links: Vec<Link>,
    /// How many pairs of one person there are among all.
    pub expected: f64,
}

impl GroupedPeople {
    pub(super) fn of(mut people: PeopleToLink, parameters: &Parameters) -> Result<Self, Error> {
        let table = &mut people.table;
        if parameters.fields != table.fields {
            return Err(Error::invalid(
                "parameters",
                "they were learnt for other kinds of fields than a store has",
            ));
        }
        prepare(table, parameters);
        temper_by_own_counts(table);
        let records = table.len() as f64;
        let groups = Groups::within(
            table,
            parameters.templates_for(table.len()),
            &WordParts::of(&table.names),
            (MOST_CANDIDATES * records).max(LEAST_BUDGET),
        );
        Ok(GroupedPeople {
            groups,
            model: parameters.model(table),
            expected: parameters.matches_per_record * records,
            people,
        })
    }

    pub fn len(&self) -> usize {
        self.people.len()
    }

    pub fn is_empty(&self) -> bool {
        self.people.is_empty()
    }

    /// What fields and ties say of some records and those after them. The same whatever else was asked.
    pub fn links(&self, records: Range<usize>) -> Vec<Link> {
        let kin = &self.people.kin;
        let least = |a: usize, b: usize| {
            let both_tied = kin.has_ties(a) && kin.has_ties(b);
            LEAST_KEPT * if both_tied { LESS_WITH_TIES } else { 1.0 }
        };
        let least = |a: usize, b: usize| {
            let least = least(a, b);
            (least / (1.0 - least)).log2()
        };
        let linked = link_some(
            &self.people.table,
            &self.groups,
            &self.model,
            least,
            records,
        );
        let with_ties = linked.links.into_par_iter();
        with_ties
            .filter_map(|link| self.with_ties(&link))
            .filter(|link| link.probability() >= LEAST_KEPT)
            .collect()
    }

    fn with_ties(&self, link: &Link) -> Option<Link> {
        let PeopleToLink { table, kin, .. } = &self.people;
        let odds = odds_with_kin(table, kin, link.a, link.b, f64::from(link.odds))?;
        Some(Link {
            odds: odds as f32,
            ..*link
        })
    }

    /// The probable duplicates of some records among those after them, each pair by itself.
    pub fn duplicates(&self, records: Range<usize>, least: f64) -> Vec<Duplicate> {
        let links = self.links(records);
        let likely = links
            .par_iter()
            .filter(|link| link.probability() >= least.max(LEAST_KEPT));
        likely.map(|link| self.duplicate(link, link)).collect()
    }

    fn duplicate(&self, own: &Link, link: &Link) -> Duplicate {
        let PeopleToLink { table, kin, .. } = &self.people;
        let mut reasons = reasons_with_kin(table, &self.model, kin, link.a, link.b);
        let by_others = f64::from(link.odds) - f64::from(own.odds);
        if by_others != 0.0 {
            reasons.push(FieldEvidence {
                field: "other records".to_owned(),
                level: 1,
                weight: by_others,
                words: "how many records of one person there are here, and whom else the two agree with"
                    .to_owned(),
            });
        }
        Duplicate {
            a: self.public_id(link.a),
            b: self.public_id(link.b),
            probability: link.probability(),
            reasons,
            link: *link,
        }
    }

    /// All pairs as they are when third records are heard. `links` are those of all records.
    pub fn heard(&self, mut links: Vec<Link>) -> Heard {
        let table = &self.people.table;
        let expected = matches_shown(&links, self.expected);
        let bits = (expected / self.expected).log2();
        links.iter_mut().for_each(|link| link.odds += bits as f32);
        let mut linked = Linked { links, compared: 0 };
        let kept = linked.links.len();
        widen(table, &self.model.with_more_matches(bits), &mut linked);
        let added = linked.links.split_off(kept);
        let added = added.iter().filter_map(|link| self.with_ties(link));
        linked.links.extend(added);
        let clusters = join(table.len(), &linked.links, expected, self.apart());
        let links = hear(table, &linked, &clusters, expected);
        Heard {
            own: linked.links,
            links,
            expected,
        }
    }

    /// Those of at least a probability, described; some at a time.
    pub fn described(&self, heard: &Heard, range: Range<usize>, least: f64) -> Vec<Duplicate> {
        let likely = range
            .into_par_iter()
            .filter(|place| heard.links[*place].probability() >= least);
        likely
            .map(|place| {
                let link = &heard.links[place];
                // Pairs that stand together without anything known of them have no odds of their own.
                let own = heard.own.get(place).unwrap_or(link);
                self.duplicate(own, link)
            })
            .collect()
    }

    /// Of every record, by place, the first record of the same person, as far as links do not contradict one another:
    /// two whole birth dates of different years are never joined, nor people whom their ties tell apart.
    pub fn people_found(&self, links: &[Link], expected: f64) -> Vec<u32> {
        let expected = expected.max(links.len() as f64);
        join(self.len(), links, expected, self.apart()).of
    }

    fn apart(&self) -> impl Fn(u32, u32) -> bool + '_ {
        let PeopleToLink { table, kin, .. } = &self.people;
        |a: u32, b: u32| {
            table.births_contradict(a as usize, b as usize)
                || matches!(kin.evidence(table, a, b), KinEvidence::Apart(_))
                || !table.may_pair(a as usize, b as usize)
        }
    }

    /// The record at a place.
    pub fn person(&self, place: u32) -> PersonId {
        PersonId(self.people.numbers[self.people.table.came[place as usize] as usize])
    }

    /// The public id of the record at a place.
    pub fn public_id(&self, place: u32) -> String {
        let id = self.people.public_ids[self.people.table.came[place as usize] as usize];
        id.to_string()
    }
}
