//! NAME lines: whole names in their parts, and the further names below them.

use super::reader::Reading;
use crate::model::person::{Name, NameKind};
use crate::model::statement::Fact;
use crate::names::normalize::{fold, join_parts};
use rustc_hash::FxHashSet;

/// How a person without a name is spoken of if nothing else is said.
pub const NOT_RECORDED: &str = "name not recorded";

pub fn read_names(reading: &mut Reading<'_>, record: usize, person: u64) {
    let mut known: FxHashSet<String> = FxHashSet::default();
    let mut as_written = "";
    for line in reading.take_all(record, "NAME") {
        let standing = reading.standing(record, line);
        let value = reading.tree.line(line).value.trim();
        if as_written.is_empty() {
            as_written = value;
        }
        let kind = take_name_kind(reading, line, known.is_empty());
        let name = read_name(reading, line, kind);
        let given = name.as_ref().map(|name| name.given.clone());
        let further = further_names(reading, line, &given.unwrap_or_default());
        match name {
            Some(name) if known.insert(name.full.clone()) => {
                let fact = Fact::Name(name);
                reading.assembly.add_fact(person, fact, standing.always());
            }
            // Said already, or a word for "unknown" beside a name.
            Some(_) => reading.keep_too(line),
            None if !known.is_empty() => reading.keep_too(line),
            None => {}
        }
        for name in further {
            if known.insert(name.full.clone()) {
                let fact = Fact::Name(name);
                reading.assembly.add_fact(person, fact, standing.always());
            }
        }
    }
    if known.is_empty() {
        let standing = reading.standing(record, record);
        let spoken_of = reading.take_value(record, "_UNNAMED");
        let description = [spoken_of, as_written, NOT_RECORDED]
            .into_iter()
            .find(|words| !words.is_empty())
            .unwrap_or_default();
        reading.assembly.add_fact(
            person,
            Fact::Unnamed(description.to_owned()),
            standing.always(),
        );
    }
}

/// Names that stand below a name: nicknames, married names, other spellings. Their lines are kept too.
fn further_names(reading: &mut Reading<'_>, line: usize, given: &str) -> Vec<Name> {
    let mut further = Vec::new();
    let below: Vec<usize> = reading.tree.children(line).collect();
    for child in below {
        let tag = reading.tree.line(child).tag;
        let text = reading.tree.own_text(child);
        if let Some(name) = further_name(tag, &text, given) {
            further.push(name);
            reading.keep_too(child);
        }
    }
    further
}

/// The name in a line below a name; nothing if it holds none.
pub fn further_name(tag: &str, text: &str, given: &str) -> Option<Name> {
    let kind = match tag {
        "NICK" | "_RUFNAME" | "_MARNM" => NameKind::Used,
        "_AKA" | "FONE" | "ROMN" | "TRAN" => NameKind::Alias,
        _ => return None,
    };
    let text = text.trim();
    if tag == "_MARNM" && !text.is_empty() && !text.contains([' ', '/']) {
        return name_of(&format!("{given} /{text}/"), kind);
    }
    name_of(text, kind)
}

/// `Henry /Tudor/ VII` in its parts; nothing if it holds no name.
fn name_of(value: &str, kind: NameKind) -> Option<Name> {
    let mut pieces = value.splitn(3, '/').map(one_line);
    let mut next = || pieces.next().unwrap_or_default();
    let (given, family, suffix) = (next(), next(), next().replace('/', ""));
    let name = Name {
        kind,
        full: one_line(&join_parts(&join_parts(&given, &family), suffix.trim())),
        given,
        family,
    };
    is_name(&name.full).then_some(name)
}

/// False for words that say that there is no name.
pub fn is_name(text: &str) -> bool {
    let is_placeholder = matches!(
        fold(&text.replace('/', " ")).trim(),
        "unknown" | "not recorded" | "nn" | "n n" | "unnamed"
    );
    text.chars().any(char::is_alphanumeric) && !is_placeholder
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<&str>>().join(" ")
}

/// A NAME line; the parts below it count where the line does not tell them apart.
fn read_name(reading: &mut Reading<'_>, line: usize, kind: NameKind) -> Option<Name> {
    let value = reading.tree.own_text(line);
    let given = take_part(reading, line, "GIVN");
    let family = take_part(reading, line, "SURN");
    let name = match name_of(&value, kind) {
        Some(name) => Some(with_parts(name, value.contains('/'), &given, &family)),
        None if value.trim().is_empty() => {
            name_of(&format!("{given} /{family}/"), kind).filter(|name| is_name(&name.full))
        }
        None => None,
    };
    if let Some(name) = &name {
        reading.written_as(line, written_name(name));
    }
    name
}

fn take_part(reading: &mut Reading<'_>, name: usize, tag: &str) -> String {
    let Some(line) = reading.take_first(name, tag) else {
        return String::new();
    };
    reading.keep_too(line);
    one_line(&reading.tree.own_text(line))
}

fn with_parts(mut name: Name, has_slashes: bool, given: &str, family: &str) -> Name {
    let is_told_apart = has_slashes && !name.given.is_empty() && !name.family.is_empty();
    if is_told_apart || (given.is_empty() && family.is_empty()) {
        return name;
    }
    if has_slashes {
        if name.given.is_empty() && !given.is_empty() {
            name.full = join_parts(given, &name.full);
            name.given = given.to_owned();
        } else if name.family.is_empty() && !family.is_empty() {
            name.full = join_parts(&name.full, family);
            name.family = family.to_owned();
        }
    } else if let Some(before) = name.full.strip_suffix(family)
        && !family.is_empty()
        && (before.is_empty() || before.ends_with(' '))
    {
        name.given = before.trim().to_owned();
        name.family = family.to_owned();
    }
    name
}

/// A name as a NAME line says it.
pub fn written_name(name: &Name) -> String {
    let plain = |text: &str| one_line(&text.replace('/', " "));
    let whole = plain(&name.full);
    let (given, family) = (plain(&name.given), plain(&name.family));
    let front = join_parts(&given, &family);
    let value = match whole.strip_prefix(&front) {
        Some(rest) if !family.is_empty() => format!("{given} /{family}/{rest}"),
        _ if !family.is_empty() && whole.contains(&family) => {
            whole.replacen(&family, &format!("/{family}/"), 1)
        }
        _ => whole,
    };
    value.trim().to_owned()
}

/// The kind of a name; a word of which less than itself is understood is kept.
fn take_name_kind(reading: &mut Reading<'_>, name: usize, is_first: bool) -> NameKind {
    let Some(line) = reading.take_first(name, "TYPE") else {
        return name_kind("", is_first);
    };
    let mut word = reading.tree.line(line).value.trim();
    let phrase = reading.tree.child_value(line, "PHRASE");
    if word.eq_ignore_ascii_case("other") && !phrase.is_empty() {
        reading.take_value(line, "PHRASE");
        word = phrase;
    }
    let kind = name_kind(word, is_first);
    let is_ours = ["birth", "aka", "former", "legal", "used", "traditional"];
    if !is_ours.contains(&word.to_lowercase().as_str()) {
        reading.keep_too(line);
    }
    kind
}

fn name_kind(written: &str, is_first: bool) -> NameKind {
    match written.to_lowercase().as_str() {
        "legal" => NameKind::Legal,
        "used" => NameKind::Used,
        "traditional" => NameKind::Traditional,
        "birth" | "maiden" => NameKind::Birth,
        "married" => NameKind::Used,
        "former" | "previous" => NameKind::Previous,
        "" if is_first => NameKind::Legal,
        _ => NameKind::Alias,
    }
}
