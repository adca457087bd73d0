//! A family in plain lines, turned into the files of a CSV bundle. The parser is small and strict: a line that it does
//! not understand is an error with the line's text. Every line may end with its source in square brackets.
//!
//! ```text
//! people      "Ann Reed, woman, born 1990, phone"   "Tom Reed, man, born 1940, died 2010"
//!             "unnamed: mother's brother, man"      "Joe Hill, man, lives in Vernon, speaks Cree, also called Joey"
//! ties        "Ann Reed is mother of Sam Reed"      "Bob Fox is adoptive father of Sam Reed (sealed adoption)"
//!             "Ann Reed and Carl Fox are married, 2010 to 2014, ended"
//!             "Mary Lake is auntie of Sam Reed (stated, maternal)"
//!             "Jo Park is teacher of Sam Reed (network, since 2022)"
//!             "Ann Reed lives in household Oak Street"
//! memberships "Sam Reed: Raven Point First Nation, entitled"
//! cautions    "Carl Fox: barred from placement"
//! screenings  "Ann Reed: criminal record check, cleared, 2026-01, expires 2027-01"
//! case        "legal status: continuing custody order"   "siblings in care: Kim Reed; Lee Reed"   "region: Ohio"   "school: Vernon"
//! inquiries   "Ann Reed was asked 2026-03 about maternal grandparents: named"
//! outreach    "June Reed: placement, declined, 2026-02, ask again 2027-02"
//! notes       "Sam Reed: decision: adoption_not_appropriate = yes"
//! links       "Marg Josef may be Margaret Joseph (93 %: the family names sound alike)"   "Al Pete is not Alan Pete"
//!             "Kim Reed is Kim Grant (sealed adoption)"
//! waiting_families
//!             "Pine family: approved 2025-01, until 2027-01, room for 2, ages 4 to 12, available, member June Pine"
//! ```

use serde::Deserialize;
use std::collections::BTreeSet;

/// The lines of one family, by kind.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FamilyLines {
    pub people: Vec<String>,
    pub ties: Vec<String>,
    pub places: Vec<String>,
    pub nations: Vec<String>,
    pub memberships: Vec<String>,
    pub cautions: Vec<String>,
    pub screenings: Vec<String>,
    pub case: Vec<String>,
    pub inquiries: Vec<String>,
    pub outreach: Vec<String>,
    pub notes: Vec<String>,
    pub waiting_families: Vec<String>,
    /// Records that may be, are, or are not one person's.
    pub links: Vec<String>,
}

type Row = Vec<(&'static str, String)>;

/// One file of the bundle under way.
#[derive(Default)]
struct Sheet {
    rows: Vec<Row>,
}

impl Sheet {
    /// The file's text; columns in the order in which they were first needed.
    fn text(&self) -> Vec<u8> {
        let mut columns: Vec<&str> = Vec::new();
        for (column, _) in self.rows.iter().flatten() {
            if !columns.contains(column) {
                columns.push(column);
            }
        }
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(&columns).unwrap();
        for row in &self.rows {
            let cells = columns.iter().map(|column| cell(row, column));
            writer.write_record(cells).unwrap();
        }
        writer.into_inner().unwrap()
    }
}

fn cell<'a>(row: &'a Row, column: &str) -> &'a str {
    row.iter()
        .find(|(known, _)| known == &column)
        .map_or("", |(_, value)| value)
}

/// Adds to a cell that is a list.
fn append(row: &mut Row, column: &'static str, value: &str) {
    match row.iter_mut().find(|(known, _)| *known == column) {
        Some((_, list)) => *list = format!("{list};{value}"),
        None => row.push((column, value.to_owned())),
    }
}

/// The files of the bundle as (name, content), or the line that was not understood and why.
pub fn bundle_files(
    child: &str,
    lines: &FamilyLines,
) -> Result<Vec<(&'static str, Vec<u8>)>, String> {
    let mut family = Family::default();
    family.read_all("people", &lines.people, Family::person)?;
    family.read_all("nations", &lines.nations, Family::nation)?;
    family.read_all("places", &lines.places, Family::place)?;
    family.read_all("ties", &lines.ties, Family::tie)?;
    family.read_all("links", &lines.links, Family::link)?;
    family.read_all("memberships", &lines.memberships, Family::membership)?;
    family.read_all("cautions", &lines.cautions, Family::caution)?;
    family.read_all("screenings", &lines.screenings, Family::screening)?;
    if !lines.case.is_empty() || !lines.inquiries.is_empty() || !lines.outreach.is_empty() {
        family.case = vec![("id", "case".to_owned()), ("child", child.to_owned())];
    }
    family.read_all("case", &lines.case, Family::case_line)?;
    family.read_all(
        "waiting_families",
        &lines.waiting_families,
        Family::waiting_family,
    )?;
    family.read_all("inquiries", &lines.inquiries, Family::inquiry)?;
    family.read_all("outreach", &lines.outreach, Family::outreach)?;
    family.read_all("notes", &lines.notes, Family::note)?;
    Ok(family.files())
}

#[derive(Default)]
struct Family {
    names: BTreeSet<String>,
    women: BTreeSet<String>,
    men: BTreeSet<String>,
    households: BTreeSet<String>,
    people: Sheet,
    ties: Sheet,
    places: Sheet,
    nations: Sheet,
    cautions: Sheet,
    screenings: Sheet,
    case: Row,
    inquiries: Sheet,
    outreach: Sheet,
    remarks: Sheet,
    families: Sheet,
    links: Sheet,
}

type ReadLine = fn(&mut Family, &str, &mut Row) -> Result<(), String>;

impl Family {
    fn read_all(&mut self, kind: &str, lines: &[String], read: ReadLine) -> Result<(), String> {
        for line in lines {
            let (text, source) = match line
                .strip_suffix(']')
                .and_then(|rest| rest.rsplit_once(" ["))
            {
                Some((text, source)) => (text, source),
                None => (line.as_str(), ""),
            };
            let mut row: Row = Vec::new();
            if !source.is_empty() {
                row.push(("source", source.to_owned()));
            }
            read(self, text, &mut row).map_err(|reason| format!("{kind}: \"{line}\": {reason}"))?;
        }
        Ok(())
    }

    fn files(mut self) -> Vec<(&'static str, Vec<u8>)> {
        let households = Sheet {
            rows: self
                .households
                .iter()
                .map(|name| vec![("id", name.clone()), ("name", name.clone())])
                .collect(),
        };
        let mut cases = Sheet::default();
        if !self.case.is_empty() {
            cases.rows.push(std::mem::take(&mut self.case));
        }
        [
            ("people.csv", self.people),
            ("ties.csv", self.ties),
            ("places.csv", self.places),
            ("nations.csv", self.nations),
            ("households.csv", households),
            ("cautions.csv", self.cautions),
            ("screenings.csv", self.screenings),
            ("cases.csv", cases),
            ("inquiries.csv", self.inquiries),
            ("outreach.csv", self.outreach),
            ("facts.csv", self.remarks),
            ("families.csv", self.families),
            ("same_person.csv", self.links),
        ]
        .into_iter()
        .filter(|(_, sheet)| !sheet.rows.is_empty())
        .map(|(name, sheet)| (name, sheet.text()))
        .collect()
    }

    fn known(&self, name: &str) -> Result<String, String> {
        match self.names.contains(name) {
            true => Ok(name.to_owned()),
            false => Err(format!("nobody called \"{name}\" stands among the people")),
        }
    }

    fn person(&mut self, text: &str, row: &mut Row) -> Result<(), String> {
        let (is_named, text) = match text.strip_prefix("unnamed: ") {
            Some(rest) => (false, rest),
            None => (true, text),
        };
        let mut parts = text.split(", ");
        let name = parts.next().unwrap_or_default().to_owned();
        row.push(("id", name.clone()));
        row.push((
            if is_named { "full_name" } else { "description" },
            name.clone(),
        ));
        for part in parts {
            match part {
                "boy" | "man" => {
                    row.push(("gender", "male".to_owned()));
                    self.men.insert(name.clone());
                }
                "girl" | "woman" => {
                    row.push(("gender", "female".to_owned()));
                    self.women.insert(name.clone());
                }
                "other gender" => row.push(("gender", "other".to_owned())),
                "phone" => row.push(("phones", "250-555-0100".to_owned())),
                "email" => row.push(("emails", "someone@example.org".to_owned())),
                "dead" => row.push(("deceased", "yes".to_owned())),
                "alive" => row.push(("deceased", "no".to_owned())),
                "confirmed" | "reported" | "disputed" => row.push(("certainty", part.to_owned())),
                _ => match after(
                    part,
                    &[
                        "born ",
                        "died ",
                        "lives in ",
                        "speaks ",
                        "also called ",
                        "sealed ",
                    ],
                )? {
                    ("born ", date) => row.push(("birth_date", date)),
                    ("died ", date) => row.push(("death_date", date)),
                    ("lives in ", place) => append(row, "places", &place),
                    ("speaks ", language) => append(row, "languages", &language),
                    ("also called ", alias) => append(row, "aliases", &alias),
                    (_, seal) => row.push(("sealed", seal)),
                },
            }
        }
        if !self.names.insert(name) {
            return Err("this name stands twice among the people".to_owned());
        }
        self.people.rows.push(std::mem::take(row));
        Ok(())
    }

    fn tie(&mut self, text: &str, row: &mut Row) -> Result<(), String> {
        if let Some((who, household)) = text.split_once(" lives in household ") {
            let (household, dates) = household.split_once(", ").unwrap_or((household, ""));
            self.households.insert(household.to_owned());
            row.extend([
                ("kind", "household".to_owned()),
                ("from", self.known(who)?),
                ("to", household.to_owned()),
            ]);
            self.notes(dates, row)?;
        } else if let Some((partners, state)) = text
            .split_once(" are ")
            .or_else(|| text.split_once(" were "))
        {
            self.union(partners, state, text.contains(" were "), row)?;
        } else {
            self.tie_of_two(text, row)?;
        }
        self.ties.rows.push(std::mem::take(row));
        Ok(())
    }

    /// "Ann and Carl are married, 2010 to 2014".
    fn union(
        &mut self,
        partners: &str,
        state: &str,
        is_past: bool,
        row: &mut Row,
    ) -> Result<(), String> {
        let (one, other) = partners
            .split_once(" and ")
            .ok_or("a couple is \"A and B are …\"")?;
        let (kind, rest) = state.split_once(", ").unwrap_or((state, ""));
        let nature = match kind {
            "married" => "married",
            "common-law" | "living together" => "common_law",
            "partners" => "other",
            _ => {
                return Err(format!(
                    "\"{kind}\" is none of married, common-law, partners"
                ));
            }
        };
        row.extend([
            ("kind", "union".to_owned()),
            ("from", self.known(one)?),
            ("to", self.known(other)?),
            ("nature", nature.to_owned()),
        ]);
        self.notes(rest, row)?;
        if is_past && cell(row, "legal_state").is_empty() {
            row.push(("legal_state", "ended".to_owned()));
        }
        Ok(())
    }

    /// "Ann is mother of Sam (rights terminated 2024)".
    fn tie_of_two(&mut self, text: &str, row: &mut Row) -> Result<(), String> {
        let (text, notes) = match text
            .strip_suffix(')')
            .and_then(|rest| rest.rsplit_once(" ("))
        {
            Some((text, notes)) => (text, notes),
            None => (text, ""),
        };
        let (from, rest) = text.split_once(" is ").ok_or("not understood")?;
        let (role, to) = rest.rsplit_once(" of ").ok_or("a tie is \"A is … of B\"")?;
        row.extend([("from", self.known(from)?), ("to", self.known(to)?)]);
        let words: Vec<&str> = notes.split(", ").collect();
        let basis = [
            ("stated", "told"),
            ("named by child", "named_by_child"),
            ("custom", "custom"),
        ]
        .into_iter()
        .find(|(word, _)| words.contains(word));
        if let Some((_, basis)) = basis {
            row.extend([
                ("kind", "stated_kin".to_owned()),
                ("role", role.to_owned()),
                ("nature", basis.to_owned()),
            ]);
        } else if words.contains(&"network") {
            row.extend([("kind", "network".to_owned()), ("role", role.to_owned())]);
        } else {
            let nature = self.parent_nature(from, role)?;
            row.extend([("kind", "parent".to_owned()), ("nature", nature.to_owned())]);
        }
        self.notes(notes, row)
    }

    fn parent_nature(&self, parent: &str, role: &str) -> Result<&'static str, String> {
        if role == "guardian" {
            return Ok("guardian");
        }
        let (nature, word) = if let Some(word) = role.strip_prefix("step-") {
            ("step", word)
        } else {
            match role.split_once(' ') {
                None => ("birth", role),
                Some(("adoptive", word)) => ("adoptive", word),
                Some(("foster", word)) => ("foster", word),
                Some(("customary", word)) => ("customary", word),
                Some(("presumed", word)) => ("presumed", word),
                Some(_) => {
                    return Err(format!(
                        "\"{role}\" is not a kind of parent; other kin need \"(stated)\" or \"(network)\""
                    ));
                }
            }
        };
        let fits = match word {
            "mother" => self.women.contains(parent),
            "father" => self.men.contains(parent),
            "parent" => true,
            _ => {
                return Err(format!(
                    "\"{role}\" is not a kind of parent; other kin need \"(stated)\" or \"(network)\""
                ));
            }
        };
        match fits {
            true => Ok(nature),
            false => Err(format!("\"{word}\" does not fit the gender of {parent}")),
        }
    }

    /// What stands behind a tie: dates, certainty, seal, side, rights.
    fn notes(&self, notes: &str, row: &mut Row) -> Result<(), String> {
        for note in notes.split(", ").filter(|note| !note.is_empty()) {
            match note {
                "stated" | "network" | "named by child" | "custom" => {}
                "maternal" | "paternal" => row.push(("side", note.to_owned())),
                "paid" | "unpaid" => row.push(("nature", note.to_owned())),
                "ended" | "widowed" => row.push(("legal_state", note.to_owned())),
                "confirmed" | "reported" | "disputed" | "disproved" => {
                    row.push(("certainty", note.to_owned()));
                }
                _ => {
                    if let Some((from, to)) = note.split_once(" to ") {
                        row.extend([("from_date", from.to_owned()), ("to_date", to.to_owned())]);
                        continue;
                    }
                    match after(note, &["since ", "until ", "sealed ", "rights "])? {
                        ("since ", date) => row.push(("from_date", date)),
                        ("until ", date) => row.push(("to_date", date)),
                        ("sealed ", seal) => row.push(("sealed", seal)),
                        (_, state) => row.push(("legal_state", state)),
                    }
                }
            }
        }
        Ok(())
    }

    /// "Marg Josef may be Margaret Joseph (93 %: the family names sound alike)".
    fn link(&mut self, text: &str, row: &mut Row) -> Result<(), String> {
        let (text, notes) = match text
            .strip_suffix(')')
            .and_then(|rest| rest.rsplit_once(" ("))
        {
            Some((text, notes)) => (text, notes),
            None => (text, ""),
        };
        let (one, verdict, other) = verdict_line(text)?;
        row.extend([
            ("one", self.known(one)?),
            ("other", self.known(other)?),
            ("verdict", verdict.to_owned()),
        ]);
        for note in notes.split(", ").filter(|note| !note.is_empty()) {
            if let Some(seal) = note.strip_prefix("sealed ") {
                row.push(("sealed", seal.to_owned()));
                continue;
            }
            let (percent, words) = note
                .split_once(" %: ")
                .ok_or("a likelihood is \"93 %: why\"")?;
            let percent: f64 = percent
                .parse()
                .map_err(|_| "a likelihood is \"93 %: why\"")?;
            row.push(("probability", (percent / 100.0).to_string()));
            row.push(("reasons", format!("names=alike=5={words}")));
        }
        self.links.rows.push(std::mem::take(row));
        Ok(())
    }

    fn place(&mut self, text: &str, row: &mut Row) -> Result<(), String> {
        let [name, region, lat, lon] = text.split(", ").collect::<Vec<_>>()[..] else {
            return Err("a place is \"name, region, latitude, longitude\"".to_owned());
        };
        for (column, value) in [
            ("name", name),
            ("region", region),
            ("lat", lat),
            ("lon", lon),
        ] {
            row.push((column, value.to_owned()));
        }
        self.places.rows.push(std::mem::take(row));
        Ok(())
    }

    fn nation(&mut self, text: &str, row: &mut Row) -> Result<(), String> {
        let mut parts = text.split(", ");
        let name = parts.next().unwrap_or_default().to_owned();
        row.extend([("id", name.clone()), ("name", name)]);
        for part in parts {
            match part {
                "community" | "people" => row.push(("level", part.to_owned())),
                _ => match after(
                    part,
                    &[
                        "part of ",
                        "representative ",
                        "agency ",
                        "also called ",
                        "offers ",
                    ],
                )? {
                    ("part of ", whole) => row.push(("part_of", whole)),
                    ("representative ", who) => row.push(("designated_representative", who)),
                    ("agency ", agency) => append(row, "agencies", &agency),
                    ("offers ", person) => append(row, "offered_people", &self.known(&person)?),
                    (_, name) => append(row, "other_names", &name),
                },
            }
        }
        self.nations.rows.push(std::mem::take(row));
        Ok(())
    }

    fn membership(&mut self, text: &str, row: &mut Row) -> Result<(), String> {
        let (who, rest) = text
            .split_once(": ")
            .ok_or("a membership is \"who: nation, state\"")?;
        let (nation, state) = rest.rsplit_once(", ").ok_or("the state is missing")?;
        row.extend([
            ("kind", "membership".to_owned()),
            ("from", self.known(who)?),
            ("to", nation.to_owned()),
            ("nature", state.to_owned()),
        ]);
        self.ties.rows.push(std::mem::take(row));
        Ok(())
    }

    fn caution(&mut self, text: &str, row: &mut Row) -> Result<(), String> {
        let (who, rest) = text.split_once(": ").ok_or("a caution is \"who: kind\"")?;
        let mut parts = rest.split(", ");
        let kind = parts.next().unwrap_or_default();
        row.extend([("person", self.known(who)?), ("kind", kind.to_owned())]);
        self.notes(&parts.collect::<Vec<_>>().join(", "), row)?;
        self.cautions.rows.push(std::mem::take(row));
        Ok(())
    }

    fn screening(&mut self, text: &str, row: &mut Row) -> Result<(), String> {
        let (who, rest) = text
            .split_once(": ")
            .ok_or("a screening is \"who: kind, result, date\"")?;
        let parts: Vec<&str> = rest.split(", ").collect();
        let [kind, result, rest @ ..] = &parts[..] else {
            return Err("a screening is \"who: kind, result, date\"".to_owned());
        };
        row.extend([
            ("person", self.known(who)?),
            ("kind", (*kind).to_owned()),
            ("result", (*result).to_owned()),
        ]);
        for part in rest {
            match part.strip_prefix("expires ") {
                Some(date) => row.push(("expires", date.to_owned())),
                None => row.push(("date", (*part).to_owned())),
            }
        }
        self.screenings.rows.push(std::mem::take(row));
        Ok(())
    }

    fn case_line(&mut self, text: &str, _row: &mut Row) -> Result<(), String> {
        let (what, value) = text
            .split_once(": ")
            .ok_or("a line of the case is \"what: value\"")?;
        let (column, value) = match what {
            "legal status" => ("legal_status", value.replace(' ', "_")),
            "status since" => ("legal_status_date", value.to_owned()),
            "in care since" => ("in_care_since", value.to_owned()),
            "goal" => ("primary_goal", value.to_owned()),
            "concurrent goal" => ("concurrent_goal", value.to_owned()),
            "wishes" => ("wishes", value.to_owned()),
            "worker" => ("worker", value.to_owned()),
            "siblings in care" => {
                for name in value.split("; ") {
                    self.known(name)?;
                }
                ("siblings_in_care", value.to_owned())
            }
            "order" => ("placement_order", value.to_owned()),
            "region" => ("region", value.to_owned()),
            "school" => ("school", value.to_owned()),
            "needs" => ("needs", value.to_owned()),
            _ => return Err(format!("\"{what}\" is not known of a case")),
        };
        self.case.push((column, value));
        Ok(())
    }

    fn note(&mut self, text: &str, row: &mut Row) -> Result<(), String> {
        let (who, note) = text.split_once(": ").ok_or("a note is \"who: text\"")?;
        row.extend([
            ("of", self.known(who)?),
            ("kind", "note".to_owned()),
            ("value", note.to_owned()),
        ]);
        self.remarks.rows.push(std::mem::take(row));
        Ok(())
    }

    fn inquiry(&mut self, text: &str, row: &mut Row) -> Result<(), String> {
        const FORM: &str = "an inquiry is \"who was asked DATE about SIDE WHAT: ANSWER\"";
        let (who, rest) = text.split_once(" was asked ").ok_or(FORM)?;
        let (date, rest) = rest
            .split_once(" about ")
            .or_else(|| rest.strip_prefix("about ").map(|rest| ("", rest)))
            .ok_or(FORM)?;
        let (about, answer) = rest.split_once(": ").ok_or(FORM)?;
        let (side, about) = match about.split_once(' ') {
            Some((side @ ("maternal" | "paternal" | "both"), about)) => (side, about),
            _ => ("", about),
        };
        let asked = if self.names.contains(who) {
            "asked"
        } else {
            "asked_name"
        };
        for (column, value) in [
            ("case", "case"),
            (asked, who),
            ("date", date),
            ("side", side),
            ("about", about),
            ("answer", answer),
        ] {
            row.push((column, value.to_owned()));
        }
        self.inquiries.rows.push(std::mem::take(row));
        Ok(())
    }

    fn outreach(&mut self, text: &str, row: &mut Row) -> Result<(), String> {
        const FORM: &str = "an outreach is \"who: purpose, state, date\"";
        let (whom, rest) = text.split_once(": ").ok_or(FORM)?;
        let parts: Vec<&str> = rest.split(", ").collect();
        let [purpose, state, rest @ ..] = &parts[..] else {
            return Err(FORM.to_owned());
        };
        for (column, value) in [
            ("case", "case"),
            ("whom", whom),
            ("purpose", purpose),
            ("state", state),
        ] {
            row.push((column, value.to_owned()));
        }
        for part in rest {
            match part.strip_prefix("ask again ") {
                Some(date) => row.push(("ask_again", date.to_owned())),
                None => row.push(("date", (*part).to_owned())),
            }
        }
        self.outreach.rows.push(std::mem::take(row));
        Ok(())
    }

    fn waiting_family(&mut self, text: &str, row: &mut Row) -> Result<(), String> {
        let (name, rest) = text
            .split_once(": ")
            .ok_or("a waiting family is \"name: what is known\"")?;
        row.extend([("id", name.to_owned()), ("name", name.to_owned())]);
        for part in rest.split(", ") {
            match part {
                "approved" | "in study" | "withdrawn" => row.push(("approval", part.to_owned())),
                "on hold" => row.push(("on_hold", "yes".to_owned())),
                "available" => row.push(("on_hold", "no".to_owned())),
                "nothing else known" => {}
                _ => match after(
                    part,
                    &[
                        "approved ",
                        "until ",
                        "room for ",
                        "ages ",
                        "confirmed ",
                        "member ",
                        "lives in ",
                    ],
                )? {
                    ("approved ", date) => {
                        row.extend([("approval", "approved".to_owned()), ("approved_on", date)]);
                    }
                    ("until ", date) => row.push(("approval_expires", date)),
                    ("room for ", number) => row.push(("capacity", number)),
                    ("ages ", ages) => {
                        let (from, to) =
                            ages.split_once(" to ").ok_or("ages are \"ages 4 to 12\"")?;
                        row.extend([("age_from", from.to_owned()), ("age_to", to.to_owned())]);
                    }
                    ("confirmed ", date) => row.push(("last_confirmed", date)),
                    ("member ", person) => append(row, "members", &self.known(&person)?),
                    (_, place) => row.push(("place", place)),
                },
            }
        }
        self.families.rows.push(std::mem::take(row));
        Ok(())
    }
}

/// The first of these beginnings that a text has, and what follows it.
/// Two people and the verdict between them: "A may be B", "A is not B", "A is B".
pub fn verdict_line(text: &str) -> Result<(&str, &'static str, &str), String> {
    [
        (" may be ", "undecided"),
        (" is not ", "different"),
        (" is ", "same"),
    ]
    .into_iter()
    .find_map(|(words, verdict)| {
        let (one, other) = text.split_once(words)?;
        Some((one, verdict, other))
    })
    .ok_or_else(|| "a link is \"A may be B\", \"A is B\" or \"A is not B\"".to_owned())
}

fn after<'a>(text: &str, beginnings: &[&'a str]) -> Result<(&'a str, String), String> {
    beginnings
        .iter()
        .find_map(|beginning| Some((*beginning, text.strip_prefix(beginning)?.to_owned())))
        .ok_or_else(|| format!("\"{text}\" is not understood"))
}

#[test]
fn a_line_that_is_not_understood_is_told_with_its_text() {
    let family = |people: &[&str], ties: &[&str]| FamilyLines {
        people: people.iter().map(ToString::to_string).collect(),
        ties: ties.iter().map(ToString::to_string).collect(),
        ..FamilyLines::default()
    };
    for (people, ties, reason) in [
        (
            &["Sam, boy, tall"][..],
            &[][..],
            "\"tall\" is not understood",
        ),
        (&["Sam, boy", "Sam, boy"], &[], "stands twice"),
        (
            &["Sam, boy"],
            &["Ann is mother of Sam"],
            "nobody called \"Ann\"",
        ),
        (
            &["Sam, boy", "Ann, woman"],
            &["Ann is father of Sam"],
            "does not fit the gender",
        ),
        (
            &["Sam, boy", "Ann, woman"],
            &["Ann is aunt of Sam"],
            "not a kind of parent",
        ),
        (
            &["Sam, boy", "Ann, woman"],
            &["Ann loves Sam"],
            "not understood",
        ),
        (
            &["Sam, boy", "Ann, woman"],
            &["Ann is mother of Sam (maybe)"],
            "\"maybe\" is not understood",
        ),
    ] {
        let error = bundle_files("Sam", &family(people, ties)).unwrap_err();
        assert!(error.contains(reason), "{error}");
    }
}
