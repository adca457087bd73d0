//! Cases, nations, waiting families, households and places as messages and as facts.

use super::fact::{filled, name_of, place, place_of};
use super::person::{date, read_date};
use super::request::text;
use super::words::read;
use super::written_words::needed;
use crate::api::answers::Answers;
use crate::api::v1;
use crate::error::Error;
use crate::model::case::Case;
use crate::model::ids::{PersonId, Subject, SubjectKind};
use crate::model::nation::Nation;
use crate::model::person::{Coordinates, Place};
use crate::model::statement::Fact;
use crate::model::waiting_family::WaitingFamily;
use crate::workflow::Recordings;

/// The highest level of a need.
const HIGHEST_LEVEL: u32 = 3;
/// The most values taken in one repeated field.
const MOST_VALUES: usize = 1000;

/// A resource that one statement says as a whole.
pub trait Record: prost::Message + prost::Name + Default + Clone + serde::Serialize {
    const KIND: SubjectKind;
    /// The fact, and the name of the place that it speaks of. `field` is where the message stands in its request.
    fn read(&self, answers: &Answers, field: &str) -> Result<(Fact, Option<String>), Error>;
    /// The message of a fact of this kind.
    fn show(recordings: &Recordings, fact: &Fact) -> Option<Self>;
    fn name(&self) -> &str;
    fn etag(&self) -> &str;
    fn source(&self) -> Option<v1::Source>;
    /// Fills in what every record has.
    fn complete(&mut self, name: String, etag: String, source: Option<v1::Source>);
}

fn texts(field: &str, values: &[String]) -> Result<Vec<String>, Error> {
    bounded(field, values)?;
    let filled =
        |(position, value): (usize, &String)| filled(&format!("{field}[{position}]"), value);
    values.iter().enumerate().map(filled).collect()
}

fn bounded<T>(field: &str, values: &[T]) -> Result<(), Error> {
    if values.len() > MOST_VALUES {
        return Err(Error::invalid(field, format!("more than {MOST_VALUES}")));
    }
    Ok(())
}

fn people(answers: &Answers, field: &str, values: &[String]) -> Result<Vec<PersonId>, Error> {
    bounded(field, values)?;
    let mut people = Vec::with_capacity(values.len());
    for (position, value) in values.iter().enumerate() {
        let person = answers.person(&format!("{field}[{position}]"), value)?;
        if !people.contains(&person) {
            people.push(person);
        }
    }
    Ok(people)
}

fn people_names(recordings: &Recordings, people: &[PersonId]) -> Vec<String> {
    let names = people
        .iter()
        .map(|person| name_of(recordings, Subject::Person(*person)));
    names.filter(|name| !name.is_empty()).collect()
}

fn level(field: &str, value: u32) -> Result<u8, Error> {
    u8::try_from(value)
        .ok()
        .filter(|_| value <= HIGHEST_LEVEL)
        .ok_or_else(|| Error::invalid(field, "must be 0 (none) to 3 (high)"))
}

fn small(field: &str, value: Option<u32>) -> Result<Option<u8>, Error> {
    value
        .map(|value| u8::try_from(value).map_err(|_| Error::invalid(field, "must be 0 to 255")))
        .transpose()
}

impl Record for v1::Case {
    const KIND: SubjectKind = SubjectKind::Case;

    fn read(&self, answers: &Answers, field: &str) -> Result<(Fact, Option<String>), Error> {
        let at = |name: &str| format!("{field}.{name}");
        let word = |name: &str, value: &str| text(&at(name), value).map(str::to_owned);
        bounded(&at("needs"), &self.needs)?;
        let mut needs = Vec::with_capacity(self.needs.len());
        for (position, need) in self.needs.iter().enumerate() {
            let category = filled(&at(&format!("needs[{position}].category")), &need.category)?;
            needs.push((
                category,
                level(&at(&format!("needs[{position}].level")), need.level)?,
            ));
        }
        let case = Case {
            child: answers.person(&at("child"), &self.child)?,
            legal_status: word("legal_status", &self.legal_status)?,
            legal_status_date: read_date(&at("legal_status_date"), self.legal_status_date.clone())?,
            in_care_since: read_date(&at("in_care_since"), self.in_care_since.clone())?,
            primary_goal: word("primary_goal", &self.primary_goal)?,
            concurrent_goal: word("concurrent_goal", &self.concurrent_goal)?,
            siblings_in_care: people(answers, &at("siblings_in_care"), &self.siblings_in_care)?,
            needs,
            wishes: texts(&at("wishes"), &self.wishes)?,
            region: word("region", &self.region)?,
            worker: word("worker", &self.worker)?,
            agency: word("agency", &self.agency)?,
            placement_order: word("placement_order", &self.placement_order)?,
            active: !self.closed,
        };
        Ok((Fact::Case(Box::new(case)), None))
    }

    fn show(recordings: &Recordings, fact: &Fact) -> Option<Self> {
        let Fact::Case(case) = fact else {
            return None;
        };
        let needs = case.needs.iter().map(|(category, level)| v1::Need {
            category: category.clone(),
            level: u32::from(*level),
        });
        Some(v1::Case {
            child: name_of(recordings, Subject::Person(case.child)),
            legal_status: case.legal_status.clone(),
            legal_status_date: case.legal_status_date.map(date),
            in_care_since: case.in_care_since.map(date),
            primary_goal: case.primary_goal.clone(),
            concurrent_goal: case.concurrent_goal.clone(),
            siblings_in_care: people_names(recordings, &case.siblings_in_care),
            needs: needs.collect(),
            wishes: case.wishes.clone(),
            region: case.region.clone(),
            worker: case.worker.clone(),
            agency: case.agency.clone(),
            placement_order: case.placement_order.clone(),
            closed: !case.active,
            ..v1::Case::default()
        })
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn etag(&self) -> &str {
        &self.etag
    }

    fn source(&self) -> Option<v1::Source> {
        self.source.clone()
    }

    fn complete(&mut self, name: String, etag: String, source: Option<v1::Source>) {
        (self.name, self.etag, self.source) = (name, etag, source);
    }
}

impl Record for v1::Nation {
    const KIND: SubjectKind = SubjectKind::Nation;

    fn read(&self, answers: &Answers, field: &str) -> Result<(Fact, Option<String>), Error> {
        let at = |name: &str| format!("{field}.{name}");
        let word = |name: &str, value: &str| text(&at(name), value).map(str::to_owned);
        let nation = Nation {
            name: filled(&at("display_name"), &self.display_name)?,
            other_names: texts(&at("other_names"), &self.other_names)?,
            level: read::<v1::NationLevel, _>(&at("level"), self.level)?,
            part_of: match self.part_of.as_str() {
                "" => None,
                whole => Some(answers.nation(&at("part_of"), whole)?),
            },
            languages: texts(&at("languages"), &self.languages)?,
            number: word("number", &self.number)?,
            agencies: texts(&at("agencies"), &self.agencies)?,
            designated_representative: word(
                "designated_representative",
                &self.designated_representative,
            )?,
            governing_body: word("governing_body", &self.governing_body)?,
            offered_people: people(answers, &at("offered_people"), &self.offered_people)?,
        };
        Ok((Fact::Nation(Box::new(nation)), None))
    }

    fn show(recordings: &Recordings, fact: &Fact) -> Option<Self> {
        let Fact::Nation(nation) = fact else {
            return None;
        };
        let whole = nation.part_of.map(Subject::Nation);
        Some(v1::Nation {
            display_name: nation.name.clone(),
            other_names: nation.other_names.clone(),
            level: v1::NationLevel::from(nation.level).into(),
            part_of: whole.map_or_else(String::new, |whole| name_of(recordings, whole)),
            languages: nation.languages.clone(),
            number: nation.number.clone(),
            agencies: nation.agencies.clone(),
            designated_representative: nation.designated_representative.clone(),
            governing_body: nation.governing_body.clone(),
            offered_people: people_names(recordings, &nation.offered_people),
            ..v1::Nation::default()
        })
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn etag(&self) -> &str {
        &self.etag
    }

    fn source(&self) -> Option<v1::Source> {
        self.source.clone()
    }

    fn complete(&mut self, name: String, etag: String, source: Option<v1::Source>) {
        (self.name, self.etag, self.source) = (name, etag, source);
    }
}

impl Record for v1::WaitingFamily {
    const KIND: SubjectKind = SubjectKind::WaitingFamily;

    fn read(&self, answers: &Answers, field: &str) -> Result<(Fact, Option<String>), Error> {
        let at = |name: &str| format!("{field}.{name}");
        bounded(&at("accepts"), &self.accepts)?;
        let mut accepts = Vec::with_capacity(self.accepts.len());
        for (position, accept) in self.accepts.iter().enumerate() {
            let at = |name: &str| at(&format!("accepts[{position}].{name}"));
            accepts.push((
                filled(&at("category"), &accept.category)?,
                level(&at("level"), accept.level)?,
                needed::<v1::AcceptanceAnswer, _>(&at("answer"), accept.answer)?,
            ));
        }
        let approval = match self.approval {
            0 => None,
            number => Some(needed::<v1::ApprovalState, _>(&at("approval"), number)?),
        };
        let family = WaitingFamily {
            name: filled(&at("display_name"), &self.display_name)?,
            members: people(answers, &at("members"), &self.members)?,
            approval,
            approved_on: read_date(&at("approved_on"), self.approved_on.clone())?,
            approval_expires: read_date(&at("approval_expires"), self.approval_expires.clone())?,
            capacity: small(&at("capacity"), self.capacity)?,
            age_from: small(&at("age_from"), self.age_from)?,
            age_to: small(&at("age_to"), self.age_to)?,
            on_hold: self.on_hold,
            place: None,
            languages: texts(&at("languages"), &self.languages)?,
            accepts,
            last_confirmed: read_date(&at("last_confirmed"), self.last_confirmed.clone())?,
        };
        if let (Some(from), Some(to)) = (family.age_from, family.age_to)
            && from > to
        {
            return Err(Error::invalid(at("age_to"), "is less than `age_from`"));
        }
        let place = place(&at("place"), &self.place)?;
        Ok((Fact::WaitingFamily(Box::new(family)), place))
    }

    fn show(recordings: &Recordings, fact: &Fact) -> Option<Self> {
        let Fact::WaitingFamily(family) = fact else {
            return None;
        };
        let accepts = family.accepts.iter();
        Some(v1::WaitingFamily {
            display_name: family.name.clone(),
            members: people_names(recordings, &family.members),
            approval: family
                .approval
                .map_or(0, |state| v1::ApprovalState::from(state).into()),
            approved_on: family.approved_on.map(date),
            approval_expires: family.approval_expires.map(date),
            capacity: family.capacity.map(u32::from),
            age_from: family.age_from.map(u32::from),
            age_to: family.age_to.map(u32::from),
            on_hold: family.on_hold,
            place: place_of(recordings, family.place),
            languages: family.languages.clone(),
            accepts: accepts
                .map(|(category, level, answer)| v1::Acceptance {
                    category: category.clone(),
                    level: u32::from(*level),
                    answer: v1::AcceptanceAnswer::from(*answer).into(),
                })
                .collect(),
            last_confirmed: family.last_confirmed.map(date),
            ..v1::WaitingFamily::default()
        })
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn etag(&self) -> &str {
        &self.etag
    }

    fn source(&self) -> Option<v1::Source> {
        self.source.clone()
    }

    fn complete(&mut self, name: String, etag: String, source: Option<v1::Source>) {
        (self.name, self.etag, self.source) = (name, etag, source);
    }
}

impl Record for v1::Household {
    const KIND: SubjectKind = SubjectKind::Household;

    fn read(&self, _: &Answers, field: &str) -> Result<(Fact, Option<String>), Error> {
        let name = filled(&format!("{field}.display_name"), &self.display_name)?;
        Ok((Fact::Household { name }, None))
    }

    fn show(_: &Recordings, fact: &Fact) -> Option<Self> {
        let Fact::Household { name } = fact else {
            return None;
        };
        Some(v1::Household {
            display_name: name.clone(),
            ..v1::Household::default()
        })
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn etag(&self) -> &str {
        &self.etag
    }

    fn source(&self) -> Option<v1::Source> {
        self.source.clone()
    }

    fn complete(&mut self, name: String, etag: String, source: Option<v1::Source>) {
        (self.name, self.etag, self.source) = (name, etag, source);
    }
}

impl Record for v1::Place {
    const KIND: SubjectKind = SubjectKind::Place;

    fn read(&self, _: &Answers, field: &str) -> Result<(Fact, Option<String>), Error> {
        let at = |name: &str| format!("{field}.{name}");
        let centre = self.centre.as_ref();
        let centre = centre.map(|centre| {
            let (latitude, longitude) = (centre.latitude, centre.longitude);
            if !(-90.0..=90.0).contains(&latitude) {
                let reason = "must be -90 to 90";
                return Err(Error::invalid(at("centre.latitude"), reason));
            }
            if !(-180.0..=180.0).contains(&longitude) {
                let reason = "must be -180 to 180";
                return Err(Error::invalid(at("centre.longitude"), reason));
            }
            Ok(Coordinates {
                latitude,
                longitude,
            })
        });
        let place = Place {
            name: filled(&at("display_name"), &self.display_name)?,
            region: text(&at("region"), &self.region)?.to_owned(),
            centre: centre.transpose()?,
        };
        Ok((Fact::Place(place), None))
    }

    fn show(_: &Recordings, fact: &Fact) -> Option<Self> {
        let Fact::Place(place) = fact else {
            return None;
        };
        Some(v1::Place {
            display_name: place.name.clone(),
            region: place.region.clone(),
            centre: place.centre.map(|centre| v1::Coordinates {
                latitude: centre.latitude,
                longitude: centre.longitude,
            }),
            ..v1::Place::default()
        })
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn etag(&self) -> &str {
        &self.etag
    }

    fn source(&self) -> Option<v1::Source> {
        self.source.clone()
    }

    fn complete(&mut self, name: String, etag: String, source: Option<v1::Source>) {
        (self.name, self.etag, self.source) = (name, etag, source);
    }
}
