//! Dates as they stand in a sentence: "on 2 May 2023", "in 2001", "about 1961".

use crate::model::partial_date::PartialDate;

/// The date with the preposition that English asks for after a verb.
pub fn when(date: PartialDate) -> String {
    let words = date.in_words();
    let is_one_day = matches!(date.possible_days(), (Some(first), Some(last)) if first == last);
    let says_when_itself = [
        "about",
        "perhaps",
        "between",
        "from",
        "until",
        "at an unknown",
    ]
    .iter()
    .any(|beginning| words.starts_with(beginning))
        || words.ends_with("earlier")
        || words.ends_with("later");
    if says_when_itself {
        words
    } else if is_one_day {
        format!("on {words}")
    } else {
        format!("in {words}")
    }
}

#[cfg(test)]
mod tests {
    use super::when;

    #[test]
    fn dates_stand_in_a_sentence() {
        for (date, words) in [
            ("2023-05-02", "on 2 May 2023"),
            ("2023-05", "in May 2023"),
            ("2001", "in 2001"),
            ("196X", "in the 1960s"),
            ("1961~", "about 1961"),
            ("1961?", "perhaps 1961"),
            ("[1965..1970]", "between 1965 and 1970"),
            ("[..1970]", "1970 or earlier"),
        ] {
            assert_eq!(when(date.parse().expect(date)), words);
        }
    }
}
