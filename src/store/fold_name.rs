//! Names as index keys: without case, marks and doubled spaces.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The form under which a name is found.
pub fn fold_name(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    let plain = name.nfkd().filter(|c| !is_combining_mark(*c));
    for c in plain.flat_map(char::to_lowercase) {
        if !c.is_whitespace() {
            folded.push(c);
        } else if !folded.is_empty() && !folded.ends_with(' ') {
            folded.push(' ');
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_marks_and_spaces_do_not_count() {
        assert_eq!(fold_name("  Zoë   ÅSTRÖM "), "zoe astrom");
        assert_eq!(fold_name("Mary Adams"), "mary adams");
    }
}
