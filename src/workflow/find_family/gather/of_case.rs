//! What a case says of those found: who was asked and who was written to, whichever of their records it names.

use super::Gathered;
use crate::model::case::{Outreach, OutreachTarget};
use crate::model::lead::OutreachBrief;
use rustc_hash::FxHashMap;

impl Gathered {
    /// Whoever a case speaks of is the person found, whichever of their records it names.
    pub(super) fn settle_ids(&mut self, mut outreach: Vec<Outreach>) {
        for entry in &mut outreach {
            if let OutreachTarget::Person(person) = &mut entry.whom {
                *person = self.person_id(*person);
            }
        }
        self.outreach = latest_outreach(outreach);
        let mut inquiries = std::mem::take(&mut self.inquiries);
        for inquiry in &mut inquiries {
            inquiry.asked = inquiry.asked.map(|asked| self.person_id(asked));
        }
        self.inquiries = inquiries;
    }
}

/// The latest outreach to each target for each purpose.
pub fn latest_outreach(outreach: Vec<Outreach>) -> FxHashMap<OutreachTarget, Vec<OutreachBrief>> {
    let mut latest: FxHashMap<OutreachTarget, Vec<OutreachBrief>> = FxHashMap::default();
    for entry in outreach {
        let brief = OutreachBrief {
            purpose: entry.purpose,
            state: entry.state,
            date: entry.date,
            ask_again: entry.ask_again,
        };
        let of_target = latest.entry(entry.whom).or_default();
        match of_target
            .iter_mut()
            .find(|known| known.purpose == brief.purpose)
        {
            Some(known) if is_later(&brief, known) => *known = brief,
            Some(_) => {}
            None => of_target.push(brief),
        }
    }
    latest
}

/// Whether the first is the later of two; the one recorded later, where dates do not tell.
fn is_later(new: &OutreachBrief, known: &OutreachBrief) -> bool {
    let day = |brief: &OutreachBrief| brief.date.and_then(|date| date.possible_days().1);
    day(new) >= day(known)
}
