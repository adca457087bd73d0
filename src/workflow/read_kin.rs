//! Runs the walks of the kinship engine against a snapshot: whatever a walk wants is one batched read.

use crate::access::Permit;
use crate::error::Error;
use crate::kinship::ascent::Ascent;
use crate::kinship::family_graph::FamilyGraph;
use crate::kinship::route::Route;
use crate::kinship::walk::{Walk, Walked};
use crate::model::ids::PersonId;
use crate::model::partial_date::Day;
use crate::model::reach::Reach;
use crate::placement::ranking::Weights;
use crate::store::Snapshot;

/// Everybody within a reach of a person.
pub fn walk_kin(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    start: PersonId,
    as_of: Day,
    reach: Reach,
    weights: &Weights,
) -> Result<Walked, Error> {
    let mut walk = Walk::new(start, as_of, reach, weights.certainty).unless(permit.is_unwanted());
    loop {
        let wanted = walk.wanted();
        if wanted.is_empty() {
            permit.go_on()?;
            return Ok(walk.finish());
        }
        walk.supply(
            snapshot
                .nodes(&wanted, permit.visibility())?
                .into_iter()
                .flatten(),
        );
    }
}

/// The ancestors of two people and every route over them.
pub fn climb(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    a: PersonId,
    b: PersonId,
    as_of: Day,
) -> Result<(FamilyGraph, Vec<Route>), Error> {
    let mut ascent = Ascent::new(a, b, as_of);
    loop {
        let wanted = ascent.wanted();
        if wanted.is_empty() {
            return Ok(ascent.finish());
        }
        ascent.supply(
            snapshot
                .nodes(&wanted, permit.visibility())?
                .into_iter()
                .flatten(),
        );
    }
}
