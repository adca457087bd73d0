//! Typed reads and writes over a byte-level backend. Statements are the truth and are only ever added to; node records
//! and indexes are derived from them, hold the present only, and can be made anew. Reads go through a [`Snapshot`],
//! writes through [`Store::commit`] and [`Store::import`]; nothing here walks, ranks or decides who may see what.

mod additions;
mod audit;
mod backend;
mod backup;
mod bulk;
mod cases;
mod changes;
mod check;
mod closing;
mod commit;
mod copy;
mod derive;
mod error;
mod families;
mod head;
mod history;
mod identities;
mod import;
mod import_journal;
mod import_merge;
mod import_plan;
mod index_entries;
mod index_keys;
mod kept_beside;
mod key_file;
mod keys;
mod migrations;
mod nations;
mod node_record;
mod open;
mod other_records;
mod overlay;
mod past;
mod people;
mod places;
mod public_ids;
mod rebuild;
mod recording;
mod records;
mod refresh;
mod rematch;
mod requests;
mod same_person;
mod search_bulk;
mod search_entries;
mod search_index;
mod search_keys;
mod search_verify;
mod sections;
mod snapshot;
mod stage;
mod standing;
mod statements;
mod stop;
mod tie_kind;
mod ties;
mod transaction;
mod undo_import;
mod verify;

pub use audit::{
    AuditCheck, AuditFilter, AuditFinding, AuditPage, EntryReply, ListedEntry, SignedHead,
    read_heads,
};
pub use backend::Usage;
pub use backend::rocksdb::Durability;
pub use backup::{last_backup, restore};
pub use changes::{AuditLine, REQUEST_WINDOW};
pub use commit::{CommitObserver, CommittedGroup};
pub use copy::create_from_copy;
pub use error::StoreError;
pub use families::{FamilyEntry, FamilyList, WaitingFamilies};
pub use identities::Identities;
pub use import::{ImportProgress, ImportRequest, ImportSummary, Progress, UnfinishedImport};
pub use import_journal::ImportState;
pub use open::{Clock, Counters, OpenMode, Random, Store, StoreOptions, migrate};
pub use people::NamedPerson;
pub use recording::{ALL_FAMILIES, SubjectsRead};
pub use rematch::{ChildResult, Chunk, RematchAlone, fingerprint};
pub use same_person::LinkPosition;
pub use snapshot::{EverMade, Snapshot};
pub use standing::StandingPerson;
pub use statements::SubjectVersions;
pub use stop::Stop;
pub use tie_kind::TieKind;
pub use ties::{Page, Tied};
pub use transaction::{
    AnswerBuilder, Committed, NewSubject, RequestId, StatementDraft, Transaction,
};
pub use undo_import::UndoSummary;
pub use verify::{VerifyFinding, VerifyReport};

#[cfg(test)]
mod tests;
