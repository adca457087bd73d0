//! INDI records: names, sex, birth and death, places lived, contact points.

use super::reader::Reading;
use crate::exchange::report::shown;
use crate::model::ids::{PlaceId, SubjectKind};
use crate::model::partial_date::{End, PartialDate};
use crate::model::person::{Contact, ContactKind, Death, Gender, Name, NameKind, Residence};
use crate::model::statement::{Evidence, Fact};
use crate::names::normalize::{fold, join_parts};
use rustc_hash::FxHashSet;

/// How a person without a name is spoken of if nothing else is said.
pub const NOT_RECORDED: &str = "name not recorded";

/// Gives every person a number, then reads what is said of each.
pub fn read_individuals(reading: &mut Reading<'_>) {
    let records = reading.records_of("INDI");
    for record in records {
        let line = reading.take(record);
        let person = if line.xref.is_empty() {
            let made = format!("line-{}", line.number);
            reading.assembly.add_subject(SubjectKind::Person, &made)
        } else {
            reading.assembly.add_subject(SubjectKind::Person, line.xref)
        };
        if let (Ok(record), Ok(person)) = (record.try_into(), person.try_into()) {
            reading.people.insert(record, person);
        }
        read_names(reading, record, person);
        read_sex(reading, record, person);
        read_birth(reading, record, person);
        read_death(reading, record, person);
        read_residences(reading, record, person);
        read_contacts(reading, record, record, person);
        read_notes(reading, record, person);
    }
}

fn read_names(reading: &mut Reading<'_>, record: usize, person: u64) {
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

/// Notes in the record itself; those in records of their own are kept as they stand.
fn read_notes(reading: &mut Reading<'_>, record: usize, person: u64) {
    for line in reading.take_all(record, "NOTE") {
        let text = reading.tree.text(line).trim().to_owned();
        if text.is_empty() || reading.tree.line(line).pointer().is_some() {
            reading.keep_too(line);
            continue;
        }
        let standing = reading.standing(record, line);
        reading
            .assembly
            .add_fact(person, Fact::Note(text), standing.always());
    }
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

fn read_sex(reading: &mut Reading<'_>, record: usize, person: u64) {
    let Some(line) = reading.take_first(record, "SEX") else {
        return;
    };
    let value = reading.tree.line(line).value.trim();
    let gender = match value.to_uppercase().as_str() {
        "F" | "FEMALE" => Gender::Female,
        "M" | "MALE" => Gender::Male,
        "X" | "O" => Gender::Other,
        "U" | "N" | "?" | "" | "UNKNOWN" => {
            reading.keep_too(line);
            return;
        }
        _ => {
            reading.give_back(line);
            reading.warn(
                line,
                format!(
                    "the sex {} is not one of M, F, X, U and is not taken",
                    shown(value)
                ),
            );
            return;
        }
    };
    let standing = reading.standing(record, line);
    reading
        .assembly
        .add_fact(person, Fact::Gender(gender), standing.always());
}

fn read_birth(reading: &mut Reading<'_>, record: usize, person: u64) {
    // The first is the preferred one; others are listed as not taken.
    if let Some(birth) = reading.take_first(record, "BIRT") {
        let date = reading.take_date(birth);
        let standing = reading.standing(record, birth);
        let place = take_place(reading, record, birth);
        if date.is_some() || place.is_some() {
            reading.births.extend(date.map(|date| (person, date)));
            reading
                .assembly
                .add_fact(person, Fact::Birth { date, place }, standing.always());
            return;
        }
        reading.keep_too(birth);
    }
    for tag in ["CHR", "BAPM"] {
        let Some(baptism) = reading.take_first(record, tag) else {
            continue;
        };
        let standing = reading.standing(record, baptism);
        let date = reading.take_date(baptism).and_then(not_after);
        reading.keep_too(baptism);
        if let Some(date) = date {
            reading.births.insert(person, date);
            let birth = Fact::Birth {
                date: Some(date),
                place: None,
            };
            reading.assembly.add_fact(person, birth, standing.always());
            return;
        }
    }
}

/// At some time until the last day of a date: `[..date]`.
pub fn not_after(date: PartialDate) -> Option<PartialDate> {
    let end = match date {
        PartialDate::Single(point) => point,
        PartialDate::Interval(_, End::At(point)) | PartialDate::OneOf(_, End::At(point)) => point,
        PartialDate::Interval(..) | PartialDate::OneOf(..) => return None,
    };
    Some(PartialDate::OneOf(End::Open, End::At(end)))
}

fn read_death(reading: &mut Reading<'_>, record: usize, person: u64) {
    if let Some(death) = reading.take_first(record, "DEAT") {
        let value = reading.tree.line(death).value.trim().to_uppercase();
        if value == "N" {
            reading.warn(death, "DEAT N is not a form of GEDCOM and is not taken");
            reading.give_back(death);
            return;
        }
        let date = reading.take_date(death);
        let standing = reading.standing(record, death);
        let place = take_place(reading, record, death);
        let death = Death {
            dead: true,
            date,
            place,
        };
        reading
            .assembly
            .add_fact(person, Fact::Death(death), standing.always());
        return;
    }
    for tag in ["BURI", "CREM"] {
        if let Some(burial) = reading.take_first(record, tag) {
            let date = reading.take_date(burial).and_then(not_after);
            let standing = reading.standing(record, burial);
            reading.keep_too(burial);
            let death = Death {
                dead: true,
                date,
                place: None,
            };
            reading
                .assembly
                .add_fact(person, Fact::Death(death), standing.always());
            return;
        }
    }
}

fn read_residences(reading: &mut Reading<'_>, record: usize, person: u64) {
    for residence in reading.take_all(record, "RESI") {
        let date = reading.take_date(residence);
        let standing = reading.standing(record, residence);
        let has_contacts = read_contacts(reading, record, residence, person);
        match take_place(reading, record, residence) {
            Some(place) => {
                let (from, to) = bounds(date);
                let fact = Fact::Residence(Residence { place });
                let evidence = standing.during(from, to);
                if date.is_some() && during(&evidence) != date {
                    reading.keep_date(residence);
                }
                reading.assembly.add_fact(person, fact, evidence);
            }
            None if has_contacts => reading.keep_too(residence),
            None => reading.give_back(residence),
        }
    }
}

/// From when until when something was true, as one date.
pub fn during(evidence: &Evidence) -> Option<PartialDate> {
    let point = |date: Option<PartialDate>| match date {
        Some(PartialDate::Single(point)) => End::At(point),
        _ => End::Unknown,
    };
    match (evidence.valid_from, evidence.valid_to) {
        (from, None) => from,
        (from, to) => Some(PartialDate::Interval(point(from), point(to))),
    }
}

/// The beginning and end of a residence; a single date is its beginning.
fn bounds(date: Option<PartialDate>) -> (Option<PartialDate>, Option<PartialDate>) {
    match date {
        Some(PartialDate::Interval(first, last)) => {
            let point = |end| match end {
                End::At(point) => Some(PartialDate::Single(point)),
                End::Open | End::Unknown => None,
            };
            (point(first), point(last))
        }
        date => (date, None),
    }
}

fn take_place(reading: &mut Reading<'_>, record: usize, event: usize) -> Option<PlaceId> {
    let line = reading.take_first(event, "PLAC")?;
    let name = reading
        .tree
        .line(line)
        .value
        .trim()
        .trim_matches(',')
        .trim();
    if name.is_empty() {
        return None;
    }
    let standing = reading.standing(record, record);
    let place = reading.assembly.place(name, standing);
    if let Some(centre) = reading.take_coordinates(line) {
        reading.assembly.set_centre(place, centre);
    }
    Some(place)
}

/// Contact points, of which the lines are kept too. True if there are any.
fn read_contacts(reading: &mut Reading<'_>, record: usize, holder: usize, person: u64) -> bool {
    let standing = reading.standing(record, holder);
    let mut found = false;
    for (tag, kind) in CONTACTS {
        for line in reading.take_all(holder, tag) {
            let below: Vec<usize> = reading.tree.children(line).collect();
            let parts: Vec<(&str, String)> = below
                .into_iter()
                .map(|part| (reading.tree.line(part).tag, reading.tree.own_text(part)))
                .collect();
            let value = contact_value(&reading.tree.text(line), &parts);
            reading.keep_too(line);
            if !value.is_empty() {
                found = true;
                let contact = Contact { kind, value };
                let fact = Fact::Contact(contact);
                reading.assembly.add_fact(person, fact, standing.always());
            }
        }
    }
    found
}

/// The tags of contact points.
pub const CONTACTS: [(&str, ContactKind); 4] = [
    ("PHON", ContactKind::Phone),
    ("EMAIL", ContactKind::Email),
    ("EMAI", ContactKind::Email),
    ("ADDR", ContactKind::Address),
];

/// A contact point in one text: the value, and of an address the parts below that it does not hold yet.
pub fn contact_value(text: &str, parts: &[(&str, String)]) -> String {
    let mut value = text.trim().to_owned();
    for wanted in ["ADR1", "ADR2", "ADR3", "CITY", "STAE", "POST", "CTRY"] {
        let part = parts.iter().find(|(tag, _)| *tag == wanted);
        let part = part.map_or("", |(_, part)| part.trim());
        if !part.is_empty() && !value.contains(part) {
            value = join_parts(&value, part);
        }
    }
    value
}
