//! What is asked about one child: leads, connections, reasons, relatives.

use clap::{Args, ValueEnum};
use std::path::PathBuf;

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
