//! Whether two records stand on different sides of a sealed adoption. The record before an adoption and the record after
//! it are the ideal duplicate, so this is where a link would unseal.

use crate::error::Error;
use crate::model::ids::PersonId;
use crate::model::neighborhood::Node;
use crate::model::same_person::Pair;
use crate::model::statement::SealClass;
use crate::model::visibility::Visibility;
use crate::store::Snapshot;
use rustc_hash::FxHashSet;
use std::hash::Hash;

/// How many ties around each of the two are looked at, and how many records in all.
const STEPS: usize = 2;
const MOST_RECORDS: usize = 2_000;

/// Whom each of some records is tied to, by what a caller would see; in the order asked for.
pub type Neighbours<'n, Record> =
    &'n dyn Fn(&[Record], &Visibility) -> Result<Vec<Vec<Record>>, Error>;

/// How a record was reached: over so many sealed ties.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Way {
    /// None.
    Open,
    /// One, three…: on the other side.
    Odd,
    /// Two, four…: there and back, as two records of one child after the adoption.
    Even,
}

impl Way {
    const ALL: [Way; 3] = [Way::Open, Way::Odd, Way::Even];

    fn over_a_seal(self) -> Way {
        match self {
            Way::Open | Way::Even => Way::Odd,
            Way::Odd => Way::Even,
        }
    }
}

/// Whether the two stand on different sides of what an adoption sealed: there is a way between them over an odd
/// number of sealed ties, with at most [`STEPS`] ties around each, and none without. Two records that somebody linked under that seal
/// are apart too.
pub fn apart_by_adoption(snapshot: &Snapshot<'_>, pair: Pair) -> Result<bool, Error> {
    let [one, other] = pair.ends();
    if is_linked_under_seal(snapshot, pair)? {
        return Ok(true);
    }
    are_apart(one, other, &|people, seen| {
        let nodes = snapshot.nodes(people, seen)?;
        let of = |node: &Option<Node>| -> Vec<PersonId> {
            let node = node.iter();
            node.flat_map(|node| neighbours(node, pair)).collect()
        };
        Ok(nodes.iter().map(of).collect())
    })
}

/// The same for records of whatever kind.
pub fn are_apart<Record: Copy + Eq + Hash>(
    one: Record,
    other: Record,
    neighbours: Neighbours<'_, Record>,
) -> Result<bool, Error> {
    let (near, far) = (reached(one, neighbours)?, reached(other, neighbours)?);
    let mut is_apart = false;
    for (record, way) in &near {
        for back in Way::ALL {
            if !far.contains(&(*record, back)) {
                continue;
            }
            if (*way, back) == (Way::Open, Way::Open) {
                return Ok(false);
            }
            is_apart |= (*way == Way::Odd) != (back == Way::Odd);
        }
    }
    Ok(is_apart)
}

fn without_adoptions() -> Visibility {
    Visibility::open_only()
        .with_seal(SealClass::Address)
        .with_seal(SealClass::Safety)
}

fn reached<Record: Copy + Eq + Hash>(
    from: Record,
    neighbours: Neighbours<'_, Record>,
) -> Result<FxHashSet<(Record, Way)>, Error> {
    let (all, open) = (Visibility::all(), without_adoptions());
    let mut found = FxHashSet::from_iter([(from, Way::Open)]);
    let mut frontier = vec![(from, Way::Open)];
    for step in 0..=STEPS {
        let records: Vec<Record> = frontier.iter().map(|(record, _)| *record).collect();
        let by_any = neighbours(&records, &all)?;
        let by_open = neighbours(&records, &open)?;
        let mut next = Vec::new();
        for ((_, way), (any, open)) in frontier.iter().zip(by_any.iter().zip(&by_open)) {
            let sealed = any.iter().filter(|other| !open.contains(other));
            // A sealed tie may stand between what is near the one and what is near the other.
            let open_ways = open.iter().filter(|_| step < STEPS);
            let ways = open_ways.map(|other| (*other, *way));
            for reached in ways.chain(sealed.map(|other| (*other, way.over_a_seal()))) {
                if found.len() < MOST_RECORDS && found.insert(reached) {
                    next.push(reached);
                }
            }
        }
        frontier = next;
    }
    Ok(found)
}

/// Whether the two have a link that is there only for those who are cleared for the seal of adoptions.
fn is_linked_under_seal(snapshot: &Snapshot<'_>, pair: Pair) -> Result<bool, Error> {
    let [one, other] = pair.ends();
    let linked = |seen: &Visibility| -> Result<bool, Error> {
        let nodes = snapshot.nodes(&[one], seen)?;
        let mut nodes = nodes.iter().flatten();
        Ok(nodes.any(|node| node.links.iter().any(|link| link.other == other)))
    };
    Ok(linked(&Visibility::all())? && !linked(&without_adoptions())?)
}

fn neighbours<'n>(node: &'n Node, pair: Pair) -> impl Iterator<Item = PersonId> + 'n {
    let ties = node.ties.iter().map(|tie| tie.other);
    let links = node.links.iter().map(|link| link.other);
    let id = node.id;
    ties.chain(links.filter(move |other| Pair::of(id, *other) != pair))
}
