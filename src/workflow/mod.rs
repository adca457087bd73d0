//! Use cases: one file for each thing a user asks for. Each takes a permit, loads, computes, saves.

mod correct_statement;
mod create_people;
mod explain_absence;
mod export_records;
mod find_duplicates;
mod find_family;
mod follow_changes;
mod import_records;
mod joined;
mod junctures;
mod keep_records;
mod keep_store;
mod likely_links;
mod link_nations;
mod list_due_actions;
mod list_pathways;
mod list_relatives;
mod matching;
mod name_relationship;
mod noted_decisions;
mod read_audit;
mod read_kin;
mod read_statements;
mod record_connection;
mod record_statements;
mod relations;
mod rematch;
mod resolve_nation;
mod resolve_person;
mod resolve_resource;
mod same_person;
mod search_people;
mod show_person;
mod statement_words;
mod write;

pub use correct_statement::{Target, correct_statement, retract_statement};
pub use create_people::{NewPerson, create_people};
pub use explain_absence::{ExplainAbsence, explain_absence};
pub use export_records::{
    BundleWritten, ExportFiles, ExportGedcom, FilesWritten, export_bundle, export_files,
    export_gedcom, export_store,
};
pub use find_duplicates::{Duplicate, GroupedPeople, Heard, PeopleToLink};
pub use find_family::{FindFamily, find_family, find_family_and_nearest};
pub use follow_changes::{Change, follow_changes, last_revision, latest_revision};
pub use import_records::{
    FileForm, ImportFiles, ImportReport, ImportedBundle, import_bundle, import_files, import_store,
    read_files, undo_import,
};
pub use keep_records::{create_record, list_records, record_of, show_record, update_record};
pub use keep_store::{StoreStatus, backup_store, store_status, verify_store};
pub use likely_links::{
    KnownCandidate, LinksOfImport, ProbablyKnown, probably_known, suggest_links,
    suggest_links_of_import,
};
pub use link_nations::link_nations;
pub use list_due_actions::{DueAnswer, DueOf, ListDueActions, list_due_actions};
pub use list_pathways::{ListPathways, list_pathways};
pub use list_relatives::{ListRelatives, Relative, list_relatives};
pub use matching::{
    ChildMatch, ChildrenMatched, FamiliesMatched, MatchView, MatchWaitingChildren,
    MatchWaitingFamilies, ProposeSlate, ShownMatch, SiblingHome, SiblingPlan, SiblingSplit, Slate,
    SlateAim, SlateOutcome, SlateRow, match_waiting_children, match_waiting_families,
    propose_slate,
};
pub use name_relationship::{NameRelationship, name_relationship};
pub use read_audit::{AuditAnswer, ListAudit, audit_head, list_audit_entries};
pub use read_statements::{
    Recorded, Recordings, TiePosition, list_statements, list_ties, statement_versions,
    statements_of_commit,
};
pub use record_connection::{Conclusion, RecordConnection, RecordedConnection, record_connection};
pub use record_statements::record_statements;
pub use rematch::{
    CHILDREN_A_PART, FollowedChanges, LOCAL_CHANGE, ListOfNight, NightChanges, Readers, Rematch,
    ToldChange, ToldChild, ToldNight, ToldPlace, cancel_rematch, failures_of_run,
    follow_night_changes, last_followed, list_of_night, list_rematch_runs, night_changes, rematch,
    rematch_run, rematch_touched, replay,
};
pub use resolve_nation::{NationAnswer, RecordedNation, ResolveNation, resolve_nation};
pub use resolve_person::resolve_person;
pub use resolve_resource::resolve_resource;
pub use same_person::{
    Decision, ShownLink, Suggested, Suggestion, decide_same_person, links_of_person,
    links_of_verdict, propose_same_person, record_suggestions, same_person_link,
    same_person_links_of_commit,
};
pub use search_people::{
    FoundPerson, SearchPeople, SearchReason, SearchScope, SearchedName, search_people,
};
pub use show_person::{PersonRecord, ShownStatement, show_person};
pub use write::{StatementInput, Write, Written, written_before};
