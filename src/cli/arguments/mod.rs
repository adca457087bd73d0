//! The one definition of commands, flags and help.

mod audit;
mod finding;
mod matching;
mod operating;
mod searching;

pub use audit::{AuditCommand, AuditHead, AuditList, AuditOf, AuditVerify};
pub use finding::{
    Certainty, Connect, Find, Gender, Pathways, Purpose, Relation, Relatives, Show, Side, WhyNot,
};
pub use matching::{
    Due, MatchChildren, MatchCommand, MatchFamilies, MatchSlate, OrdersCommand, RematchCancel,
    RematchCommand, RematchReport, RematchRun, RematchShow,
};
pub use operating::{
    Backup, Completions, ConfigCommand, Export, ExportFormat, Generate, Import, Restore, Serve,
    Verify,
};
pub use searching::{
    CheckNations, NationCommand, ResolveNation, SamePerson, SamePersonDecide, SamePersonList,
    SamePersonPair, Search, Verdict,
};

use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

/// Finds family for children in care.
#[derive(Debug, Parser)]
#[command(
    name = "kinpath",
    version,
    about = "Finds family for children in care: birth family and nation first, then the child's own network, then waiting families",
    after_help = "A person is given by public id (people/…), by the id in a source (<source>:<reference>, for example \
                  tudor:I58), or by a name that only one person has.\n\n\
                  Exit codes: 0 done, 1 a problem with the input or the question, 2 wrong usage, 3 the store is refused or \
                  damaged, 4 the server cannot be reached.\n\n\
                  Example:\n  kinpath --data community find \"Mia Joseph\""
)]
pub struct Arguments {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

/// Which store, and how answers are written.
#[derive(Debug, Args)]
pub struct Global {
    /// The folder of a store on this machine
    #[arg(long, global = true, value_name = "DIR", conflicts_with = "server")]
    pub data: Option<PathBuf>,
    /// The file with the store's keys; beside its folder, with the ending .key, if not given
    #[arg(long, global = true, value_name = "FILE", env = "KINPATH_KEY_FILE")]
    pub key_file: Option<PathBuf>,
    /// A running server, as host:port
    #[arg(long, global = true, value_name = "ADDR")]
    pub server: Option<String>,
    /// Write the answer as JSON, one message a line
    #[arg(long, global = true)]
    pub json: bool,
    /// A folder with placement orders of your own (.toml), beside those that come with the program
    #[arg(long, global = true, value_name = "DIR", env = "KINPATH_ORDERS")]
    pub orders: Option<PathBuf>,
    /// A file with weights of your own (.toml) that replace some of those that come with the program
    #[arg(long, global = true, value_name = "FILE", env = "KINPATH_WEIGHTS")]
    pub weights: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Find everyone who could belong to a child, in the prescribed order
    #[command(
        after_help = "Example:\n  kinpath --data community find story:child-1 --purpose connection --leads 20"
    )]
    Find(Find),
    /// Say why a person or waiting family is no lead for a child, and what would help
    #[command(
        after_help = "Examples:\n  kinpath --data community why-not story:child-1 \"Roy Tillman\"\n  \
                      kinpath --data community why-not story:child-1 waitingFamilies/story:pine"
    )]
    WhyNot(WhyNot),
    /// Record somebody who was found for a child
    #[command(
        after_help = "Example:\n  kinpath --data community connect --child story:child-1 --relation \"mother's brother\" \
                      --name \"Joe Adams\" --phone 250-555-0100 --source \"file 2001-03|p. 4\""
    )]
    Connect(Box<Connect>),
    /// Say how two people are related
    #[command(
        after_help = "Examples:\n  kinpath --data community relation tudor:I1 tudor:I58\n  \
                      kinpath --data community relation --pairs pairs.csv\n\n\
                      The file has the columns a and b. Each row gives one line of JSON, in the order of the rows; a row \
                      that cannot be answered gives a line with \"error\"."
    )]
    Relation(Relation),
    /// List everyone related to a person
    #[command(after_help = "Example:\n  kinpath --data community relatives tudor:I1 --degree 4")]
    Relatives(Relatives),
    /// Show everything recorded about a person, with its sources
    #[command(after_help = "Example:\n  kinpath --data community show tudor:I58")]
    Show(Show),
    /// Find people by what is known of them: a name as typed, a birth date, places, relatives
    #[command(
        after_help = "Spelling mistakes, nicknames, other family names and partly wrong dates are allowed for. With \
                      --queries, each row of a file is a question (columns named as in people.csv, separated by tabs, \
                      or by commas in a .csv file) and each answer is one line of JSON.\n\n\
                      Examples:\n  kinpath --data community search \"Marg Josef 1961 Alert Bay\"\n  \
                      kinpath --data community search --family Joseph --born 1961~ --place \"Alert Bay\"\n  \
                      kinpath --data community search Marg --relative-of \"Mia Joseph\"\n  \
                      kinpath --data community search --queries questions.tsv --json"
    )]
    Search(Search),
    /// Find the nation behind any of its names
    #[command(
        subcommand,
        after_help = "Example:\n  kinpath nation resolve \"Sliammon Indian Band\""
    )]
    Nation(NationCommand),
    /// Whether two records are of one person: list what may be, and decide
    #[command(
        subcommand,
        after_help = "Examples:\n  kinpath --data community same-person list\n  \
                      kinpath --data community same-person show file-a:12 file-b:7\n  \
                      kinpath --data community same-person decide file-a:12 file-b:7 --verdict same --reason \"she told me so\""
    )]
    SamePerson(SamePerson),
    /// Import CSV bundles (folders), GEDCOM files (.ged, .gdz) and whole stores (.jsonl), or undo an import
    #[command(
        after_help = "Everything is checked first. An error changes nothing, unless --accept-valid-rows is given.\n\n\
                      Examples:\n  kinpath --data community import family/ tudor.ged\n  \
                      kinpath --data community import --dry-run family/\n  \
                      kinpath --data community import --undo 7f0c…"
    )]
    Import(Import),
    /// Write what a store holds into files for other systems
    #[command(
        after_help = "jsonl is the whole store with its history, for another Kinpath; csv holds what stands at present; \
                      gedcom (5.5.1) and gedcom7 hold people and families for genealogy programs, without links between \
                      records of one person, for which they have no place.\n\n\
                      Examples:\n  kinpath --data community export --format jsonl --out community.jsonl\n  \
                      kinpath --data community export --format gedcom7 --out mia.ged \"Mia Joseph\""
    )]
    Export(Export),
    /// Find records that probably speak of one person, over a whole store
    #[command(
        after_help = "Work that was cut off is taken up again by the same command.\n\n\
                      Examples:\n  kinpath --data community duplicates --out duplicates.csv\n  \
                      kinpath --data community duplicates --least 0.9 --record --out duplicates.csv\n  \
                      kinpath --data community same-person list"
    )]
    Duplicates(crate::cli::duplicates::Duplicates),
    /// Learn and measure how records of one person are found
    #[command(
        subcommand,
        after_help = "Examples:\n  kinpath linkage evaluate people.csv --column given=first_name --column family=surname \
                      --column birth=dob --truth-column cluster\n  \
                      kinpath --data community linkage learn --out parameters.toml"
    )]
    Linkage(crate::cli::linkage::LinkageCommand),
    /// Serve a store over gRPC
    #[command(after_help = "Example:\n  kinpath --data community serve --address 127.0.0.1:50551")]
    Serve(Box<Serve>),
    /// Check the settings of the server
    #[command(
        subcommand,
        after_help = "Example:\n  kinpath config check --config /etc/kinpath/kinpath.toml"
    )]
    Config(ConfigCommand),
    /// List the placement orders, or check one of your own
    #[command(
        subcommand,
        after_help = "A placement order says in which order family is looked for, with the law behind each tier. Write your own \
                      from one that is shown, and hand its folder to --orders.\n\n\
                      Examples:\n  kinpath orders list\n  kinpath orders show canada-c92-s16\n  \
                      kinpath orders check our-nation.toml"
    )]
    Orders(OrdersCommand),
    /// Say which forms of permanence are open for a child with a person or family, and what each still needs
    #[command(
        after_help = "Each condition is answered yes, no or unknown with what is missing; the rules are data with their sources. \
                      Rules of your own stand in the subfolders pathways, services and due_actions of the folder that \
                      --orders names.\n\n\
                      Examples:\n  kinpath --data community pathways story:child-1 \"June Reed\"\n  \
                      kinpath --data community pathways story:child-1 waitingFamilies/story:pine\n  \
                      kinpath pathways --check our-rules.toml"
    )]
    Pathways(Pathways),
    /// Match children and waiting families, with reasons, near misses and homes for brothers and sisters
    #[command(
        subcommand,
        after_help = "Examples:\n  kinpath --data community match families story:child-1 --near-misses\n  \
                      kinpath --data community match children waitingFamilies/story:pine"
    )]
    Match(MatchCommand),
    /// Say what is due in a case or for a worker, nearest first
    #[command(
        after_help = "Examples:\n  kinpath --data community due --case story:case-1\n  \
                      kinpath --data community due --worker \"D. Marsh\" --within 60\n  \
                      kinpath due --check our-dates.toml"
    )]
    Due(Due),
    /// Match every waiting child anew, and tell what changed since the run before
    #[command(
        subcommand,
        after_help = "A run that was cut off is gone on with by the next `run`.\n\n\
                      Examples:\n  kinpath --data community rematch run\n  \
                      kinpath --data community rematch report --worker \"D. Marsh\"\n  \
                      kinpath --data community rematch show story-1 --run 12"
    )]
    Rematch(RematchCommand),
    /// Write the completions of a shell
    #[command(after_help = "Example:\n  kinpath completions bash > /etc/bash_completion.d/kinpath")]
    Completions(Completions),
    /// Write the man page
    #[command(after_help = "Example:\n  kinpath man > /usr/local/share/man/man1/kinpath.1")]
    Man,
    /// Make a sample community of people who do not exist, as a CSV bundle
    #[command(after_help = "Example:\n  kinpath generate --people 2000 --seed 1 --out sample")]
    Generate(Generate),
    /// Who was shown or changed what: list it, print a person's own record, check that nothing is missing
    #[command(
        subcommand,
        after_help = "Examples:\n  kinpath --data community audit list --shown story:child-1\n  \
                      kinpath --data community audit record --person \"Mia Joseph\"\n  \
                      kinpath --data community audit head --out /mnt/elsewhere/heads\n  \
                      kinpath --data community audit verify --heads /mnt/elsewhere/heads"
    )]
    Audit(AuditCommand),
    /// Check that every record, index and checksum of a store agrees
    #[command(after_help = "Example:\n  kinpath --data community verify")]
    Verify(Verify),
    /// Make a store's indexes and summaries anew from its statements
    #[command(after_help = "Example:\n  kinpath --data community rebuild")]
    Rebuild,
    /// Bring a store of an older version up to this one
    #[command(after_help = "Make a backup first.\n\nExample:\n  kinpath --data community migrate")]
    Migrate,
    /// Copy a store into an empty folder
    #[command(after_help = "Example:\n  kinpath --data community backup community-2026-11-21")]
    Backup(Backup),
    /// Make a store from a backup
    #[command(
        after_help = "The folder given with --data must not exist yet, or be empty.\n\n\
                            Example:\n  kinpath --data community restore community-2026-11-21"
    )]
    Restore(Restore),
}
