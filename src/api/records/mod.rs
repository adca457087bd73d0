//! Cases, nations, waiting families, households and places: resources that one statement says as a whole. What they have
//! in common stands here, each service in its own file.

mod cases;
mod households;
mod nations;
mod places;
mod waiting_families;

use super::answers::Answers;
use super::convert;
use super::convert::{Record, read_source, resource_name};
use super::mask;
use super::statements::page_size;
use crate::error::Error;
use crate::model::ids::Revision;
use crate::model::statement::Fact;
use crate::store::StatementDraft;
use crate::workflow::{
    Recorded, Recordings, StatementInput, Write, Written, create_record, list_records, record_of,
    show_record, update_record,
};
use pbjson_types::FieldMask;

/// What of a record an update cannot change.
const FIXED: [&str; 2] = ["name", "etag"];

/// Which page of a list.
struct Asked<'a> {
    /// What makes the question, for its page tokens.
    parts: &'a [&'a str],
    size: i32,
    token: &'a str,
    mask: Option<&'a FieldMask>,
}

impl Answers {
    fn create<R: Record>(
        &self,
        write: &Write,
        field: &str,
        given: Option<&R>,
        external_id: &str,
    ) -> Result<Option<Written>, Error> {
        let given = given.ok_or_else(|| Error::invalid(field, "needed"))?;
        let input = self.input(field, given)?;
        let external_id = convert::read_external_id("external_id", external_id)?;
        create_record(
            &self.store,
            &self.permit,
            write,
            R::KIND,
            external_id,
            input,
        )
    }

    fn created<R: Record>(&self, written: Option<Written>) -> Result<(Option<R>, String), Error> {
        let Some(written) = written else {
            return Ok((None, String::new()));
        };
        let (_, id) = written.subjects.first().ok_or_else(|| Error::Internal {
            detail: "nothing was created".to_owned(),
        })?;
        let name = resource_name(R::KIND, *id);
        let record = self.show("name", &name, Some(written.revision))?;
        Ok((Some(record), convert::revision_text(written.revision)))
    }

    fn update<R: Record>(
        &self,
        write: &Write,
        field: &str,
        given: &R,
        mask: Option<&FieldMask>,
    ) -> Result<Option<Written>, Error> {
        let subject = self.resource(R::KIND, &format!("{field}.name"), given.name())?;
        let change = |present: &Recordings| {
            let recorded = record_of(present)?;
            let shown: R = shown(present, recorded)?;
            let changed = mask::overlay(&shown, given, mask, &FIXED)?;
            let mut input = self.input(field, &changed)?;
            input.draft.seal = recorded.statement.evidence.seal;
            Ok(input)
        };
        update_record(
            &self.store,
            &self.permit,
            write,
            subject,
            given.etag(),
            &change,
        )
    }

    fn updated<R: Record>(
        &self,
        field: &str,
        given: &R,
        written: Option<Written>,
    ) -> Result<(Option<R>, String), Error> {
        let Some(written) = written else {
            return Ok((None, String::new()));
        };
        let record = self.show(field, given.name(), Some(written.revision))?;
        Ok((Some(record), convert::revision_text(written.revision)))
    }

    fn show<R: Record>(
        &self,
        field: &str,
        name: &str,
        known_on: Option<Revision>,
    ) -> Result<R, Error> {
        let subject = self.resource(R::KIND, field, name)?;
        let recordings = show_record(&self.store, &self.permit, subject, known_on)?;
        shown(&recordings, record_of(&recordings)?)
    }

    fn list_of<R: Record>(
        &self,
        asked: &Asked<'_>,
        wanted: &dyn Fn(&Fact) -> bool,
    ) -> Result<(Vec<R>, String), Error> {
        mask::check_read::<R>(asked.mask)?;
        let size = page_size(asked.size)?;
        let paging = self.question(asked.parts)?;
        let from = paging.position("page_token", asked.token)?;
        let after = from.map_or(0, |position| position[0]);
        let (found, next) =
            list_records(&self.store, &self.permit, R::KIND, wanted, (after, size))?;
        let mut records = Vec::with_capacity(found.statements.len());
        for recorded in &found.statements {
            records.push(self.masked(shown(&found, recorded)?, asked.mask)?);
        }
        let next = next.map_or_else(String::new, |next| paging.token([next, 0, 0]));
        Ok((records, next))
    }

    fn input<R: Record>(&self, field: &str, record: &R) -> Result<StatementInput, Error> {
        let (fact, place) = record.read(self, field)?;
        let source = read_source(&format!("{field}.source"), record.source())?;
        Ok(StatementInput {
            draft: StatementDraft::new(fact, source),
            place,
        })
    }
}

/// A record as a message.
fn shown<R: Record>(recordings: &Recordings, recorded: &Recorded) -> Result<R, Error> {
    let record = R::show(recordings, &recorded.statement.fact);
    let mut record = record.ok_or_else(|| Error::Internal {
        detail: "a record says something else".to_owned(),
    })?;
    record.complete(
        convert::name_of(recordings, recorded.subject),
        recorded.etag.clone(),
        convert::source(&recorded.source),
    );
    Ok(record)
}
