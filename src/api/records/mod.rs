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
    Recorded, Recordings, StatementInput, create_record, list_records, record_of, show_record,
    update_record,
};
use pbjson_types::FieldMask;
use prost::Name;

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

/// What every request to create or change a record says, beside the record itself.
struct Asking<'a, M> {
    request: &'a M,
    request_id: &'a str,
    validate_only: bool,
    /// The field that holds the record.
    field: &'a str,
}

/// The record as it is now, nothing after a trial; and the revision after which it shows.
type Became<R> = Result<(Option<R>, String), Error>;

impl Answers {
    fn create<R: Record>(
        &self,
        asking: &Asking<'_, impl Name>,
        given: Option<&R>,
        external_id: &str,
    ) -> Became<R> {
        let written = self.once(
            asking.request,
            asking.request_id,
            asking.validate_only,
            |write| {
                let given = given.ok_or_else(|| Error::invalid(asking.field, "needed"))?;
                let input = self.input(asking.field, given)?;
                let external_id = convert::read_external_id("external_id", external_id)?;
                create_record(
                    &self.store,
                    &self.permit,
                    write,
                    R::KIND,
                    external_id,
                    input,
                )
            },
        )?;
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

    fn update<R: Record + Clone + Default>(
        &self,
        asking: &Asking<'_, impl Name>,
        given: Option<&R>,
        mask: Option<&FieldMask>,
    ) -> Became<R> {
        let given = given.cloned().unwrap_or_default();
        let name_field = format!("{}.name", asking.field);
        let written = self.once(
            asking.request,
            asking.request_id,
            asking.validate_only,
            |write| {
                let subject = self.resource(R::KIND, &name_field, given.name())?;
                let change = |present: &Recordings| {
                    let recorded = record_of(present)?;
                    let shown: R = shown(present, recorded)?;
                    let changed = mask::overlay(&shown, &given, mask, &FIXED)?;
                    let mut input = self.input(asking.field, &changed)?;
                    input.draft.seal = recorded.statement.evidence.seal;
                    Ok(input)
                };
                let etag = given.etag();
                update_record(&self.store, &self.permit, write, subject, etag, &change)
            },
        )?;
        let Some(written) = written else {
            return Ok((None, String::new()));
        };
        let record = self.show(&name_field, given.name(), Some(written.revision))?;
        Ok((Some(record), convert::revision_text(written.revision)))
    }

    fn get<R: Record>(
        &self,
        name: &str,
        at_least_revision: &str,
        mask: Option<&FieldMask>,
    ) -> Became<R> {
        let revision = self.fresh(at_least_revision)?;
        let record: R = self.show("name", name, None)?;
        Ok((Some(self.masked(record, mask)?), revision))
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
