//! The record of access: a chain of entries in a table of its own. A write's entry goes into its own commit; entries of
//! reads are committed together with whatever else is committed at that moment. Nobody is shown anything before the
//! entry is on disk.

mod chain;
mod check;
mod heads;
mod log;
mod reading;

pub use chain::{AuditKeys, Chain};
pub use check::{AuditCheck, AuditFinding, check_chain};
pub use heads::{SignedHead, read_heads};
pub use log::{AuditLog, EntryReply, anchored, commit_with_entries, run};
pub use reading::{AuditFilter, AuditPage, ListedEntry};

#[cfg(test)]
mod tampering_tests;
