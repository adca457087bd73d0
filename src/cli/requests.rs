//! Arguments to request messages.

use super::arguments::{self, Connect, Find, WhyNot};
use crate::ambient;
use crate::api::v1;

/// The question of `find`.
pub fn find_family(find: &Find) -> v1::FindFamilyRequest {
    v1::FindFamilyRequest {
        child: find.child.clone(),
        purpose: v1::Purpose::from(find.purpose).into(),
        as_of: find.as_of.clone(),
        order: find.order.clone(),
        leads_per_tier: Some(find.leads),
        excluded_page_size: Some(find.excluded),
        excluded_page_token: find.excluded_page.clone(),
        near_misses: find.near_misses,
        ..v1::FindFamilyRequest::default()
    }
}

/// The question of `why-not`.
pub fn explain_absence(why: &WhyNot) -> v1::ExplainAbsenceRequest {
    v1::ExplainAbsenceRequest {
        child: why.child.clone(),
        who: why.who.clone(),
        purpose: v1::Purpose::from(why.purpose).into(),
        as_of: why.as_of.clone(),
        order: why.order.clone(),
        ..v1::ExplainAbsenceRequest::default()
    }
}

/// The request of `connect`, with a new request id where none is given.
pub fn record_connection(connect: &Connect) -> v1::RecordConnectionRequest {
    let request_id = if connect.request_id.is_empty() {
        ambient::random_id()
    } else {
        connect.request_id.clone()
    };
    v1::RecordConnectionRequest {
        child: connect.child.clone(),
        relation: connect.relation.clone(),
        side: connect.side.map_or(0, |side| v1::Side::from(side).into()),
        name_as_written: connect.name.clone(),
        gender: connect
            .gender
            .map_or(0, |gender| v1::Gender::from(gender).into()),
        birth: date(&connect.born),
        dead: (connect.dead || connect.alive).then_some(connect.dead),
        place: connect.place.clone(),
        nation: connect.nation.clone(),
        phone: connect.phone.clone(),
        email: connect.email.clone(),
        note: connect.note.clone(),
        certainty: v1::Certainty::from(connect.certainty).into(),
        source: source(&connect.source),
        choice: connect.choice.clone(),
        request_id,
        validate_only: connect.dry_run,
    }
}

fn date(edtf: &str) -> Option<v1::PartialDate> {
    (!edtf.trim().is_empty()).then(|| v1::PartialDate {
        edtf: edtf.trim().to_owned(),
        ..v1::PartialDate::default()
    })
}

/// `document|page|date|who said so`, as in the cells of a CSV bundle.
pub fn source(text: &str) -> Option<v1::Source> {
    if text.trim().is_empty() {
        return None;
    }
    let mut parts = text.splitn(4, '|').map(str::trim);
    let mut next = || parts.next().unwrap_or_default().to_owned();
    Some(v1::Source {
        document: next(),
        page: next(),
        date: date(&next()),
        asserter: next(),
    })
}

impl From<arguments::Purpose> for v1::Purpose {
    fn from(purpose: arguments::Purpose) -> Self {
        match purpose {
            arguments::Purpose::Placement => Self::Placement,
            arguments::Purpose::Connection => Self::Connection,
            arguments::Purpose::Information => Self::Information,
            arguments::Purpose::Notice => Self::Notice,
        }
    }
}

impl From<arguments::Verdict> for v1::Verdict {
    fn from(verdict: arguments::Verdict) -> Self {
        match verdict {
            arguments::Verdict::Undecided => Self::Undecided,
            arguments::Verdict::Same => Self::Same,
            arguments::Verdict::Different => Self::Different,
        }
    }
}

impl From<arguments::Side> for v1::Side {
    fn from(side: arguments::Side) -> Self {
        match side {
            arguments::Side::Maternal => Self::Maternal,
            arguments::Side::Paternal => Self::Paternal,
            arguments::Side::Both => Self::Both,
        }
    }
}

impl From<arguments::Gender> for v1::Gender {
    fn from(gender: arguments::Gender) -> Self {
        match gender {
            arguments::Gender::Female => Self::Female,
            arguments::Gender::Male => Self::Male,
            arguments::Gender::Other => Self::Other,
        }
    }
}

impl From<arguments::Certainty> for v1::Certainty {
    fn from(certainty: arguments::Certainty) -> Self {
        match certainty {
            arguments::Certainty::Confirmed => Self::Confirmed,
            arguments::Certainty::Reported => Self::Reported,
            arguments::Certainty::Disputed => Self::Disputed,
            arguments::Certainty::Disproved => Self::Disproved,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_has_up_to_four_parts() {
        let read = source("file 2001-03| p. 4|2001-03-12|school counsellor").unwrap_or_default();
        assert_eq!(read.document, "file 2001-03");
        assert_eq!(read.page, "p. 4");
        assert_eq!(read.date.unwrap_or_default().edtf, "2001-03-12");
        assert_eq!(read.asserter, "school counsellor");
        assert_eq!(source("letter").unwrap_or_default().page, "");
        assert_eq!(source(" "), None);
    }
}
