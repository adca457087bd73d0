//! Facts: what statements say, as messages and as model values.

use super::person::{date, read_date};
use super::request::text;
use super::same_person::same_person_tie;
use super::words::read;
use super::written_words::needed;
use crate::api::answers::Answers;
use crate::api::v1;
use crate::api::v1::fact::Said;
use crate::error::Error;
use crate::model::case::{Inquiry, Outreach, OutreachTarget};
use crate::model::ids::{HouseholdId, NationId, PersonId, PlaceId, PublicId, Subject, SubjectKind};
use crate::model::nation::Membership;
use crate::model::person::{Caution, Contact, Death, ImportantPlace, Name, Residence, Screening};
use crate::model::statement::Fact;
use crate::model::tie::{
    HouseholdMember, NetworkTie, ParentTie, Side, StatedKin, Union, UnionState,
};
use crate::names::kin_words::read_kin_word;
use crate::names::network_roles::{network_role, role_word};
use crate::names::normalize::join_parts;
use crate::workflow::Recordings;
use std::collections::BTreeMap;

/// People of the same request, by the word that stands after `new/`.
pub type Locals = BTreeMap<String, PersonId>;

/// A fact of a request, and the name of the place that it speaks of.
pub fn read_fact(
    answers: &Answers,
    locals: &Locals,
    field: &str,
    message: Option<&v1::Fact>,
) -> Result<(Fact, Option<String>), Error> {
    let said = message.and_then(|fact| fact.said.as_ref());
    let said = said.ok_or_else(|| Error::invalid(field, "needed: what is said"))?;
    let at = |name: &str| format!("{field}.{name}");
    let person = |name: &str, value: &str| local_or_known(answers, locals, &at(name), value);
    let fact = match said {
        Said::PersonName(name) => Fact::Name(person_name(&at("person_name"), name)?),
        Said::Unnamed(words) => Fact::Unnamed(filled(&at("unnamed"), words)?),
        Said::Gender(gender) => Fact::Gender(read::<v1::Gender, _>(&at("gender"), *gender)?),
        Said::Birth(birth) => {
            let date = read_date(&at("birth.date"), birth.date.clone())?;
            let place = place(&at("birth.place"), &birth.place)?;
            if date.is_none() && place.is_none() {
                return Err(Error::invalid(at("birth"), "needed: a date or a place"));
            }
            return Ok((Fact::Birth { date, place: None }, place));
        }
        Said::Death(death) => {
            let dead = death.dead;
            let death_fact = Fact::Death(Death {
                dead: dead
                    .ok_or_else(|| Error::invalid(at("death.dead"), "needed: true or false"))?,
                date: read_date(&at("death.date"), death.date.clone())?,
                place: None,
            });
            return Ok((death_fact, place(&at("death.place"), &death.place)?));
        }
        Said::Residence(residence) => {
            let place = filled(&at("residence.place"), &residence.place)?;
            let nowhere = PlaceId(0);
            return Ok((Fact::Residence(Residence { place: nowhere }), Some(place)));
        }
        Said::ImportantPlace(important) => {
            let place = filled(&at("important_place.place"), &important.place)?;
            let field = at("important_place.meaning");
            let fact = Fact::ImportantPlace(ImportantPlace {
                place: PlaceId(0),
                meaning: needed::<v1::PlaceMeaning, _>(&field, important.meaning)?,
            });
            return Ok((fact, Some(place)));
        }
        Said::Contact(contact) => Fact::Contact(Contact {
            kind: needed::<v1::ContactKind, _>(&at("contact.kind"), contact.kind)?,
            value: filled(&at("contact.value"), &contact.value)?,
        }),
        Said::Language(language) => Fact::Language(filled(&at("language"), language)?),
        Said::Caution(caution) => Fact::Caution(Caution {
            kind: needed::<v1::CautionKind, _>(&at("caution.kind"), caution.kind)?,
            note: text(&at("caution.note"), &caution.note)?.to_owned(),
        }),
        Said::Screening(screening) => Fact::Screening(Screening {
            kind: filled(&at("screening.kind"), &screening.kind)?,
            result: needed::<v1::ScreeningResult, _>(&at("screening.result"), screening.result)?,
            date: read_date(&at("screening.date"), screening.date.clone())?,
            expires: read_date(&at("screening.expires"), screening.expires.clone())?,
        }),
        Said::Parent(tie) => Fact::Parent(ParentTie {
            parent: person("parent.parent", &tie.parent)?,
            nature: needed::<v1::ParentNature, _>(&at("parent.nature"), tie.nature)?,
            legal_state: read::<v1::LegalState, _>(&at("parent.legal_state"), tie.legal_state)?,
            legal_date: read_date(&at("parent.legal_date"), tie.legal_date.clone())?,
            court: text(&at("parent.court"), &tie.court)?.to_owned(),
        }),
        Said::Union(tie) => Fact::Union(Union {
            partner: person("union.partner", &tie.partner)?,
            kind: read::<v1::UnionKind, _>(&at("union.kind"), tie.kind)?,
            state: if tie.ended {
                UnionState::Ended
            } else {
                UnionState::Current
            },
        }),
        Said::StatedKin(tie) => {
            let as_told = filled(&at("stated_kin.as_told"), &tie.as_told)?;
            let word = read_kin_word(&as_told).ok_or_else(|| {
                Error::invalid(at("stated_kin.as_told"), "not a kinship word that is known")
            })?;
            let side: Side = read::<v1::Side, _>(&at("stated_kin.side"), tie.side)?;
            Fact::StatedKin(StatedKin {
                kin: person("stated_kin.kin", &tie.kin)?,
                term: word.term,
                as_told,
                side: if side == Side::Unknown {
                    word.side
                } else {
                    side
                },
                basis: read::<v1::KinBasis, _>(&at("stated_kin.basis"), tie.basis)?,
            })
        }
        Said::Network(tie) => {
            let role = filled(&at("network.role"), &tie.role)?;
            let known = network_role(&role);
            Fact::Network(NetworkTie {
                adult: person("network.adult", &tie.adult)?,
                role: known.map_or_else(|| role_word(&role), |known| known.word.clone()),
                paid: tie.paid.or(known.and_then(|known| known.usually_paid)),
            })
        }
        Said::SamePerson(_) => {
            return Err(Error::invalid(
                at("same_person"),
                "whether two records are one person is proposed and decided by the SamePersonService",
            ));
        }
        Said::Membership(tie) => Fact::Membership(Membership {
            nation: answers.nation(&at("membership.nation"), &tie.nation)?,
            state: read::<v1::MembershipState, _>(&at("membership.state"), tie.state)?,
            confirmed_by: text(&at("membership.confirmed_by"), &tie.confirmed_by)?.to_owned(),
        }),
        Said::HouseholdMember(tie) => {
            let field = at("household_member.household");
            let household = answers.resource(SubjectKind::Household, &field, &tie.household)?;
            Fact::HouseholdMember(HouseholdMember {
                household: HouseholdId(household.number()),
            })
        }
        Said::Inquiry(inquiry) => Fact::Inquiry(Inquiry {
            asked: match inquiry.asked.as_str() {
                "" => None,
                asked => Some(person("inquiry.asked", asked)?),
            },
            asked_name: text(&at("inquiry.asked_name"), &inquiry.asked_name)?.to_owned(),
            date: read_date(&at("inquiry.date"), inquiry.date.clone())?,
            side: read::<v1::Side, _>(&at("inquiry.side"), inquiry.side)?,
            about: needed::<v1::AskedAbout, _>(&at("inquiry.about"), inquiry.about)?,
            answer: needed::<v1::InquiryAnswer, _>(&at("inquiry.answer"), inquiry.answer)?,
        }),
        Said::Outreach(outreach) => Fact::Outreach(Outreach {
            whom: target(answers, &at("outreach.whom"), &outreach.whom)?,
            purpose: read::<v1::Purpose, _>(&at("outreach.purpose"), outreach.purpose)?,
            state: needed::<v1::OutreachState, _>(&at("outreach.state"), outreach.state)?,
            date: read_date(&at("outreach.date"), outreach.date.clone())?,
            ask_again: read_date(&at("outreach.ask_again"), outreach.ask_again.clone())?,
            note: text(&at("outreach.note"), &outreach.note)?.to_owned(),
        }),
        Said::Note(note) => Fact::Note(filled(&at("note"), note)?),
    };
    Ok((fact, None))
}

fn person_name(field: &str, name: &v1::PersonName) -> Result<Name, Error> {
    let given = text(&format!("{field}.given"), &name.given)?;
    let family = text(&format!("{field}.family"), &name.family)?;
    let full = match text(&format!("{field}.full"), &name.full)? {
        "" => join_parts(given, family),
        full => full.to_owned(),
    };
    if full.is_empty() {
        return Err(Error::invalid(format!("{field}.full"), "needed: the name"));
    }
    Ok(Name {
        kind: read::<v1::NameKind, _>(&format!("{field}.kind"), name.kind)?,
        full,
        given: given.to_owned(),
        family: family.to_owned(),
    })
}

/// A text that must not be empty.
pub fn filled(field: &str, value: &str) -> Result<String, Error> {
    match text(field, value)? {
        "" => Err(Error::invalid(field, "needed")),
        value => Ok(value.to_owned()),
    }
}

/// The name of a place; nothing if it is empty.
pub fn place(field: &str, value: &str) -> Result<Option<String>, Error> {
    let name = text(field, value)?;
    Ok((!name.is_empty()).then(|| name.to_owned()))
}

fn local_or_known(
    answers: &Answers,
    locals: &Locals,
    field: &str,
    value: &str,
) -> Result<PersonId, Error> {
    let Some(local) = value.trim().strip_prefix("new/") else {
        return answers.person(field, value);
    };
    let found = locals.get(local).copied();
    found.ok_or_else(|| Error::invalid(field, "names nobody of this request"))
}

fn target(answers: &Answers, field: &str, value: &str) -> Result<OutreachTarget, Error> {
    let subject = answers.any_resource(
        field,
        value,
        &[
            SubjectKind::Person,
            SubjectKind::Nation,
            SubjectKind::WaitingFamily,
        ],
    )?;
    match subject {
        Subject::Person(person) => Ok(OutreachTarget::Person(person)),
        Subject::Nation(nation) => Ok(OutreachTarget::Nation(nation)),
        Subject::WaitingFamily(family) => Ok(OutreachTarget::WaitingFamily(family)),
        _ => Err(Error::invalid(field, "nobody to whom one writes")),
    }
}

/// The collection in resource names.
pub fn collection(kind: SubjectKind) -> &'static str {
    match kind {
        SubjectKind::Person => "people",
        SubjectKind::Nation => "nations",
        SubjectKind::Household => "households",
        SubjectKind::Place => "places",
        SubjectKind::Case => "cases",
        SubjectKind::WaitingFamily => "waitingFamilies",
    }
}

/// The resource name.
pub fn resource_name(kind: SubjectKind, id: PublicId) -> String {
    format!("{}/{id}", collection(kind))
}

/// The resource name of a subject; empty for one that the caller may not see.
pub fn name_of(recordings: &Recordings, subject: Subject) -> String {
    let id = recordings.ids.get(&subject);
    id.map_or_else(String::new, |id| resource_name(subject.kind(), *id))
}

/// The name of a place; empty where none is recorded.
pub fn place_of(recordings: &Recordings, place: Option<PlaceId>) -> String {
    let name = place.and_then(|place| recordings.places.get(&place));
    name.cloned().unwrap_or_default()
}

/// The field of `Fact` that holds a fact; nothing for those that are resources of their own.
pub fn fact_field(fact: &Fact) -> Option<&'static str> {
    Some(match fact {
        Fact::Name(_) => "person_name",
        Fact::Unnamed(_) => "unnamed",
        Fact::Gender(_) => "gender",
        Fact::Birth { .. } => "birth",
        Fact::Death(_) => "death",
        Fact::Residence(_) => "residence",
        Fact::Contact(_) => "contact",
        Fact::Language(_) => "language",
        Fact::Caution(_) => "caution",
        Fact::Screening(_) => "screening",
        Fact::Parent(_) => "parent",
        Fact::Union(_) => "union",
        Fact::StatedKin(_) => "stated_kin",
        Fact::Network(_) => "network",
        Fact::Membership(_) => "membership",
        Fact::HouseholdMember(_) => "household_member",
        Fact::Inquiry(_) => "inquiry",
        Fact::Outreach(_) => "outreach",
        Fact::Note(_) => "note",
        Fact::SamePerson(_) => "same_person",
        Fact::ImportantPlace(_) => "important_place",
        Fact::Place(_)
        | Fact::Nation(_)
        | Fact::Household { .. }
        | Fact::Case(_)
        | Fact::KeptLines(_)
        | Fact::WaitingFamily(_) => return None,
    })
}

/// Every field of `Fact`.
pub const FACT_FIELDS: [&str; 21] = [
    "person_name",
    "unnamed",
    "gender",
    "birth",
    "death",
    "residence",
    "contact",
    "language",
    "caution",
    "screening",
    "parent",
    "union",
    "stated_kin",
    "network",
    "membership",
    "household_member",
    "inquiry",
    "outreach",
    "note",
    "same_person",
    "important_place",
];

/// A fact as a message; nothing for those that are resources of their own.
pub fn fact(recordings: &Recordings, fact: &Fact) -> Option<v1::Fact> {
    let person = |person: PersonId| name_of(recordings, Subject::Person(person));
    let said = match fact {
        Fact::Name(name) => Said::PersonName(v1::PersonName {
            kind: v1::NameKind::from(name.kind).into(),
            full: name.full.clone(),
            given: name.given.clone(),
            family: name.family.clone(),
        }),
        Fact::Unnamed(words) => Said::Unnamed(words.clone()),
        Fact::Gender(gender) => Said::Gender(v1::Gender::from(*gender).into()),
        Fact::Birth { date: on, place } => Said::Birth(v1::Birth {
            date: on.map(date),
            place: place_of(recordings, *place),
        }),
        Fact::Death(death) => Said::Death(v1::Death {
            dead: Some(death.dead),
            date: death.date.map(date),
            place: place_of(recordings, death.place),
        }),
        Fact::Residence(residence) => Said::Residence(v1::Residence {
            place: place_of(recordings, Some(residence.place)),
        }),
        Fact::ImportantPlace(important) => Said::ImportantPlace(v1::ImportantPlace {
            place: place_of(recordings, Some(important.place)),
            meaning: v1::PlaceMeaning::from(important.meaning).into(),
        }),
        Fact::Contact(contact) => Said::Contact(v1::Contact {
            kind: v1::ContactKind::from(contact.kind).into(),
            value: contact.value.clone(),
        }),
        Fact::Language(language) => Said::Language(language.clone()),
        Fact::Caution(caution) => Said::Caution(v1::Caution {
            kind: v1::CautionKind::from(caution.kind).into(),
            note: caution.note.clone(),
        }),
        Fact::Screening(screening) => Said::Screening(v1::Screening {
            kind: screening.kind.clone(),
            result: v1::ScreeningResult::from(screening.result).into(),
            date: screening.date.map(date),
            expires: screening.expires.map(date),
        }),
        Fact::Parent(tie) => Said::Parent(v1::ParentTie {
            parent: person(tie.parent),
            nature: v1::ParentNature::from(tie.nature).into(),
            legal_state: v1::LegalState::from(tie.legal_state).into(),
            legal_date: tie.legal_date.map(date),
            court: tie.court.clone(),
        }),
        Fact::Union(tie) => Said::Union(v1::Union {
            partner: person(tie.partner),
            kind: v1::UnionKind::from(tie.kind).into(),
            ended: tie.state == UnionState::Ended,
        }),
        Fact::StatedKin(tie) => Said::StatedKin(v1::StatedKin {
            kin: person(tie.kin),
            as_told: tie.as_told.clone(),
            side: v1::Side::from(tie.side).into(),
            basis: v1::KinBasis::from(tie.basis).into(),
        }),
        Fact::Network(tie) => Said::Network(v1::NetworkTie {
            adult: person(tie.adult),
            role: tie.role.clone(),
            paid: tie.paid,
        }),
        Fact::Membership(tie) => Said::Membership(v1::Membership {
            nation: name_of(recordings, Subject::Nation(tie.nation)),
            state: v1::MembershipState::from(tie.state).into(),
            confirmed_by: tie.confirmed_by.clone(),
        }),
        Fact::HouseholdMember(tie) => Said::HouseholdMember(v1::HouseholdMember {
            household: name_of(recordings, Subject::Household(tie.household)),
        }),
        Fact::Inquiry(inquiry) => Said::Inquiry(v1::Inquiry {
            asked: inquiry.asked.map(person).unwrap_or_default(),
            asked_name: inquiry.asked_name.clone(),
            date: inquiry.date.map(date),
            side: v1::Side::from(inquiry.side).into(),
            about: v1::AskedAbout::from(inquiry.about).into(),
            answer: v1::InquiryAnswer::from(inquiry.answer).into(),
        }),
        Fact::Outreach(outreach) => Said::Outreach(v1::Outreach {
            purpose: v1::Purpose::from(outreach.purpose).into(),
            state: v1::OutreachState::from(outreach.state).into(),
            date: outreach.date.map(date),
            ask_again: outreach.ask_again.map(date),
            whom: match outreach.whom {
                OutreachTarget::Person(whom) => person(whom),
                OutreachTarget::Nation(nation) => name_of(recordings, Subject::Nation(nation)),
                OutreachTarget::WaitingFamily(family) => {
                    name_of(recordings, Subject::WaitingFamily(family))
                }
            },
            note: outreach.note.clone(),
        }),
        Fact::Note(note) => Said::Note(note.clone()),
        Fact::SamePerson(link) => Said::SamePerson(same_person_tie(link, person(link.other))),
        Fact::Place(_)
        | Fact::Nation(_)
        | Fact::Household { .. }
        | Fact::Case(_)
        | Fact::KeptLines(_)
        | Fact::WaitingFamily(_) => return None,
    };
    Some(v1::Fact { said: Some(said) })
}

impl Answers {
    /// The nation that a field of a request stands for.
    pub(in crate::api) fn nation(&self, field: &str, value: &str) -> Result<NationId, Error> {
        let nation = self.resource(SubjectKind::Nation, field, value)?;
        Ok(NationId(nation.number()))
    }
}
