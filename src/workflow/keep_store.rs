//! For whoever runs the store: how it is, whether everything agrees, a backup.

use super::export_records::check_sees_everything;
use crate::access::Permit;
use crate::error::Error;
use crate::model::audit::Shown;
use crate::model::ids::Revision;
use crate::store::{Stop, Store, VerifyReport, last_backup};
use std::path::Path;
use std::time::SystemTime;

/// How a store is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreStatus {
    pub format: u32,
    pub revision: Revision,
    /// Seconds since 1970-01-01 UTC; nothing if nothing was recorded.
    pub last_commit: Option<i64>,
    /// Records of all kinds, and statements, that were ever made.
    pub records: u64,
    pub statements: u64,
    pub bytes: u64,
    /// Where the store is; nothing if that cannot be told.
    pub free_bytes: Option<u64>,
    pub is_read_only: bool,
    pub last_backup: Option<SystemTime>,
}

/// How a store is; `backups` is the folder in which backups are made.
pub fn store_status(
    store: &Store,
    permit: &Permit,
    backups: Option<&Path>,
) -> Result<StoreStatus, Error> {
    check_sees_everything(permit)?;
    let snapshot = permit.snapshot(store)?;
    let made = snapshot.ever_made();
    Ok(StoreStatus {
        format: store.format(),
        revision: snapshot.revision(),
        last_commit: made.last_commit,
        records: made.records,
        statements: made.statements,
        bytes: store.approximate_size(),
        free_bytes: store.free_bytes(),
        is_read_only: store.is_read_only(),
        last_backup: backups.and_then(last_backup),
    })
}

/// Checks that everything agrees. `progress` hears the name of each step as it begins.
pub fn verify_store(
    store: &Store,
    permit: &Permit,
    stop: &Stop,
    progress: &mut dyn FnMut(&'static str),
) -> Result<VerifyReport, Error> {
    check_sees_everything(permit)?;
    Ok(store.verify_until(stop, progress)?)
}

/// Copies the store into a folder that is empty or not there.
pub fn backup_store(store: &Store, permit: &Permit, to: &Path) -> Result<Revision, Error> {
    check_sees_everything(permit)?;
    let everybody = Shown::everybody(permit.snapshot(store)?.ever_made().records);
    permit.close_read(store, "backup", &everybody)?;
    Ok(store.backup(to)?)
}
