//! INDI records: names, sex, birth and death, places lived, contact points.

use super::nations::{FileNations, read_nations};
use super::reader::Reading;
use crate::exchange::report::shown;
use crate::model::ids::{PlaceId, SubjectKind};
use crate::model::partial_date::{End, PartialDate};
use crate::model::person::{Contact, ContactKind, Death, Gender, Name, NameKind, Residence};
use crate::model::statement::Fact;
use crate::names::normalize::{fold, join_parts};
use rustc_hash::FxHashSet;

/// How a person without a name is spoken of if nothing else is said.
pub const NOT_RECORDED: &str = "name not recorded";

/// Gives every person a number, then reads what is said of each.
pub fn read_individuals(reading: &mut Reading<'_>) {
    let records = reading.records_of("INDI");
    let mut nations = FileNations::default();
    for record in records {
        let xref = reading.take(record).xref;
        let person = reading.assembly.add_subject(SubjectKind::Person, xref);
        reading.people.insert(xref, person);
        read_names(reading, record, person);
        read_sex(reading, record, person);
        read_birth(reading, record, person);
        read_death(reading, record, person);
        read_residences(reading, record, person);
        read_nations(reading, &mut nations, record, person);
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
        let mut further = Vec::new();
        let name = read_name(reading, line, value, kind);
        let given = name
            .as_ref()
            .map(|name| name.given.clone())
            .unwrap_or_default();
        further.extend(name);
        for (tag, kind) in [
            ("NICK", NameKind::Used),
            ("_AKA", NameKind::Alias),
            ("_RUFNAME", NameKind::Used),
        ] {
            let full = reading.take_value(line, tag);
            further.extend((!full.is_empty()).then(|| whole_name(kind, full)));
        }
        let married = reading.take_value(line, "_MARNM");
        if !married.is_empty() {
            let full = if married.contains(' ') {
                married.to_owned()
            } else {
                join_parts(&given, married)
            };
            further.push(whole_name(NameKind::Used, &full.replace('/', "")));
        }
        for variant in ["FONE", "ROMN"] {
            for line in reading.take_all(line, variant) {
                reading.take_value(line, "TYPE");
                let value = reading.tree.line(line).value;
                further.extend(read_name(reading, line, value, NameKind::Alias));
            }
        }
        for name in further {
            if known.insert(name.full.clone()) {
                reading
                    .assembly
                    .add_fact(person, Fact::Name(name), standing.always());
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

/// Notes in the record itself; those in records of their own are kept as they stand.
fn read_notes(reading: &mut Reading<'_>, record: usize, person: u64) {
    for line in reading.take_all(record, "NOTE") {
        let text = reading.tree.text(line).trim().to_owned();
        if text.is_empty() || reading.tree.line(line).pointer().is_some() {
            reading.give_back(line);
            continue;
        }
        let standing = reading.standing(record, line);
        reading
            .assembly
            .add_fact(person, Fact::Note(text), standing.always());
    }
}

fn whole_name(kind: NameKind, full: &str) -> Name {
    Name {
        kind,
        full: full.split_whitespace().collect::<Vec<&str>>().join(" "),
        given: String::new(),
        family: String::new(),
    }
}

/// `Henry /Tudor/ VII` with the parts below it; nothing if it holds no name.
fn read_name(reading: &mut Reading<'_>, line: usize, value: &str, kind: NameKind) -> Option<Name> {
    let value = value.replace("@@", "@");
    let mut pieces = value.splitn(3, '/').map(str::trim);
    let mut next = || pieces.next().unwrap_or_default().to_owned();
    let (mut given, mut family, suffix) = (next(), next(), next().replace('/', ""));
    let (given_part, family_part) = (
        reading.take_value(line, "GIVN"),
        reading.take_value(line, "SURN"),
    );
    for (tag, piece, part) in [
        ("GIVN", &mut given, given_part),
        ("SURN", &mut family, family_part),
    ] {
        if piece.is_empty() {
            *piece = part.to_owned();
        } else if part != piece.as_str()
            && let Some(line) = reading.tree.child(line, tag)
        {
            reading.give_back(line);
        }
    }
    let name = whole_name(
        kind,
        &join_parts(&join_parts(&given, &family), suffix.trim()),
    );
    let has_letters = name.full.chars().any(char::is_alphanumeric);
    let is_placeholder = matches!(
        fold(&name.full).as_str(),
        "unknown" | "not recorded" | "nn" | "n n" | "unnamed"
    );
    (has_letters && !is_placeholder).then_some(Name {
        given,
        family,
        ..name
    })
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
        reading.give_back(line);
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
        "U" | "N" | "?" | "" => {
            reading.give_back(line);
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
        reading.give_back(birth);
    }
    for tag in ["CHR", "BAPM"] {
        let Some(baptism) = reading.take_first(record, tag) else {
            continue;
        };
        let standing = reading.standing(record, baptism);
        reading.give_back(baptism);
        if let Some(date) = reading.take_date(baptism).and_then(not_after) {
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
fn not_after(date: PartialDate) -> Option<PartialDate> {
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
            reading.give_back(burial);
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
        let place = take_place(reading, record, residence);
        if place.is_none() && !has_contacts {
            reading.give_back(residence);
        }
        if let Some(place) = place {
            let (from, to) = bounds(date);
            let fact = Fact::Residence(Residence { place });
            reading
                .assembly
                .add_fact(person, fact, standing.during(from, to));
        }
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

/// True if there are any.
fn read_contacts(reading: &mut Reading<'_>, record: usize, holder: usize, person: u64) -> bool {
    let standing = reading.standing(record, holder);
    let mut found = false;
    let kinds = [
        ("PHON", ContactKind::Phone),
        ("EMAIL", ContactKind::Email),
        ("ADDR", ContactKind::Address),
    ];
    for (tag, kind) in kinds {
        for line in reading.take_all(holder, tag) {
            let mut value = reading.tree.text(line).trim().to_owned();
            for part in ["ADR1", "ADR2", "ADR3", "CITY", "STAE", "POST", "CTRY"] {
                let part = reading.take_value(line, part);
                if !part.is_empty() && !value.contains(part) {
                    value = join_parts(&value, part);
                }
            }
            if !value.is_empty() {
                found = true;
                let contact = Contact { kind, value };
                reading
                    .assembly
                    .add_fact(person, Fact::Contact(contact), standing.always());
            }
        }
    }
    found
}
