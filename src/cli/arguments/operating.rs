//! Files in and out, the server, and the care of a store.

use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

#[derive(Debug, Args)]
pub struct Import {
    /// Folders with a CSV bundle, GEDCOM files, or one whole store (.jsonl) into an empty folder
    #[arg(required_unless_present = "undo")]
    pub paths: Vec<PathBuf>,
    /// Leave out the rows with errors and take the others
    #[arg(long)]
    pub accept_valid_rows: bool,
    /// Check everything and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Take back a whole import
    #[arg(long, value_name = "IMPORT_ID", conflicts_with_all = ["paths", "accept_valid_rows", "dry_run"])]
    pub undo: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Read the settings as `serve` would, and tell what is wrong
    #[command(after_help = "Example:\n  kinpath config check --config /etc/kinpath/kinpath.toml")]
    Check(Box<Serve>),
}

#[derive(Debug, Args)]
pub struct Completions {
    /// The shell
    pub shell: clap_complete::Shell,
}

#[derive(Debug, Args)]
pub struct Export {
    #[arg(long, value_enum)]
    pub format: ExportFormat,
    /// The file to write; for csv the folder. It must not be there yet
    #[arg(long, value_name = "PATH")]
    pub out: PathBuf,
    /// Only these people and their relatives (GEDCOM only) [default: everybody]
    #[arg(value_name = "PERSON")]
    pub people: Vec<String>,
    /// With the people given, relatives up to this civil degree
    #[arg(long, value_name = "N", default_value_t = 6)]
    pub degree: u8,
    /// Write what is sealed too (GEDCOM only)
    #[arg(long)]
    pub with_sealed: bool,
}

/// What `export` writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    Jsonl,
    Csv,
    Gedcom,
    Gedcom7,
}

#[derive(Debug, Args)]
pub struct Serve {
    /// Where to listen; port 0 takes a free one [default: 127.0.0.1:50551]
    #[arg(long, value_name = "ADDR", env = "KINPATH_ADDRESS")]
    pub address: Option<String>,
    /// Allow an address that other machines can reach. There is no log-in yet
    #[arg(long)]
    pub open_to_other_machines: bool,
    /// A file with settings (TOML)
    #[arg(long, value_name = "FILE", env = "KINPATH_CONFIG")]
    pub config: Option<PathBuf>,
    /// Questions answered at once [default: one for each processor]
    #[arg(long, value_name = "N", env = "KINPATH_WORKERS")]
    pub workers: Option<usize>,
    /// Questions that may wait; more are turned away [default: 256]
    #[arg(long, value_name = "N", env = "KINPATH_QUEUE")]
    pub queue: Option<usize>,
    /// The longest that one question may take, in seconds [default: 60]
    #[arg(long, value_name = "SECONDS", env = "KINPATH_DEADLINE_SECONDS")]
    pub deadline_seconds: Option<u64>,
    /// How long running questions may take to end after a stop, in seconds [default: 30]
    #[arg(long, value_name = "SECONDS", env = "KINPATH_DRAIN_SECONDS")]
    pub drain_seconds: Option<u64>,
    /// Write the log as JSON
    #[arg(long)]
    pub log_json: bool,
}

#[derive(Debug, Args)]
pub struct Generate {
    /// How many people
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=100_000_000))]
    pub people: u64,
    /// The same seed gives the same community
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,
    /// The folder to write
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
}

#[derive(Debug, Args)]
pub struct Verify {
    /// Go on without commits that were acknowledged and are missing, once you have decided that no backup has them
    #[arg(long)]
    pub accept_loss: bool,
}

#[derive(Debug, Args)]
pub struct Backup {
    /// The folder to write: new or empty
    pub to: PathBuf,
}

#[derive(Debug, Args)]
pub struct Restore {
    /// The folder of the backup
    pub from: PathBuf,
}
