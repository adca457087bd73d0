use super::*;
use proptest::prelude::*;

fn date(text: &str) -> PartialDate {
    text.parse().unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn every_form_reads_and_writes_back() {
    for text in [
        "1961",
        "1961-03",
        "1961-03-12",
        "196X",
        "19XX",
        "1961-XX",
        "1961-XX-XX",
        "1961-03-XX",
        "1961~",
        "1961?",
        "1961%",
        "1961-03~",
        "1961-21",
        "-0044",
        "0000",
        "Y17000",
        "Y-17000",
        "1964/2008",
        "2004-02-01/2005",
        "1985/..",
        "../1985",
        "1985/",
        "/1985",
        "1984?/2004~",
        "[..1970]",
        "[1970..]",
        "[1965..1970]",
        "[1965-03-01..1970]",
    ] {
        assert_eq!(date(text).to_string(), text);
    }
}

#[test]
fn what_is_no_date_is_refused_with_a_reason() {
    for (text, reason) in [
        ("", "it is empty"),
        ("1961-02-31", "there is no such day"),
        ("1900-02-29", "there is no such day"),
        ("1961-13", "there is no such month"),
        ("1961-00", "there is no such month"),
        ("[..]", "a set needs at least one end"),
        (
            "[1970..1965]",
            "the first date of the set lies after the last",
        ),
        ("2008/1964", "the stretch of time ends before it begins"),
        ("../..", "a stretch of time needs at least one end"),
        ("1961-03-12T10:00", "times of day are not kept"),
        ("Y99999999", "the year is too far off"),
        ("1961-XX-12", "a day needs its month"),
    ] {
        assert_eq!(
            text.parse::<PartialDate>().map_err(|error| error.reason),
            Err(reason),
            "{text}"
        );
    }
    for text in [
        "about 1961",
        "61",
        "1961-3",
        "12/03/1961",
        "1961-03-12-01",
        "19é1",
        "+961",
        "[1965",
        "X",
        "----",
        "~",
    ] {
        assert!(text.parse::<PartialDate>().is_err(), "{text}");
    }
}

#[test]
fn comparisons_are_three_valued() {
    assert_eq!(date("1960").before(date("1961")), Truth::Yes);
    assert_eq!(date("1961").before(date("1960")), Truth::No);
    assert_eq!(date("1961").before(date("1961-06")), Truth::Unknown);
    assert_eq!(date("1960~").before(date("1961")), Truth::Unknown);
    assert_eq!(date("1950~").before(date("1961")), Truth::Yes);
    assert_eq!(date("[..1970]").before(date("1971")), Truth::Yes);
    assert_eq!(date("[1970..]").before(date("1971")), Truth::Unknown);
    assert_eq!(date("[1972..]").before(date("1971")), Truth::No);
}

#[test]
fn ages_are_whole_years_and_keep_their_doubt() {
    let day = Day::from_ymd(2026, 11, 21).unwrap();
    assert_eq!(date("2007-11-21").is_aged_at_least(19, day), Truth::Yes);
    assert_eq!(date("2007-11-22").is_aged_at_least(19, day), Truth::No);
    assert_eq!(date("2007").is_aged_at_least(19, day), Truth::Unknown);
    assert_eq!(date("2008").is_aged_at_least(19, day), Truth::No);
    assert_eq!(date("2004~").is_aged_at_least(19, day), Truth::Yes);
    assert_eq!(date("2006~").is_aged_at_least(19, day), Truth::Unknown);
    assert_eq!(
        date("[..1970]").age_on(day),
        AgeRange {
            least: Some(55),
            greatest: None
        }
    );
}

proptest! {
    #[test]
    fn days_convert_both_ways(number in -10_000_000i32..10_000_000) {
        let (year, month, day) = Day(number).ymd();
        prop_assert_eq!(Day::from_ymd(year, month, day), Some(Day(number)));
    }

    #[test]
    fn any_text_is_read_or_refused_without_panic(text in "\\PC{0,24}") {
        if let Ok(date) = text.parse::<PartialDate>() {
            prop_assert_eq!(date.to_string().parse::<PartialDate>(), Ok(date));
        }
    }

    #[test]
    fn before_is_never_true_both_ways(a in -3000i32..3000, b in -3000i32..3000) {
        let (first, second) = (PartialDate::from_year(a), PartialDate::from_year(b));
        prop_assert!(!(first.before(second) == Truth::Yes && second.before(first) == Truth::Yes));
    }
}
