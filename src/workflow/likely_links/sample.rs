//! How common names, places and nations are in a store, from a sample of its records: where few families make a community,
//! a name that is rare in the country is borne by many. Only open records are counted.

use super::records::{RecordKey, Records};
use crate::error::Error;
use crate::linkage::{OwnCounts, Table, person_fields, push_person};
use crate::model::ids::PersonId;
use crate::store::{Snapshot, Store};
use std::sync::Arc;

/// At most about so many records are counted, evenly over all numbers.
const MOST: u64 = 4_096;
/// The sample is drawn anew when the store has grown by a share of about one in this many.
const BITS: u32 = 3;

pub struct StoreSample {
    pub counts: OwnCounts,
    /// Of all numbers given to records so far, the share that are people with a name.
    share_of_people: f64,
}

impl StoreSample {
    /// The sample for the size that the store has.
    pub fn of(store: &Store, snapshot: &Snapshot<'_>) -> Result<Arc<StoreSample>, Error> {
        let end = rounded(snapshot.numbers().end);
        store.kept(end, || StoreSample::draw(snapshot, end))
    }

    fn draw(snapshot: &Snapshot<'_>, end: u64) -> Result<StoreSample, Error> {
        let records = Records::of(snapshot, None);
        let mut table = Table::new(person_fields());
        let step = end.div_ceil(MOST).max(1);
        let mut asked = 0_u32;
        for number in (1..end).step_by(usize::try_from(step).unwrap_or(1)) {
            asked += 1;
            let compared = records.compared(RecordKey::of_person(PersonId(number)))?;
            if !compared.facts.names.is_empty() {
                push_person(&mut table, &compared.facts);
            }
        }
        Ok(StoreSample {
            share_of_people: table.len() as f64 / f64::from(asked.max(1)),
            counts: OwnCounts::of(&mut table),
        })
    }

    /// About how many people the store has.
    pub fn people(&self, snapshot: &Snapshot<'_>) -> u64 {
        let all = snapshot.numbers().end as f64;
        (all * self.share_of_people).round().max(2.0) as u64
    }
}

/// A size with only its first bits kept, so that the same sample serves until the store has grown by some part.
fn rounded(size: u64) -> u64 {
    let cut = (u64::BITS - size.leading_zeros()).saturating_sub(BITS);
    size >> cut << cut
}

#[cfg(test)]
mod tests {
    use super::rounded;

    #[test]
    fn a_store_is_sampled_anew_after_growing_by_a_part() {
        let sizes = [1_u64, 7, 8, 9, 10, 100, 127, 128, 1_000_000];
        let expected = [1_u64, 7, 8, 8, 10, 96, 112, 128, 917_504];
        assert_eq!(sizes.map(rounded), expected);
    }
}
