//! Answers kept with request ids.

use super::backend::Table;
use super::error::StoreError;
use super::records::{RequestRecord, decode};
use super::snapshot::Snapshot;
use super::stage::{committed_before, request_key};
use super::transaction::{Committed, RequestId};

impl Snapshot<'_> {
    /// What an actor's request committed; nothing if it was not committed yet.
    /// [`StoreError::RequestIdReused`] if the id stands for another request.
    pub fn committed_by(
        &self,
        actor: &str,
        request: &RequestId,
    ) -> Result<Option<Committed>, StoreError> {
        committed_before(&*self.view, request, &request_key(actor, &request.id))
    }

    /// The answer that an actor's request got when it was committed; nothing if it was not committed yet.
    /// [`StoreError::RequestIdReused`] if the id stands for another request.
    pub fn answer_kept(
        &self,
        actor: &str,
        request: &RequestId,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let key = request_key(actor, &request.id);
        let mut found = self.values(Table::Requests, &[key], |_, value| {
            decode::<RequestRecord>(value).map(Some)
        })?;
        match found.pop().flatten() {
            Some(record) if record.payload != request.payload => Err(StoreError::RequestIdReused),
            record => Ok(record.map(|record| record.answer)),
        }
    }
}
