//! The flags of `linkage`.

use clap::{Args, Subcommand};
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub enum LinkageCommand {
    /// Link the records of a CSV file, or of two files to one another, and measure the links against the truth
    #[command(
        after_help = "Kinds of columns: given, family, name (a whole name), birth, death, place, postcode, street, number, \
                      identifier, phone, sex, category. Several columns of one kind are one set of values; a label keeps \
                      them apart: street:2=address_2.\n\n\
                      Nothing is learnt from the truth.\n\n\
                      Examples:\n  kinpath linkage evaluate people.csv --column given=first_name --column family=surname \
                      --column birth=dob --column place=town --truth-column cluster\n  \
                      kinpath linkage evaluate febrl4a.csv febrl4b.csv --columns febrl.toml --id rec_id \
                      --truth-pattern 'rec-(\\d+)-'"
    )]
    Evaluate(Box<Evaluate>),
    /// Learn from the open records of a store how to tell one person from two; nothing sealed teaches
    #[command(
        after_help = "Examples:\n  kinpath --data community linkage learn --out parameters.toml\n\nThe parameters that \
                      come with Kinpath (data/linkage/parameters.toml) were made by:\n  kinpath linkage learn --register \
                      200000 --seed 1 --edition 2026-11-22.2 --out parameters.toml"
    )]
    Learn(Learn),
    /// Write invented people in several careless records each, to measure linkage on
    #[command(
        after_help = "Examples:\n  kinpath linkage sample --people 5000 --seed 1 --level 1 --out historical.csv\n  \
                      kinpath linkage sample --register 1000000 --seed 1 --out register.csv"
    )]
    Sample(Sample),
}

#[derive(Debug, Args)]
pub struct Evaluate {
    /// The records
    #[arg(value_name = "CSV")]
    pub file: PathBuf,
    /// A second file: its records are linked to those of the first, and none within one file
    #[arg(value_name = "OTHER_CSV")]
    pub other: Option<PathBuf>,
    /// A column and its kind, as in given=first_name or street:2=address_2
    #[arg(long = "column", value_name = "KIND[:LABEL]=COLUMN")]
    pub column: Vec<String>,
    /// A file of columns: lines such as given = "first_name" or "street:2" = ["address_2"]
    #[arg(long, value_name = "TOML")]
    pub columns: Option<PathBuf>,
    /// The column that names a record; else records are numbered from 1
    #[arg(long, value_name = "COLUMN")]
    pub id: Option<String>,
    /// Records with the same value in this column are one person
    #[arg(long, value_name = "COLUMN", group = "truth")]
    pub truth_column: Option<String>,
    /// Records for whose id this pattern gives the same text (of its first group) are one person
    #[arg(long, value_name = "REGEX", group = "truth")]
    pub truth_pattern: Option<String>,
    /// A CSV file of pairs of ids, in its first two columns, that are one person
    #[arg(long, value_name = "CSV", group = "truth")]
    pub truth_pairs: Option<PathBuf>,
    /// Use what was learnt before instead of learning from these records
    #[arg(long, value_name = "FILE")]
    pub parameters: Option<PathBuf>,
    /// Write what was learnt
    #[arg(long, value_name = "FILE")]
    pub save: Option<PathBuf>,
    /// Write every link of at least even chances, as CSV
    #[arg(long, value_name = "CSV")]
    pub links: Option<PathBuf>,
    /// Show why two records are linked or not, by their ids
    #[arg(long, value_name = "ID,ID")]
    pub show: Vec<String>,
    /// Show what was learnt of each level of agreement
    #[arg(long)]
    pub levels: bool,
}

#[derive(Debug, Args)]
pub struct Learn {
    /// The file to write; it must not exist
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// Names met in fewer records than this are left out of the file, so that it tells of nobody
    #[arg(long, default_value_t = 10)]
    pub least_count: u64,
    /// Learn from an invented register of so many entries instead, as for the parameters that come with Kinpath: names are
    /// then weighed by the published table
    #[arg(long, value_name = "ENTRIES")]
    pub register: Option<usize>,
    /// Of the register: other seeds give other people
    #[arg(long, default_value_t = 1, requires = "register")]
    pub seed: u64,
    /// Of the register: how many second records are to be expected for each record of a store
    #[arg(long, default_value_t = 0.005, requires = "register")]
    pub expect: f64,
    /// Of the register: how many others for each record are relatives and the like, with the same names and places
    #[arg(long, default_value_t = 20.0, requires = "register")]
    pub relatives: f64,
    /// Of the register: what the parameters are called, as links tell by which they were scored
    #[arg(long, default_value = "", requires = "register")]
    pub edition: String,
}

#[derive(Debug, Args)]
pub struct Sample {
    /// How many historical people, each in up to twenty records
    #[arg(long, default_value_t = 5156)]
    pub people: usize,
    /// A register of so many entries instead, three in ten of them second ones with a damage each
    #[arg(long, value_name = "ENTRIES")]
    pub register: Option<usize>,
    /// Other seeds give other people
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// How careless the records are: 0 tidy, 1 as in the published set of historical people, 2 hopeless
    #[arg(long, default_value_t = 1.0)]
    pub level: f64,
    /// The file to write
    #[arg(long, value_name = "CSV")]
    pub out: PathBuf,
}
