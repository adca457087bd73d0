//! Text to a tree of lines that loses nothing: every line keeps its number, tag and value, known or not. The tree is one
//! list in the order of the file, each line knowing where its subtree ends, so that depth costs no stack.

use crate::exchange::report::{Findings, shown};
use crate::model::bundle::Origin;

/// Longer lines are refused, in bytes. (The standard allows 255; programs write whole notes.)
const LONGEST_LINE: usize = 1024 * 1024;

/// One line, as slices of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line<'t> {
    /// From 1.
    pub number: u64,
    /// As written, even if it jumps.
    pub level: u32,
    /// Between the @ signs; empty if there is none.
    pub xref: &'t str,
    /// As written; empty for a line without level and tag, which continues the value before.
    pub tag: &'t str,
    pub value: &'t str,
}

impl<'t> Line<'t> {
    /// The reference that the value is, without the @ signs: `@F1@`.
    pub fn pointer(&self) -> Option<&'t str> {
        let inner = self.value.trim().strip_prefix('@')?.strip_suffix('@')?;
        (!inner.is_empty() && !inner.contains('@') && !inner.starts_with('#')).then_some(inner)
    }
}

/// All lines of a file. Of each only its place in the text is held, 20 bytes: a file may be of very many tiny lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineTree<'t> {
    text: &'t str,
    lines: Vec<Place>,
    is_version_7: bool,
}

/// Where a line stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    number: u32,
    level: u32,
    /// In bytes of the text. The highest bit marks a line without level and tag.
    start: u32,
    length: u32,
    /// The position after the last line of this subtree.
    end: u32,
}

/// Longer texts are refused, in bytes, as half of what 32 bits can count.
const LONGEST_TEXT: usize = 1 << 31;
const CONTINUES: u32 = 1 << 31;

impl<'t> LineTree<'t> {
    /// Reads every line; faults become findings.
    pub fn read(file: &str, text: &'t str, findings: &mut Findings) -> LineTree<'t> {
        let origin = |number| Origin {
            file: file.to_owned(),
            line: number,
            field: String::new(),
        };
        if text.len() >= LONGEST_TEXT {
            findings.error(origin(0), "the file has more than 2 GiB");
            return LineTree::default();
        }
        let breaks = text.bytes().filter(|byte| matches!(byte, b'\n' | b'\r'));
        let count = breaks.count() + 1;
        let mut lines: Vec<Place> = Vec::with_capacity(count);
        // Positions of the lines above the next one, each with the depth that it really has.
        let mut open: Vec<u32> = Vec::new();
        for (number, raw) in numbered_lines(text) {
            if let Some(reason) = fault_of_line(raw) {
                findings.error(origin(number), reason);
                continue;
            }
            let trimmed = raw.trim_start_matches([' ', '\t', '\u{feff}']);
            if trimmed.trim_end().is_empty() {
                continue;
            }
            let here = lines.len() as u32;
            let level_above = |open: &[u32]| {
                open.last()
                    .map_or(0, |above| lines[*above as usize].level + 1)
            };
            let parsed = parse_line(number, trimmed);
            let (level, shown_text, mark) = match &parsed {
                Some(line) => (line.level, trimmed, 0),
                None => {
                    let reason = format!(
                        "{} has no level and tag: it is read as going on with the line before",
                        shown(raw)
                    );
                    findings.warning(origin(number), reason);
                    (level_above(&open), raw, CONTINUES)
                }
            };
            while let Some(&above) = open.last()
                && lines[above as usize].level >= level
            {
                lines[above as usize].end = here;
                open.pop();
            }
            let deepest = open
                .last()
                .map_or(0, |above| lines[*above as usize].level + 1);
            if level > deepest {
                let reason = format!(
                    "level {level} follows level {}: at most {deepest} can",
                    deepest.saturating_sub(1)
                );
                findings.warning(origin(number), reason);
            }
            let start = shown_text.as_ptr() as usize - text.as_ptr() as usize;
            lines.push(Place {
                number: number.try_into().unwrap_or(u32::MAX),
                level,
                start: start as u32 | mark,
                length: shown_text.len() as u32,
                end: here + 1,
            });
            if parsed.is_some() {
                open.push(here);
            }
        }
        let count = lines.len() as u32;
        for above in open {
            lines[above as usize].end = count;
        }
        let mut tree = LineTree {
            text,
            lines,
            is_version_7: false,
        };
        tree.is_version_7 = tree
            .child(0, "GEDC")
            .is_some_and(|gedc| tree.child_value(gedc, "VERS").starts_with('7'));
        tree
    }

    /// True if the head says GEDCOM 7.
    pub fn is_version_7(&self) -> bool {
        self.is_version_7
    }

    /// The lines at the top: positions of the records.
    pub fn records(&self) -> impl Iterator<Item = usize> + '_ {
        self.siblings(0, self.lines.len())
    }

    /// The lines directly below one.
    pub fn children(&self, position: usize) -> impl Iterator<Item = usize> + '_ {
        self.siblings(position + 1, self.end(position))
    }

    /// The positions of a line and all below it.
    pub fn subtree(&self, position: usize) -> std::ops::Range<usize> {
        position..self.end(position)
    }

    /// The position after the last line of a subtree.
    fn end(&self, position: usize) -> usize {
        self.lines
            .get(position)
            .map_or(position, |place| (place.end as usize).max(position + 1))
    }

    /// The line at a position; an empty one where there is none.
    pub fn line(&self, position: usize) -> Line<'t> {
        let Some(place) = self.lines.get(position) else {
            return continuation(0, 0, "");
        };
        let start = (place.start & !CONTINUES) as usize;
        let text = &self.text[start..start + place.length as usize];
        let number = u64::from(place.number);
        if place.start & CONTINUES != 0 {
            return continuation(number, place.level, text);
        }
        parse_line(number, text).unwrap_or(continuation(number, place.level, text))
    }

    /// The first line directly below with this tag.
    pub fn child(&self, position: usize, tag: &str) -> Option<usize> {
        self.children(position)
            .find(|child| self.line(*child).tag == tag)
    }

    /// The value of the first line directly below with this tag, without spaces around it; empty if there is none.
    pub fn child_value(&self, position: usize, tag: &str) -> &'t str {
        self.child(position, tag)
            .map_or("", |child| self.line(child).value.trim())
    }

    /// The value with what CONT and CONC add to it; doubled @ signs are made single.
    pub fn text(&self, position: usize) -> String {
        let mut text = self.own_text(position);
        for child in self.children(position) {
            match self.line(child).tag {
                "CONT" | "" => {
                    text.push('\n');
                    text.push_str(&self.own_text(child));
                }
                "CONC" => text.push_str(&self.own_text(child)),
                _ => {}
            }
        }
        text
    }

    /// The value of one line; doubled @ signs are made single.
    pub fn own_text(&self, position: usize) -> String {
        unescaped(self.line(position).value, self.is_version_7)
    }

    /// True if the text ends with the end of a line.
    pub fn ends_with_whole_line(&self) -> bool {
        self.text.ends_with(['\n', '\r'])
    }

    /// How many lines there are.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// True for a file without any line.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    fn siblings(&self, first: usize, end: usize) -> impl Iterator<Item = usize> + '_ {
        let next = move |position: &usize| Some(self.end(*position).max(position + 1));
        std::iter::successors(Some(first), next).take_while(move |position| *position < end)
    }
}

/// A value as it is meant: 7.0 doubles an @ sign at the beginning only, 5.5.1 every one.
pub fn unescaped(value: &str, is_version_7: bool) -> String {
    match value.strip_prefix("@@") {
        Some(rest) if is_version_7 => format!("@{rest}"),
        None if is_version_7 => value.to_owned(),
        _ => value.replace("@@", "@"),
    }
}

/// Why a line cannot be text.
fn fault_of_line(raw: &str) -> Option<String> {
    if raw.len() > LONGEST_LINE {
        let length = raw.len();
        Some(format!(
            "the line has {length} bytes; at most {LONGEST_LINE} are taken"
        ))
    } else if raw.contains('\0') {
        Some("the line holds a NUL character: this is not text".to_owned())
    } else {
        None
    }
}

/// Lines ended by CR, LF or CR LF, numbered from 1.
fn numbered_lines(text: &str) -> impl Iterator<Item = (u64, &str)> {
    let mut rest = Some(text);
    let mut number = 0;
    std::iter::from_fn(move || {
        let text = rest?;
        number += 1;
        match text.find(['\n', '\r']) {
            Some(end) => {
                let after = &text[end + 1..];
                let is_pair = text[end..].starts_with("\r\n");
                rest = Some(if is_pair { &after[1..] } else { after });
                Some((number, &text[..end]))
            }
            None => {
                rest = None;
                Some((number, text))
            }
        }
    })
}

fn continuation(number: u64, level: u32, value: &str) -> Line<'_> {
    Line {
        number,
        level,
        xref: "",
        tag: "",
        value,
    }
}

fn parse_line(number: u64, text: &str) -> Option<Line<'_>> {
    let digits = text
        .find(|c: char| !c.is_ascii_digit())
        .filter(|digits| (1..=6).contains(digits))?;
    let level = text[..digits].parse().ok()?;
    let mut rest = text[digits..]
        .strip_prefix([' ', '\t'])?
        .trim_start_matches([' ', '\t']);
    let mut xref = "";
    if let Some(after) = rest.strip_prefix('@') {
        let (name, tail) = after.split_once('@')?;
        xref = name.trim();
        rest = tail.trim_start_matches([' ', '\t']);
    }
    let tag_end = rest.find([' ', '\t']).unwrap_or(rest.len());
    let (tag, value) = rest.split_at(tag_end);
    let is_tag = !tag.is_empty()
        && tag.len() <= 40
        && tag.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    is_tag.then_some(Line {
        number,
        level,
        xref,
        tag,
        value: value.strip_prefix([' ', '\t']).unwrap_or(value),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::report::ReadOptions;
    use crate::model::packed_bundle::PackedBundle;

    fn read(text: &str) -> (LineTree<'_>, Vec<(u64, String)>) {
        let mut findings = Findings::default();
        let tree = LineTree::read("x.ged", text, &mut findings);
        let found = findings
            .finish(PackedBundle::default(), 0, &ReadOptions::default())
            .findings;
        (
            tree,
            found
                .into_iter()
                .map(|finding| (finding.origin.line, finding.reason))
                .collect(),
        )
    }

    #[test]
    fn any_line_end_gives_the_same_tree() {
        let text = "0 HEAD\n1 GEDC\n2 VERS 5.5.1\n0 @I1@ INDI\n1 NAME A /B/\n\n  0 TRLR\n";
        let (tree, found) = read(text);
        assert_eq!(found, []);
        let tags: Vec<&str> = tree.records().map(|record| tree.line(record).tag).collect();
        assert_eq!(tags, ["HEAD", "INDI", "TRLR"]);
        assert_eq!(tree.line(3).xref, "I1");
        assert_eq!(tree.child_value(3, "NAME"), "A /B/");
        assert_eq!(
            tree.child(0, "GEDC")
                .map(|gedc| tree.child_value(gedc, "VERS")),
            Some("5.5.1")
        );
        for line_end in ["\r", "\r\n"] {
            assert_eq!(read(&text.replace('\n', line_end)).0.len(), tree.len());
        }
    }

    #[test]
    fn jumps_and_stray_lines_are_told_and_kept() {
        let (tree, found) =
            read("0 HEAD\n3 JUMP x\n1 NOTE one\nstray\n2 CONC  two\n2 CONT three\n0 TRLR");
        let lines: Vec<u64> = found.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [2, 4]);
        let note = tree.child(0, "NOTE").map(|note| tree.text(note));
        assert_eq!(note.as_deref(), Some("one\nstray two\nthree"));
        assert_eq!(tree.records().count(), 2);
    }

    #[test]
    fn depth_costs_no_stack() {
        let text: String = (0..100_000)
            .map(|level| format!("{level} NOTE x\n"))
            .collect();
        assert_eq!(read(&text).0.records().count(), 1);
    }

    #[test]
    fn pointers_are_told_from_calendars_and_addresses() {
        let (tree, _) = read("0 A @F1@\n0 B @#DJULIAN@ 1700\n0 C a@@b.org\n0 D @");
        let pointers: Vec<Option<&str>> = tree
            .records()
            .map(|record| tree.line(record).pointer())
            .collect();
        assert_eq!(pointers, [Some("F1"), None, None, None]);
        assert_eq!(tree.text(2), "a@b.org");
    }
}
