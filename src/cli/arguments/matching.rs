//! Waiting families and children, nightly runs, placement orders, what is due.

use clap::{Args, Subcommand};
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub enum OrdersCommand {
    /// List every placement order, with its version and source
    #[command(after_help = "Example:\n  kinpath orders list")]
    List,
    /// Write one placement order as it stands in its file
    #[command(after_help = "Example:\n  kinpath orders show us-icwa-foster")]
    Show {
        /// The order's id
        id: String,
    },
    /// Check files, and tell the line and the reason of what is wrong
    #[command(after_help = "Example:\n  kinpath orders check our-nation.toml")]
    Check {
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
}

#[derive(Debug, Subcommand)]
pub enum MatchCommand {
    /// Say which waiting families fit a child, and the brothers and sisters to be placed together
    #[command(
        after_help = "Every rule answers yes, no or unknown; what is unknown needs review and excludes nobody. \
                      Attributes and weights are data.\n\n\
                      Example:\n  kinpath --data community match families story:child-1 --near-misses"
    )]
    Families(MatchFamilies),
    /// Say which children fit a waiting family, with the same scores
    #[command(
        after_help = "Example:\n  kinpath --data community match children waitingFamilies/story:pine"
    )]
    Children(MatchChildren),
    /// Say what a file of weights of your own changes, or tell the line and the reason of what is wrong
    #[command(
        after_help = "Hand the file to --weights. It begins with version and source, and replaces numbers only:\n\n\
                      version = \"ours, December 2026\"\nsource = \"decision of the placement committee\"\n\
                      [matching.weights]\nnear_home = 12\n[ranking.tie_to_child]\nknows_the_child = 15\n\n\
                      Example:\n  kinpath match check our-weights.toml"
    )]
    Check {
        /// The files
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// Propose which waiting family each waiting child could have, over all children at once
    #[command(
        after_help = "It only proposes. Every child's order and hard rules hold, brothers and sisters who are to be placed \
                      together go to one family, and a family takes the children of one placement.\n\n\
                      Examples:\n  kinpath --data community match slate\n  \
                      kinpath --data community match slate --stable --worker \"D. Marsh\""
    )]
    Slate(MatchSlate),
}

#[derive(Debug, Args)]
pub struct MatchSlate {
    /// The day that the answer is for, as YYYY-MM-DD [default: today]
    #[arg(
        long,
        value_name = "DATE",
        default_value = "",
        hide_default_value = true
    )]
    pub as_of: String,
    /// No children and family would both rather have each other, instead of the greatest sum of scores
    #[arg(long)]
    pub stable: bool,
    /// Show the children of this worker only, as written in the cases; all children are placed all the same
    #[arg(
        long,
        value_name = "NAME",
        default_value = "",
        hide_default_value = true
    )]
    pub worker: String,
    /// Why kin and network who are being asked, are willing or could be asked keep no child off this slate
    #[arg(
        long,
        value_name = "REASON",
        default_value = "",
        hide_default_value = true
    )]
    pub passing_over_because: String,
}

#[derive(Debug, Args)]
pub struct MatchFamilies {
    /// The child, or the case as cases/<id>
    pub child: String,
    /// The day that the answer is for, as YYYY-MM-DD [default: today]
    #[arg(
        long,
        value_name = "DATE",
        default_value = "",
        hide_default_value = true
    )]
    pub as_of: String,
    /// The placement order [default: the one of the child's case]
    #[arg(long, value_name = "ID", default_value = "", hide_default_value = true)]
    pub order: String,
    /// At most this many families in each list
    #[arg(long, value_name = "NUMBER", default_value_t = 20, value_parser = clap::value_parser!(u8).range(1..=200))]
    pub top: u8,
    /// Show those whom one rule excludes and no other
    #[arg(long)]
    pub near_misses: bool,
    /// Show those whom a rule excludes, each with the reasons
    #[arg(long)]
    pub excluded: bool,
}

#[derive(Debug, Args)]
pub struct MatchChildren {
    /// The waiting family as waitingFamilies/<id>
    pub family: String,
    /// The day that the answer is for, as YYYY-MM-DD [default: today]
    #[arg(
        long,
        value_name = "DATE",
        default_value = "",
        hide_default_value = true
    )]
    pub as_of: String,
    /// At most this many children
    #[arg(long, value_name = "NUMBER", default_value_t = 20, value_parser = clap::value_parser!(u8).range(1..=200))]
    pub top: u8,
    /// Show children whom one rule keeps from this family and no other, too
    #[arg(long)]
    pub near_misses: bool,
}

#[derive(Debug, Args)]
pub struct Due {
    /// The case
    #[arg(long, value_name = "CASE", required_unless_present_any = ["worker", "check"])]
    pub case: Option<String>,
    /// The worker, as written in the cases
    #[arg(long, value_name = "NAME", conflicts_with = "case")]
    pub worker: Option<String>,
    /// The day that the answer is for, as YYYY-MM-DD [default: today]
    #[arg(
        long,
        value_name = "DATE",
        default_value = "",
        hide_default_value = true
    )]
    pub as_of: String,
    /// Only what is due within this many days, is overdue, or cannot be dated
    #[arg(long, value_name = "DAYS")]
    pub within: Option<u32>,
    /// Check files of rules of your own, and tell the line and the reason of what is wrong
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with_all = ["case", "worker"])]
    pub check: Vec<PathBuf>,
}

/// What of the nightly run.
#[derive(Debug, Subcommand)]
pub enum RematchCommand {
    /// Run now, or go on with a run that was cut off
    #[command(after_help = "Example:\n  kinpath --data community rematch run --as-of 2026-11-21")]
    Run(RematchRun),
    /// List the runs that are kept, the newest first
    #[command(after_help = "Example:\n  kinpath --data community rematch list")]
    List,
    /// Show what was suggested for a child on a night
    #[command(after_help = "Example:\n  kinpath --data community rematch show story-1 --run 12")]
    Show(RematchShow),
    /// Tell a worker what is new, gone or moved, and why: the most promising first
    #[command(
        after_help = "Examples:\n  kinpath --data community rematch report --worker \"D. Marsh\"\n  \
                      kinpath --data community rematch report --worker \"D. Marsh\" --html > digest.html"
    )]
    Report(RematchReport),
    /// End a run that is under way or was cut off; nothing of it is left but its record
    #[command(after_help = "Example:\n  kinpath --data community rematch cancel 12")]
    Cancel(RematchCancel),
}

#[derive(Debug, Args)]
pub struct RematchRun {
    /// The day that the lists are for, as YYYY-MM-DD [default: today]
    #[arg(
        long,
        value_name = "DATE",
        default_value = "",
        hide_default_value = true
    )]
    pub as_of: String,
    /// At most so many processors
    #[arg(long, value_name = "COUNT", default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub threads: u16,
    /// Keep the last so many runs
    #[arg(long, value_name = "COUNT", default_value_t = 400, value_parser = clap::value_parser!(u16).range(2..))]
    pub keep: u16,
    /// Write what is found after so many children: a run that is cut off goes on from there
    #[arg(long, value_name = "COUNT", default_value_t = 256, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub children_a_part: u32,
    /// A move within a tier is news from so many ranks on
    #[arg(long, value_name = "RANKS", default_value_t = 3)]
    pub ranks_moved: u32,
    /// Only the children whom something recorded since the last run can touch, for the date of the last night. A server
    /// does this by itself
    #[arg(long, conflicts_with = "as_of")]
    pub touched: bool,
}

#[derive(Debug, Args)]
pub struct RematchShow {
    /// The child
    pub child: String,
    /// The number of the run [default: the last one]
    #[arg(
        long,
        value_name = "NUMBER",
        default_value = "",
        hide_default_value = true
    )]
    pub run: String,
}

#[derive(Debug, Args)]
pub struct RematchReport {
    /// The worker, as written in the cases
    #[arg(long, value_name = "NAME")]
    pub worker: String,
    /// The number of the run [default: the last one]
    #[arg(
        long,
        value_name = "NUMBER",
        default_value = "",
        hide_default_value = true
    )]
    pub run: String,
    /// Write a page for a browser
    #[arg(long, conflicts_with = "csv")]
    pub html: bool,
    /// Write a table, one row a change
    #[arg(long)]
    pub csv: bool,
}

#[derive(Debug, Args)]
pub struct RematchCancel {
    /// The number of the run
    pub run: String,
}
