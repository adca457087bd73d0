//! A date as it is kept: with what is known of it, and how surely.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// How exactly a point is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Precision {
    Day,
    Month,
    /// `month` holds the season's number, 21 (spring) to 24 (winter).
    Season,
    Year,
    /// `196X`: `year` is the decade's first.
    Decade,
    /// `19XX`: `year` is the century's first.
    Century,
    /// `1985-04-XX`: some day of the month. The same span as `Month`, written differently.
    DayUnspecified,
    /// `1985-XX`: some month of the year.
    MonthUnspecified,
    /// `1985-XX-XX`: some day of the year.
    MonthAndDayUnspecified,
}

/// What the writer thought of the date: `?`, `~` or `%`.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default,
)]
pub enum Qualifier {
    #[default]
    None,
    /// `?`: the source is doubtful.
    Uncertain,
    /// `~`: about.
    Approximate,
    /// `%`: both.
    Both,
}

/// One date as written. Unused parts are zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Point {
    pub year: i32,
    pub month: u8,
    pub day: u8,
    pub precision: Precision,
    pub qualifier: Qualifier,
}

/// One end of a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum End {
    At(Point),
    /// `..`: no end.
    Open,
    /// Nothing written: there is an end, not known.
    Unknown,
}

/// A date, a stretch of time, or a set of which one is meant. In text formats such as JSON it is written as EDTF.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PartialDate {
    Single(Point),
    /// `1964/2008`, `1985/..`, `/1985`.
    Interval(End, End),
    /// `[1965..1970]`, `[..1970]`, `[1970..]`: one day in this range, not known which.
    OneOf(End, End),
}

/// The parts of a date, as binary formats hold them; text formats only where EDTF does not read back the same.
#[derive(Serialize, Deserialize)]
#[serde(remote = "PartialDate")]
enum DateParts {
    Single(Point),
    Interval(End, End),
    OneOf(End, End),
}

/// What stands in a text format.
#[derive(Deserialize)]
#[serde(untagged)]
enum WrittenDate {
    Edtf(String),
    Parts(#[serde(with = "DateParts")] PartialDate),
}

impl Serialize for PartialDate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            let text = self.to_string();
            if text.parse() == Ok(*self) {
                return serializer.serialize_str(&text);
            }
        }
        DateParts::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for PartialDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<PartialDate, D::Error> {
        if !deserializer.is_human_readable() {
            return DateParts::deserialize(deserializer);
        }
        match WrittenDate::deserialize(deserializer)? {
            WrittenDate::Edtf(text) => text.parse().map_err(serde::de::Error::custom),
            WrittenDate::Parts(date) => Ok(date),
        }
    }
}
