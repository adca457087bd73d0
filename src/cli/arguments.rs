//! The one definition of commands, flags and help.

use clap::{Args, Parser, Subcommand, ValueEnum};
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
    /// A running server, as host:port
    #[arg(long, global = true, value_name = "ADDR")]
    pub server: Option<String>,
    /// Write the answer as JSON, one message a line
    #[arg(long, global = true)]
    pub json: bool,
    /// A folder with placement orders of your own (.toml), beside those that come with the program
    #[arg(long, global = true, value_name = "DIR", env = "KINPATH_ORDERS")]
    pub orders: Option<PathBuf>,
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
    Duplicates(super::duplicates::Duplicates),
    /// Learn and measure how records of one person are found
    #[command(
        subcommand,
        after_help = "Examples:\n  kinpath linkage evaluate people.csv --column given=first_name --column family=surname \
                      --column birth=dob --truth-column cluster\n  \
                      kinpath --data community linkage learn --out parameters.toml"
    )]
    Linkage(super::linkage::LinkageCommand),
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

#[derive(Debug, Args)]
pub struct Find {
    /// The child
    pub child: String,
    /// What the leads are for
    #[arg(long, value_enum, default_value_t = Purpose::Placement)]
    pub purpose: Purpose,
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
    /// Show at most this many leads of each tier; all are counted
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub leads: u32,
    /// Show at most this many of those left out; all are counted
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub excluded: u32,
    /// Go on with the next of those left out: the token that the answer before gave
    #[arg(
        long,
        value_name = "TOKEN",
        default_value = "",
        hide_default_value = true
    )]
    pub excluded_page: String,
    /// Show apart who is nearly a lead: only one rule excludes them, and time alone admits them within a year
    #[arg(long)]
    pub near_misses: bool,
}

#[derive(Debug, Args)]
pub struct Connect {
    /// The child, or the child's case
    #[arg(long, visible_alias = "case", value_name = "CHILD")]
    pub child: String,
    /// What the person is to the child, in your words: "mother's brother", "maternal aunt", "teacher"
    #[arg(long, value_name = "WORDS")]
    pub relation: String,
    /// The name as written; leave it out for somebody not yet named
    #[arg(long, default_value = "", hide_default_value = true)]
    pub name: String,
    /// The side of the child's family, if the words do not say it
    #[arg(long, value_enum)]
    pub side: Option<Side>,
    /// Gender, if known
    #[arg(long, value_enum)]
    pub gender: Option<Gender>,
    /// Date of birth as far as it is known: 1961, 1961-03-12, 1961~ (about), 196X, [..1970] (by 1970)
    #[arg(
        long,
        value_name = "DATE",
        default_value = "",
        hide_default_value = true
    )]
    pub born: String,
    /// The person is dead
    #[arg(long, conflicts_with = "alive")]
    pub dead: bool,
    /// Somebody said that the person is alive
    #[arg(long)]
    pub alive: bool,
    /// Where the person lives
    #[arg(long, default_value = "", hide_default_value = true)]
    pub place: String,
    /// The nation that the person belongs to, by any of its names
    #[arg(long, default_value = "", hide_default_value = true)]
    pub nation: String,
    /// A telephone number, as written
    #[arg(long, default_value = "", hide_default_value = true)]
    pub phone: String,
    /// An e-mail address
    #[arg(long, default_value = "", hide_default_value = true)]
    pub email: String,
    /// Anything else worth keeping
    #[arg(long, default_value = "", hide_default_value = true)]
    pub note: String,
    /// How sure it is
    #[arg(long, value_enum, default_value_t = Certainty::Reported)]
    pub certainty: Certainty,
    /// Where it was found: the document, then if known |page|date|who said so
    #[arg(long, default_value = "", hide_default_value = true)]
    pub source: String,
    /// The reading chosen, after an answer that listed choices
    #[arg(long, default_value = "", hide_default_value = true)]
    pub choice: String,
    /// Repeat with the same id to be sure that nothing is recorded twice [default: a new one]
    #[arg(
        long,
        value_name = "UUID",
        default_value = "",
        hide_default_value = true
    )]
    pub request_id: String,
    /// Tell how it would be understood, and record nothing
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(Debug, Args)]
pub struct Relation {
    /// The first person
    #[arg(required_unless_present = "pairs", requires = "b")]
    pub a: Option<String>,
    /// The second person: what are they to the first?
    pub b: Option<String>,
    /// A CSV file with the columns a and b
    #[arg(long, value_name = "FILE", conflicts_with_all = ["a", "b"])]
    pub pairs: Option<PathBuf>,
    /// The day that the answer is for, as YYYY-MM-DD [default: today]
    #[arg(
        long,
        value_name = "DATE",
        default_value = "",
        hide_default_value = true
    )]
    pub as_of: String,
}

#[derive(Debug, Args)]
pub struct Relatives {
    /// The person
    pub person: String,
    /// The greatest civil degree, 1 to 12: 2 siblings and grandparents, 3 aunts and uncles, 4 first cousins
    #[arg(long, value_name = "N", default_value_t = 4)]
    pub degree: u32,
    /// The day that the answer is for, as YYYY-MM-DD [default: today]
    #[arg(
        long,
        value_name = "DATE",
        default_value = "",
        hide_default_value = true
    )]
    pub as_of: String,
}

#[derive(Debug, Args)]
pub struct Show {
    /// The person
    pub person: String,
    /// Show what was known after this revision
    #[arg(
        long,
        value_name = "REVISION",
        default_value = "",
        hide_default_value = true
    )]
    pub known_on: String,
}

#[derive(Debug, Args)]
pub struct Search {
    /// As people type: a name or its beginning, perhaps with a year and a place
    #[arg(default_value = "", hide_default_value = true)]
    pub name: String,
    /// Given names
    #[arg(
        long,
        value_name = "NAMES",
        default_value = "",
        hide_default_value = true
    )]
    pub given: String,
    /// Family name
    #[arg(
        long,
        value_name = "NAME",
        default_value = "",
        hide_default_value = true
    )]
    pub family: String,
    /// Another family name, as before a marriage
    #[arg(
        long,
        value_name = "NAME",
        default_value = "",
        hide_default_value = true
    )]
    pub birth_family: String,
    /// Date of birth in EDTF: 1961-03-12, 1961, 1961~ (about), 196X, [1965..1970]
    #[arg(
        long,
        value_name = "DATE",
        default_value = "",
        hide_default_value = true
    )]
    pub born: String,
    /// A place lived or born in; may be given several times
    #[arg(long, value_name = "PLACE")]
    pub place: Vec<String>,
    /// A nation of the person; may be given several times
    #[arg(long, value_name = "NATION")]
    pub nation: Vec<String>,
    /// Only relatives of this person and those tied to them
    #[arg(
        long,
        value_name = "PERSON",
        default_value = "",
        hide_default_value = true
    )]
    pub relative_of: String,
    /// Only people mentioned in this case
    #[arg(
        long,
        value_name = "CASE",
        default_value = "",
        hide_default_value = true
    )]
    pub case: String,
    /// Answer every row of this file
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = ["name", "given", "family", "birth_family", "born", "place", "nation", "relative_of", "case"]
    )]
    pub queries: Option<PathBuf>,
    /// Show at most this many people; 50 by default, 10 to each row of a file
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub limit: Option<u32>,
}

#[derive(Debug, Subcommand)]
pub enum NationCommand {
    /// Say which nation a name means, with alternatives and how certain it is
    #[command(
        after_help = "Asks the reference list of bands and peoples of Canada and, with --data or --server, also the \
                      nations recorded there. A band number is understood too.\n\n\
                      Examples:\n  kinpath nation resolve \"Sliammon Indian Band\"\n  \
                      kinpath --data community nation resolve \"Sturgeon Lake\" --region Alberta"
    )]
    Resolve(ResolveNation),
    /// Measure over a CSV file of names how many are recognised, also when they are damaged
    #[command(
        after_help = "Each name is asked as written, without marks, with look-alike signs, with \"Band\" or \"First Nation\" \
                      dropped and added, with one typo, and with several of these together.\n\n\
                      Examples:\n  kinpath nation check bands.csv --column BAND_NAME --truth BAND_NUMBER\n  \
                      kinpath nation check names.csv --column former --truth current --failures"
    )]
    Check(CheckNations),
}

#[derive(Debug, Args)]
pub struct ResolveNation {
    /// The name as written, or a band number
    #[arg(required_unless_present = "file")]
    pub text: Option<String>,
    /// The province or territory
    #[arg(long, default_value = "", hide_default_value = true)]
    pub region: String,
    /// A recorded place near
    #[arg(long, default_value = "", hide_default_value = true)]
    pub place: String,
    /// Show at most this many candidates
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(i32).range(1..=200))]
    pub limit: i32,
    /// A file with one name a line; each gives one line of JSON
    #[arg(long, value_name = "FILE", conflicts_with = "text")]
    pub file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct CheckNations {
    /// The CSV file
    pub file: PathBuf,
    /// The column of names
    #[arg(long)]
    pub column: String,
    /// The column that says which nation is meant: a band number, or another name of it
    #[arg(long)]
    pub truth: String,
    /// How often each damage that differs by chance is done
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=1000))]
    pub rounds: u64,
    /// List every name that was not recognised
    #[arg(long)]
    pub failures: bool,
}

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

#[derive(Debug, Args)]
pub struct WhyNot {
    /// The child
    pub child: String,
    /// The person, or the waiting family as waitingFamilies/<id>
    pub who: String,
    /// What the lead would be for
    #[arg(long, value_enum, default_value_t = Purpose::Placement)]
    pub purpose: Purpose,
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
}

#[derive(Debug, Args)]
pub struct Pathways {
    /// The child
    #[arg(required_unless_present = "check", requires = "lead")]
    pub child: Option<String>,
    /// The person, or the waiting family as waitingFamilies/<id>
    pub lead: Option<String>,
    /// The day that the answer is for, as YYYY-MM-DD [default: today]
    #[arg(
        long,
        value_name = "DATE",
        default_value = "",
        hide_default_value = true
    )]
    pub as_of: String,
    /// The placement order that chooses the rules [default: the one of the child's case]
    #[arg(long, value_name = "ID", default_value = "", hide_default_value = true)]
    pub order: String,
    /// Check files of rules of your own, and tell the line and the reason of what is wrong
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with_all = ["child", "lead"])]
    pub check: Vec<PathBuf>,
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

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Purpose {
    /// A home for the child
    Placement,
    /// Visits, letters, lifelong support
    Connection,
    /// Somebody who may know more
    Information,
    /// Somebody to be given notice
    Notice,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Side {
    /// Through the mother
    Maternal,
    /// Through the father
    Paternal,
    /// Through both
    Both,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Gender {
    /// A woman or girl
    Female,
    /// A man or boy
    Male,
    /// Neither
    Other,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Certainty {
    /// Checked against a document or with the people concerned
    Confirmed,
    /// Told, not checked
    Reported,
    /// Somebody says otherwise
    Disputed,
    /// Known to be wrong
    Disproved,
}

#[derive(Debug, Subcommand)]
pub enum SamePerson {
    /// List records that may be of one person, the likeliest first
    #[command(after_help = "Example:\n  kinpath --data community same-person list --limit 20")]
    List(SamePersonList),
    /// Show why two records may be of one person, and what was decided
    #[command(
        after_help = "Example:\n  kinpath --data community same-person show file-a:12 file-b:7"
    )]
    Show(SamePersonPair),
    /// Decide whether two records are of one person, or take a decision back
    #[command(
        after_help = "Both records stay as they are, whatever is decided; \"undecided\" takes a decision back.\n\n\
                      Example:\n  kinpath --data community same-person decide file-a:12 file-b:7 --verdict different \
                      --reason \"mother and daughter\" --source \"file 7|p. 2\""
    )]
    Decide(SamePersonDecide),
}

#[derive(Debug, Args)]
pub struct SamePersonList {
    /// Only the links of this person
    pub person: Option<String>,
    /// Only links with this verdict [default: of one person all, else those not decided]
    #[arg(long, value_enum)]
    pub verdict: Option<Verdict>,
    /// Show at most this many links
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub limit: u32,
}

#[derive(Debug, Args)]
pub struct SamePersonPair {
    /// One record
    pub one: String,
    /// The other record
    pub other: String,
}

#[derive(Debug, Args)]
pub struct SamePersonDecide {
    #[command(flatten)]
    pub pair: SamePersonPair,
    /// The verdict
    #[arg(long, value_enum)]
    pub verdict: Verdict,
    /// Why, in your words
    #[arg(long, value_name = "WORDS")]
    pub reason: String,
    /// Who decides and on what: document|page|date|who said so
    #[arg(long, default_value = "", hide_default_value = true)]
    pub source: String,
    /// The version of the link that was shown; refused if somebody else has decided since
    #[arg(
        long,
        value_name = "VERSION",
        default_value = "",
        hide_default_value = true
    )]
    pub etag: String,
    /// The id of a request that may have been recorded already
    #[arg(
        long,
        value_name = "UUID",
        default_value = "",
        hide_default_value = true
    )]
    pub request_id: String,
    /// Check everything and record nothing
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Verdict {
    /// Nobody has decided
    Undecided,
    /// One person
    Same,
    /// Two people
    Different,
}
