//! What the record of access is asked.

use clap::{Args, Subcommand};
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// List entries: who saw this child, what did this person see, what was done in a case
    List(AuditList),
    /// Print a person's own record of access
    Record(AuditOf),
    /// Print the signed end of the record, to keep it outside the store
    Head(AuditHead),
    /// Check the whole record, and that it holds all of which heads were kept
    Verify(AuditVerify),
}

#[derive(Debug, Args)]
pub struct AuditList {
    /// Only what showed or changed this person
    #[arg(long, value_name = "PERSON", default_value = "")]
    pub shown: String,
    /// Only what this person or service asked, as entries name them
    #[arg(long, value_name = "NAME", default_value = "")]
    pub actor: String,
    /// Only what was asked or changed in this case
    #[arg(long, value_name = "CASE", default_value = "")]
    pub case: String,
    /// Only this method, as entries name it
    #[arg(long, value_name = "METHOD", default_value = "")]
    pub method: String,
    /// From this day on (UTC), as YYYY-MM-DD
    #[arg(long, value_name = "DAY", default_value = "")]
    pub from: String,
    /// Up to and with this day (UTC), as YYYY-MM-DD
    #[arg(long, value_name = "DAY", default_value = "")]
    pub until: String,
}

#[derive(Debug, Args)]
pub struct AuditOf {
    /// Whose record
    #[arg(long, value_name = "PERSON")]
    pub person: String,
}

#[derive(Debug, Args)]
pub struct AuditHead {
    /// Add it to this file, which should be on another machine or medium
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct AuditVerify {
    /// Files with heads that were kept outside
    #[arg(long, value_name = "FILE")]
    pub heads: Vec<PathBuf>,
}
