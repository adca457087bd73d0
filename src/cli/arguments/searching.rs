//! Who is who: search, same-person links, nations by their names.

use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

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
