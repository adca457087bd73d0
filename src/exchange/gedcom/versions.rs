//! Kept lines of one version of GEDCOM in the words of the other: the same meaning under another tag or value. What the
//! other version cannot say gets an underscore before its tag.

use super::dates::read_date;
use super::nodes::Node;
use super::writer::Version;
use super::writing_dates::gedcom_date;

/// Words of ROLE and their plain ones.
pub const ROLES: [(&str, &str); 10] = [
    ("CLERGY", "clergy"),
    ("FATH", "father"),
    ("FRIEND", "friend"),
    ("GODP", "godparent"),
    ("MOTH", "mother"),
    ("NGHBR", "neighbour"),
    ("OFFICIATOR", "officiator"),
    ("PARENT", "parent"),
    ("SPOU", "spouse"),
    ("WITN", "witness"),
];
/// Sets of 7.0 that take a phrase with OTHER, and those that do not.
const PEDIGREES: [&str; 4] = ["ADOPTED", "BIRTH", "FOSTER", "SEALING"];
const NAME_TYPES: [&str; 6] = [
    "AKA",
    "BIRTH",
    "IMMIGRANT",
    "MAIDEN",
    "MARRIED",
    "PROFESSIONAL",
];
const MEDIA: [&str; 13] = [
    "AUDIO",
    "BOOK",
    "CARD",
    "ELECTRONIC",
    "FICHE",
    "FILM",
    "MAGAZINE",
    "MANUSCRIPT",
    "MAP",
    "NEWSPAPER",
    "PHOTO",
    "TOMBSTONE",
    "VIDEO",
];
/// Endings of file names that programs of 5.5.1 write as the form, and the media types of 7.0.
const FORMS: [(&str, &str); 18] = [
    ("jpeg", "image/jpeg"),
    ("jpg", "image/jpeg"),
    ("gif", "image/gif"),
    ("png", "image/png"),
    ("bmp", "image/bmp"),
    ("tif", "image/tiff"),
    ("tiff", "image/tiff"),
    ("pcx", "image/x-pcx"),
    ("wav", "audio/wav"),
    ("mp3", "audio/mpeg"),
    ("mp4", "video/mp4"),
    ("avi", "video/x-msvideo"),
    ("mpg", "video/mpeg"),
    ("pdf", "application/pdf"),
    ("txt", "text/plain"),
    ("text", "text/plain"),
    ("htm", "text/html"),
    ("html", "text/html"),
];
const LANGUAGES: &str = include_str!("../../../data/gedcom/languages.tsv");
/// The tags of 5.5.1.
const TAGS_5: &str = "ABBR ADDR ADOP ADR1 ADR2 ADR3 AFN AGE AGNC ALIA ANCE ANCI ANUL ASSO AUTH BAPL BAPM BARM BASM BIRT BLES \
    BURI CALN CAST CAUS CENS CHAN CHAR CHIL CHR CHRA CITY CONC CONF CONL CONT COPR CORP CREM CTRY DATA DATE DEAT DESC DESI \
    DEST DIV DIVF DSCR EDUC EMAIL EMIG ENDL ENGA EVEN FACT FAM FAMC FAMF FAMS FAX FCOM FILE FONE FORM GEDC GIVN GRAD HEAD \
    HUSB IDNO IMMI INDI LANG LATI LONG MAP MARB MARC MARL MARR MARS MEDI NAME NATI NATU NCHI NICK NMR NOTE NPFX NSFX OBJE \
    OCCU ORDI ORDN PAGE PEDI PHON PLAC POST PROB PROP PUBL QUAY REFN RELA RELI REPO RESI RESN RETI RFN RIN ROLE ROMN SEX \
    SLGC SLGS SOUR SPFX SSN STAE STAT SUBM SUBN SURN TEMP TEXT TIME TITL TRLR TYPE VERS WIFE WILL WWW";

/// Brings one line, without what stands below it, from the other version; `above` are the tags above it, from the record down.
pub fn translate(node: &mut Node, above: &[&str], to: Version) {
    match to {
        Version::V5 => to_5(node, above),
        Version::V7 => to_7(node, above),
    }
}

fn to_7(node: &mut Node, above: &[&str]) {
    let parent = above.last().copied().unwrap_or_default();
    let tag = node.tag.clone();
    match tag.as_str() {
        "NOTE" if node.is_pointer || (above.is_empty() && !node.xref.is_empty()) => {
            node.rename("SNOTE");
        }
        "EMAI" => node.rename("EMAIL"),
        "RELA" => {
            node.rename("ROLE");
            match ROLES.iter().find(|(_, plain)| *plain == node.value.trim()) {
                Some((fixed, _)) => node.value = (*fixed).to_owned(),
                None => node.as_other(),
            }
        }
        "PEDI" => node.as_one_of(&PEDIGREES),
        "MEDI" => node.as_one_of(&MEDIA),
        "TYPE" if parent == "NAME" => node.as_one_of(&NAME_TYPES),
        "ADOP" if parent != "FAMC" => {}
        "RESN" | "ADOP" | "STAT" => node.value = node.value.to_uppercase(),
        "SEX" => node.value = node.value.to_uppercase(),
        "FORM" if matches!(parent, "FILE" | "OBJE") && !node.value.contains('/') => {
            node.value = media_type_of(&node.value).to_owned();
        }
        "DATE" if !matches!(parent, "CHAN" | "HEAD") => date_to_7(node),
        "AFN" | "RFN" | "RIN" if above.len() == 1 => {
            node.rename("EXID");
            let kind = format!("https://gedcom.io/terms/v7/{tag}");
            node.children.push(Node::new("TYPE", &kind));
        }
        "_UID" if above.len() == 1 => node.rename("UID"),
        "LANG" => {
            let word = node.value.trim();
            let known = languages().find(|(known, _)| known.eq_ignore_ascii_case(word));
            if let Some((_, tag)) = known {
                node.value = tag.to_owned();
            }
        }
        _ => {}
    }
}

/// Words of 5.5.1 and language tags of 7.0. A word that is not among them goes out as an extension, as it is.
fn languages() -> impl Iterator<Item = (&'static str, &'static str)> {
    let lines = LANGUAGES.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_once('\t'))
}

/// A date as 7.0 says it; as a phrase where it cannot.
fn date_to_7(node: &mut Node) {
    let text = node.value.trim().to_owned();
    if let Some(same) = same_date(&text) {
        node.value = same;
        node.is_pointer = false;
        return;
    }
    node.is_pointer = false;
    let read = read_date(&text);
    match read.date.and_then(|date| gedcom_date(date, Version::V7)) {
        Some(date) => {
            node.value = date;
            node.children.push(Node::new("PHRASE", &text));
        }
        // A phrase alone would be right, but readers stumble over a date that is empty.
        None => node.rename("_DATE"),
    }
}

/// A date of 5.5.1 in 7.0 word for word; nothing if 7.0 has no such form.
fn same_date(text: &str) -> Option<String> {
    let text = text
        .to_uppercase()
        .replace("@#DFRENCH R@", "FRENCH_R")
        .replace("@#DGREGORIAN@", "GREGORIAN")
        .replace("@#DJULIAN@", "JULIAN")
        .replace("@#DHEBREW@", "HEBREW")
        .replace("B.C.", "BCE");
    super::conform::is_date_7(&text).then_some(text)
}

fn to_5(node: &mut Node, above: &[&str]) {
    let parent = above.last().copied().unwrap_or_default();
    if node.is_pointer && node.value == "@VOID@" {
        node.is_pointer = false;
        node.tag = extension(&node.tag);
        return;
    }
    let tag = node.tag.clone();
    match tag.as_str() {
        "SNOTE" => node.rename("NOTE"),
        "ROLE" if parent == "ASSO" => {
            node.rename("RELA");
            if let Some((_, plain)) = ROLES.iter().find(|(fixed, _)| *fixed == node.value) {
                node.value = (*plain).to_owned();
            }
        }
        "PEDI" | "MEDI" | "STAT" => node.value = node.value.to_lowercase(),
        "RESN" => {
            // One word only: the strictest.
            let words = node.value.to_lowercase();
            let strictest = ["confidential", "privacy", "locked"]
                .into_iter()
                .find(|word| words.contains(word));
            node.value = strictest.unwrap_or(&words).to_owned();
        }
        "TYPE" if parent == "NAME" => node.value = node.value.to_lowercase(),
        "TYPE" | "TIME" | "VERS" | "CROP" => {}
        "FORM" => {
            if let Some((ending, _)) = FORMS.iter().find(|(_, media)| *media == node.value) {
                node.value = (*ending).to_owned();
            }
        }
        "DATE" => {
            node.is_pointer = false;
            if let Some(text) = date_to_5(&node.value) {
                node.value = text;
                node.is_pointer = node.value.contains("@#");
            }
        }
        "UID" => node.rename("_UID"),
        "LANG" => {
            let tag = node.value.trim();
            let known = languages().find(|(_, known)| known.eq_ignore_ascii_case(tag));
            if let Some((word, _)) = known {
                node.value = word.to_owned();
            }
        }
        // Not a tag of a language: it went out as an extension.
        "_LANG" if matches!(parent, "HEAD" | "SUBM") => node.rename("LANG"),
        "_DATE" if above.len() > 1 => node.rename("DATE"),
        _ => {}
    }
    let is_new = !node.tag.starts_with('_')
        && !TAGS_5.split_whitespace().any(|known| known == node.tag)
        && node.tag != super::kept::OWN_VALUE
        && node.tag != "PHRASE";
    if is_new {
        node.tag = extension(&node.tag);
    }
}

/// A date of 7.0 in 5.5.1; nothing if it is the same.
fn date_to_5(text: &str) -> Option<String> {
    let words = text.split_whitespace().map(|word| match word {
        "GREGORIAN" => "@#DGREGORIAN@",
        "JULIAN" => "@#DJULIAN@",
        "HEBREW" => "@#DHEBREW@",
        "FRENCH_R" => "@#DFRENCH R@",
        "BCE" => "B.C.",
        other => other,
    });
    let changed = words.collect::<Vec<&str>>().join(" ");
    (changed != text).then_some(changed)
}

/// The media type of a file name or of its ending.
pub fn media_type_of(name: &str) -> &'static str {
    let ending = name.trim().rsplit('.').next().unwrap_or_default();
    let ending = ending.to_lowercase();
    let known = FORMS.iter().find(|(known, _)| *known == ending);
    known.map_or("application/octet-stream", |(_, media)| media)
}

/// The tag of something that the standard does not know.
pub fn extension(tag: &str) -> String {
    if tag.starts_with('_') {
        return tag.to_owned();
    }
    format!("_{tag}")
}

/// Puts the phrases of 7.0 where 5.5.1 has them: behind the date or instead of the word that is `other`.
pub fn fold_phrases(node: &mut Node) {
    let Some(at) = node.children.iter().position(|child| child.tag == "PHRASE") else {
        return;
    };
    let phrase = node.children[at].value.replace('\n', " ");
    let is_date_itself = read_date(&phrase).date.is_some();
    match node.tag.as_str() {
        // So it was written before it went into 7.0.
        "DATE" if is_date_itself && is_said_by(&phrase, &node.value) => node.value = phrase,
        "DATE" if node.value.is_empty() => node.value = format!("({phrase})"),
        "DATE" if is_plain_date(&node.value) => {
            node.value = format!("INT {} ({phrase})", node.value);
        }
        "RELA" | "PEDI" | "TYPE" | "MEDI" if node.value.eq_ignore_ascii_case("other") => {
            node.value = phrase;
        }
        _ => {
            node.children[at].tag = "_PHRASE".to_owned();
            return;
        }
    }
    node.children.remove(at);
}

/// Whether a text, which may say more, means this date of 7.0 or 5.5.1.
pub fn is_said_by(text: &str, date: &str) -> bool {
    let Some(read) = read_date(text).date else {
        return false;
    };
    [Version::V5, Version::V7]
        .into_iter()
        .any(|version| gedcom_date(read, version).as_deref() == Some(date.trim()))
}

/// False for ranges and periods, before which INT cannot stand.
fn is_plain_date(date: &str) -> bool {
    const WORDS: [&str; 9] = [
        "FROM", "TO", "BET", "BEF", "AFT", "ABT", "CAL", "EST", "INT",
    ];
    let first = date.split_whitespace().next().unwrap_or_default();
    !WORDS.contains(&first)
}

impl Node {
    fn rename(&mut self, tag: &str) {
        self.tag = tag.to_owned();
    }

    /// The value in capitals if it is one of a set; else OTHER with the value as its phrase.
    fn as_one_of(&mut self, set: &[&str]) {
        let word = self.value.trim().to_uppercase();
        if set.contains(&word.as_str()) || word == "OTHER" {
            self.value = word;
        } else {
            self.as_other();
        }
    }

    fn as_other(&mut self) {
        let phrase = std::mem::replace(&mut self.value, "OTHER".to_owned());
        if !phrase.trim().is_empty() {
            self.children.push(Node::new("PHRASE", phrase.trim()));
        }
    }
}
