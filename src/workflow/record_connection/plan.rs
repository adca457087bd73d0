//! Turns a reading into one transaction: the person, the placeholder parents needed, the ties, and what follows in words.

use super::nation::{MeantNation, read_nation};
use super::reading::{Reading, read};
use super::{Conclusion, PlannedPerson, RecordConnection};
use crate::access::Permit;
use crate::error::{Choice, Error};
use crate::kinship::family_graph::ParentClass;
use crate::kinship::naming::name_of_term;
use crate::model::ids::{NationId, PersonId, PlaceId, PublicId, Subject, SubjectKind};
use crate::model::nation::{Membership, MembershipState};
use crate::model::neighborhood::{Node, NodeTieKind};
use crate::model::partial_date::Truth;
use crate::model::person::{Contact, ContactKind, Death, Gender, Name, NameKind, Place, Residence};
use crate::model::relation_word::{KinTerm, StatedLine};
use crate::model::statement::{Certainty, Fact};
use crate::model::tie::{
    KinBasis, LegalState, NetworkTie, ParentNature, ParentTie, Side, StatedKin,
};
use crate::names::normalize::fold;
use crate::store::{Snapshot, StatementDraft, Transaction};

/// What will be committed, and how it was understood.
pub struct Plan {
    pub transaction: Transaction,
    pub relation: String,
    pub conclusions: Vec<Conclusion>,
    /// The person recorded, then the placeholders.
    pub people: Vec<PlannedPerson>,
}

/// Plans one connection.
pub fn plan(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    request: &RecordConnection,
) -> Result<Plan, Error> {
    check(request)?;
    let reading = read(request)?;
    let child = one_node(snapshot, permit, request.child)?;
    let etag = snapshot
        .etag(Subject::Person(request.child))?
        .unwrap_or_default();
    let mut planner = Planner {
        snapshot,
        permit,
        request,
        child,
        transaction: permit.transaction("record_connection"),
        conclusions: Vec::new(),
        placeholders: Vec::new(),
        person: None,
    };
    // Whoever plans from the same state at the same time must see what the other has entered.
    planner
        .transaction
        .unchanged
        .push((Subject::Person(request.child), etag));
    let relation = planner.enter(&reading)?;
    planner.describe_person()?;
    planner.guard()?;
    let person = planner.person.take().ok_or_else(|| Error::Internal {
        detail: "no person was planned".to_owned(),
    })?;
    let people = std::iter::once(person.shown)
        .chain(planner.placeholders)
        .collect();
    Ok(Plan {
        transaction: planner.transaction,
        relation,
        conclusions: planner.conclusions,
        people,
    })
}

fn check(request: &RecordConnection) -> Result<(), Error> {
    if request.birth.is_some_and(|birth| {
        birth
            .possible_days()
            .0
            .is_some_and(|first| first > request.today)
    }) {
        return Err(Error::invalid("birth", "lies in the future"));
    }
    for (field, text) in [
        ("name_as_written", &request.name),
        ("place", &request.place),
        ("nation", &request.nation),
        ("phone", &request.phone),
    ] {
        if text.chars().any(char::is_control) {
            return Err(Error::invalid(
                field,
                "has characters that cannot be printed",
            ));
        }
    }
    Ok(())
}

fn one_node(snapshot: &Snapshot<'_>, permit: &Permit, person: PersonId) -> Result<Node, Error> {
    let node = snapshot
        .nodes(&[person], permit.visibility())?
        .into_iter()
        .next()
        .flatten();
    node.ok_or_else(|| Error::NotFound {
        what: "child",
        name: "as named".to_owned(),
    })
}

/// A parent on the way: recorded already, or a new placeholder.
#[derive(Clone)]
struct OnTheWay {
    subject: PersonId,
    name: String,
    /// The node of somebody recorded already.
    node: Option<Node>,
}

struct Entered {
    subject: PersonId,
    shown: PlannedPerson,
    /// Recorded before without a name, and named now.
    was_placeholder: bool,
}

struct Planner<'a> {
    snapshot: &'a Snapshot<'a>,
    permit: &'a Permit,
    request: &'a RecordConnection,
    child: Node,
    transaction: Transaction,
    conclusions: Vec<Conclusion>,
    placeholders: Vec<PlannedPerson>,
    person: Option<Entered>,
}

impl Planner<'_> {
    /// Whoever is written about must be as they were when this was planned: else two requests at once could each name the
    /// same placeholder, or each make parents for the same person.
    fn guard(&mut self) -> Result<(), Error> {
        let mut written: Vec<Subject> = self
            .transaction
            .statements
            .iter()
            .map(|(subject, _)| *subject)
            .collect();
        written.sort_unstable();
        written.dedup();
        for subject in written {
            let is_guarded = self
                .transaction
                .unchanged
                .iter()
                .any(|(guarded, _)| *guarded == subject);
            if is_guarded || Transaction::is_new(subject) {
                continue;
            }
            let etag = self.snapshot.etag(subject)?.unwrap_or_default();
            self.transaction.unchanged.push((subject, etag));
        }
        Ok(())
    }

    /// Enters the ties of a reading; returns the relation in words.
    fn enter(&mut self, reading: &Reading) -> Result<String, Error> {
        let term = |up, down, half| KinTerm {
            up,
            down,
            half,
            line: StatedLine::Kin,
            courtesy: false,
        };
        match *reading {
            Reading::Network(role) => {
                let person = self.new_person(Gender::Unknown);
                let tie = NetworkTie {
                    adult: person,
                    role: role.word.clone(),
                    paid: role.usually_paid,
                };
                self.state(self.child.id, Fact::Network(tie));
                self.conclude(format!(
                    "{} is recorded as {} of {}",
                    self.shown_name(),
                    role.title,
                    self.child.name
                ));
                Ok(role.title.clone())
            }
            Reading::Parent { nature, gender } => {
                self.check_free_parent(gender, nature)?;
                let child = OnTheWay {
                    subject: self.child.id,
                    name: self.child.name.clone(),
                    node: Some(self.child.clone()),
                };
                self.enter_parent(&child, gender, nature)?;
                let words = name_of_term(term(1, 0, false), Side::Unknown, gender, false);
                Ok(match nature {
                    ParentNature::Birth => words,
                    ParentNature::Customary => format!("{words} by custom"),
                    _ => format!("{} {words}", nature.word()),
                })
            }
            Reading::Grandparent { side, gender } => {
                let parent = self.parent_on(side)?;
                self.check_free_grandparent(&parent, side, gender)?;
                self.enter_parent(&parent, gender, ParentNature::Birth)?;
                Ok(name_of_term(term(2, 0, false), side, gender, false))
            }
            Reading::Sibling { half_on, gender } => {
                let child = OnTheWay {
                    subject: self.child.id,
                    name: self.child.name.clone(),
                    node: Some(self.child.clone()),
                };
                let parents = match half_on {
                    Some(side) => vec![self.parent_on(side)?],
                    None => self.both_parents(&child)?,
                };
                self.enter_child_of(&parents, gender)?;
                Ok(name_of_term(
                    term(1, 1, half_on.is_some()),
                    half_on.unwrap_or_default(),
                    gender,
                    false,
                ))
            }
            Reading::AuntOrUncle { side, gender } => {
                let parent = self.parent_on(side)?;
                let grandparents = self.both_parents(&parent)?;
                self.enter_child_of(&grandparents, gender)?;
                Ok(name_of_term(term(2, 1, false), side, gender, false))
            }
            Reading::Child { gender } => {
                let child = OnTheWay {
                    subject: self.child.id,
                    name: self.child.name.clone(),
                    node: None,
                };
                self.enter_child_of(&[child], gender)?;
                Ok(name_of_term(
                    term(0, 1, false),
                    Side::Unknown,
                    gender,
                    false,
                ))
            }
            Reading::Stated { term, side, gender } => {
                let kin = self.new_person(gender);
                let as_told = self.request.relation.trim().to_owned();
                self.state(
                    self.child.id,
                    Fact::StatedKin(StatedKin {
                        kin,
                        term,
                        as_told,
                        side,
                        basis: KinBasis::Told,
                    }),
                );
                self.conclude(format!(
                    "{} is recorded as \"{}\" of {}: how exactly is not known, so it stays as told",
                    self.shown_name(),
                    self.request.relation.trim(),
                    self.child.name
                ));
                Ok(name_of_term(term, side, gender, true))
            }
        }
    }

    /// The new person as parent of somebody; a placeholder that stands there is named instead.
    fn enter_parent(
        &mut self,
        child: &OnTheWay,
        gender: Gender,
        nature: ParentNature,
    ) -> Result<(), Error> {
        if let Some(placeholder) = self.placeholder_parent(child, gender, nature)? {
            self.conclude(format!(
                "{} was recorded without a name and is now {}",
                placeholder.name,
                self.shown_name()
            ));
            self.name_placeholder(&placeholder, gender);
            return Ok(());
        }
        let person = self.new_person(gender);
        self.state(child.subject, Fact::Parent(parent_tie(person, nature)));
        let words = name_of_term(
            KinTerm {
                up: 1,
                down: 0,
                half: false,
                line: StatedLine::Kin,
                courtesy: false,
            },
            Side::Unknown,
            gender,
            false,
        );
        self.conclude(format!(
            "{} is recorded as {words} of {} ({})",
            self.shown_name(),
            child.name,
            nature.word()
        ));
        Ok(())
    }

    /// The new person as child of these parents.
    fn enter_child_of(&mut self, parents: &[OnTheWay], gender: Gender) -> Result<(), Error> {
        self.warn_of_namesakes(parents)?;
        let person = self.new_person(gender);
        for parent in parents {
            self.state(
                person,
                Fact::Parent(parent_tie(parent.subject, ParentNature::Birth)),
            );
        }
        let names: Vec<&str> = parents.iter().map(|parent| parent.name.as_str()).collect();
        self.conclude(format!(
            "{} is recorded as a child of {} ({})",
            self.shown_name(),
            names.join(" and "),
            self.request.certainty.word()
        ));
        Ok(())
    }

    /// Tells of children of these parents who have the same name.
    fn warn_of_namesakes(&mut self, parents: &[OnTheWay]) -> Result<(), Error> {
        let wanted = fold(&self.request.name);
        let children: Vec<PersonId> = parents
            .iter()
            .filter_map(|parent| parent.node.as_ref())
            .flat_map(|node| &node.ties)
            .filter(|tie| matches!(tie.kind, NodeTieKind::Child { .. }))
            .map(|tie| tie.other)
            .collect();
        let nodes = self.snapshot.nodes(&children, self.permit.visibility())?;
        let namesake = nodes
            .into_iter()
            .flatten()
            .find(|node| !wanted.is_empty() && fold(&node.name) == wanted);
        if let Some(node) = namesake {
            self.conclude(format!(
                "{} is already recorded in the same place of the family ({}): check whether the two are one person",
                node.name, node.public_id
            ));
        }
        Ok(())
    }

    /// The child's mother or father: as recorded, or a new placeholder.
    fn parent_on(&mut self, side: Side) -> Result<OnTheWay, Error> {
        let (gender, word) = match side {
            Side::Paternal => (Gender::Male, "father"),
            _ => (Gender::Female, "mother"),
        };
        let child = self.child.clone();
        let mut known: Vec<Node> = self
            .parents_of(&child)?
            .into_iter()
            .filter(|node| node.gender == gender)
            .collect();
        known.dedup_by_key(|node| node.id);
        match known.len() {
            0 => {
                let name = unnamed(&child.name, word);
                let placeholder = self.new_placeholder(name, gender);
                self.state(
                    child.id,
                    Fact::Parent(parent_tie(placeholder.subject, ParentNature::Birth)),
                );
                Ok(placeholder)
            }
            1 => Ok(on_the_way(known.remove(0))),
            _ => {
                let choices = known.iter().map(|node| Choice {
                    value: node.public_id.to_string(),
                    label: format!("{}, recorded as {word}", node.name),
                });
                let chosen = known
                    .iter()
                    .find(|node| node.public_id.to_string() == self.request.choice.trim());
                match chosen {
                    Some(node) => Ok(on_the_way(node.clone())),
                    None => Err(Error::Ambiguous {
                        field: "relation".to_owned(),
                        choices: choices.collect(),
                    }),
                }
            }
        }
    }

    /// Parents by birth or adoption, the adoptive ones first where there are any of them.
    fn parents_of(&self, node: &Node) -> Result<Vec<Node>, Error> {
        let of_class = |class: ParentClass| -> Vec<PersonId> {
            let ties = node
                .ties
                .iter()
                .filter(|tie| tie.certainty != Certainty::Disproved);
            let parents = ties.filter_map(|tie| match tie.kind {
                NodeTieKind::Parent { nature, .. } if ParentClass::of(nature) == class => {
                    Some(tie.other)
                }
                _ => None,
            });
            parents.collect()
        };
        let birth = of_class(ParentClass::Birth);
        let ids = if birth.is_empty() {
            of_class(ParentClass::Adoption)
        } else {
            birth
        };
        Ok(self
            .snapshot
            .nodes(&ids, self.permit.visibility())?
            .into_iter()
            .flatten()
            .collect())
    }

    /// Both parents of somebody, with placeholders for those not recorded.
    fn both_parents(&mut self, child: &OnTheWay) -> Result<Vec<OnTheWay>, Error> {
        let known = match &child.node {
            Some(node) => self.parents_of(node)?,
            None => Vec::new(),
        };
        let mut parents: Vec<OnTheWay> = known.iter().cloned().map(on_the_way).collect();
        parents.dedup_by_key(|parent| parent.subject);
        for (gender, word) in [(Gender::Female, "mother"), (Gender::Male, "father")] {
            if parents.len() >= 2 || known.iter().any(|node| node.gender == gender) {
                continue;
            }
            let placeholder = self.new_placeholder(unnamed(&child.name, word), gender);
            self.state(
                child.subject,
                Fact::Parent(parent_tie(placeholder.subject, ParentNature::Birth)),
            );
            parents.push(placeholder);
        }
        Ok(parents)
    }

    /// A parent recorded without a name, whom the new name is for.
    fn placeholder_parent(
        &self,
        child: &OnTheWay,
        gender: Gender,
        nature: ParentNature,
    ) -> Result<Option<Node>, Error> {
        let Some(node) = child
            .node
            .as_ref()
            .filter(|_| nature == ParentNature::Birth)
        else {
            return Ok(None);
        };
        let fits = |node: &Node| !node.named && node.gender == gender && gender != Gender::Unknown;
        Ok(self.parents_of(node)?.into_iter().find(fits))
    }

    fn check_free_parent(&self, gender: Gender, nature: ParentNature) -> Result<(), Error> {
        if nature != ParentNature::Birth
            || gender == Gender::Unknown
            || self.request.choice.trim() == "besides"
        {
            return Ok(());
        }
        let word = if gender == Gender::Female {
            "mother"
        } else {
            "father"
        };
        let known = self.parents_of(&self.child)?;
        let Some(node) = known
            .iter()
            .find(|node| node.named && node.gender == gender)
        else {
            return Ok(());
        };
        let choices = [
            ("presumed", "presumed, not established"),
            ("adoptive", "by adoption"),
            ("customary", "by custom"),
        ]
        .map(|(nature, words)| Choice {
            value: format!("{nature} {word}"),
            label: format!(
                "{} is recorded as {word} already; the new person is a {word} {words}",
                node.name
            ),
        });
        Err(Error::Ambiguous {
            field: "relation".to_owned(),
            choices: choices.to_vec(),
        })
    }

    fn check_free_grandparent(
        &self,
        parent: &OnTheWay,
        side: Side,
        gender: Gender,
    ) -> Result<(), Error> {
        let Some(node) = &parent.node else {
            return Ok(());
        };
        let known = self.parents_of(node)?;
        let taken = known
            .iter()
            .find(|known| known.named && known.gender == gender && gender != Gender::Unknown);
        match taken {
            None => Ok(()),
            Some(known) => {
                let term = KinTerm {
                    up: 2,
                    down: 0,
                    half: false,
                    line: StatedLine::Kin,
                    courtesy: false,
                };
                let words = name_of_term(term, side, gender, false);
                Err(Error::Ambiguous {
                    field: "relation".to_owned(),
                    choices: vec![Choice {
                        value: super::reading::AS_TOLD.to_owned(),
                        label: format!(
                            "{} is recorded as {words} already; keep the new person as told, besides her or him",
                            known.name
                        ),
                    }],
                })
            }
        }
    }

    fn new_placeholder(&mut self, description: String, gender: Gender) -> OnTheWay {
        let position = self.transaction.new_subjects.len();
        let subject = self.transaction.add_subject(SubjectKind::Person, None);
        let Subject::Person(id) = subject else {
            return OnTheWay {
                subject: PersonId(0),
                name: description,
                node: None,
            };
        };
        self.state(id, Fact::Unnamed(description.clone()));
        self.state(id, Fact::Gender(gender));
        self.placeholders.push(PlannedPerson {
            position: Some(position),
            known: None,
            name: description.clone(),
            named: false,
            gender,
            birth: None,
            dead: false,
        });
        OnTheWay {
            subject: id,
            name: description,
            node: None,
        }
    }

    fn new_person(&mut self, gender: Gender) -> PersonId {
        let position = self.transaction.new_subjects.len();
        let subject = PersonId(
            self.transaction
                .add_subject(SubjectKind::Person, None)
                .number(),
        );
        let shown = self.planned(Some(position), None, gender);
        self.person = Some(Entered {
            subject,
            shown,
            was_placeholder: false,
        });
        subject
    }

    fn name_placeholder(&mut self, placeholder: &Node, gender: Gender) {
        let shown = self.planned(None, Some((placeholder.id, placeholder.public_id)), gender);
        self.person = Some(Entered {
            subject: placeholder.id,
            shown,
            was_placeholder: true,
        });
    }

    fn planned(
        &self,
        position: Option<usize>,
        known: Option<(PersonId, PublicId)>,
        gender: Gender,
    ) -> PlannedPerson {
        PlannedPerson {
            position,
            known,
            name: self.shown_name(),
            named: !self.request.name.trim().is_empty(),
            gender: if gender == Gender::Unknown {
                self.request.gender
            } else {
                gender
            },
            birth: self.request.birth,
            dead: self.request.dead == Some(true),
        }
    }

    /// The name as written, or how somebody not yet named is spoken of.
    fn shown_name(&self) -> String {
        match self.request.name.trim() {
            "" => unnamed(
                &self.child.name,
                &self.request.relation.trim().to_lowercase(),
            ),
            name => name.to_owned(),
        }
    }

    /// States what else is known of the person.
    fn describe_person(&mut self) -> Result<(), Error> {
        let Some(Entered {
            subject,
            shown,
            was_placeholder,
        }) = &self.person
        else {
            return Ok(());
        };
        let (subject, gender, named, is_new) =
            (*subject, shown.gender, shown.named, !was_placeholder);
        let request = self.request;
        let name = self.shown_name();
        if named {
            self.state(
                subject,
                Fact::Name(Name {
                    kind: NameKind::Used,
                    full: name,
                    given: String::new(),
                    family: String::new(),
                }),
            );
        } else if is_new {
            self.state(subject, Fact::Unnamed(name));
        }
        if gender != Gender::Unknown && is_new {
            self.state(subject, Fact::Gender(gender));
        }
        if request.birth.is_some() {
            self.state(
                subject,
                Fact::Birth {
                    date: request.birth,
                    place: None,
                },
            );
        }
        if let Some(dead) = request.dead {
            self.state(
                subject,
                Fact::Death(Death {
                    dead,
                    date: None,
                    place: None,
                }),
            );
        }
        if !request.place.trim().is_empty() {
            let place = self.place(request.place.trim())?;
            self.state(subject, Fact::Residence(Residence { place }));
        }
        if !request.nation.trim().is_empty() {
            let nation = self.nation(request.nation.trim())?;
            self.state(
                subject,
                Fact::Membership(Membership {
                    nation,
                    state: MembershipState::Claimed,
                    confirmed_by: String::new(),
                }),
            );
        }
        for (kind, value) in [
            (ContactKind::Phone, &request.phone),
            (ContactKind::Email, &request.email),
        ] {
            if !value.trim().is_empty() {
                self.state(
                    subject,
                    Fact::Contact(Contact {
                        kind,
                        value: value.trim().to_owned(),
                    }),
                );
            }
        }
        if !request.note.trim().is_empty() {
            self.state(subject, Fact::Note(request.note.trim().to_owned()));
        }
        self.warn_of_ages();
        Ok(())
    }

    /// Tells where the birth date does not fit the child's.
    fn warn_of_ages(&mut self) {
        let parents_generation = self.conclusions.iter().any(|conclusion| {
            conclusion.words.contains("mother of") || conclusion.words.contains("father of")
        });
        if let (Some(own), Some(childs)) = (self.request.birth, self.child.birth)
            && parents_generation
            && childs.before(own) == Truth::Yes
        {
            self.conclude(format!(
                "Check the date of birth: {} was born before this parent or grandparent",
                self.child.name
            ));
        }
    }

    /// The place of that name, made if it is not known yet.
    fn place(&mut self, name: &str) -> Result<PlaceId, Error> {
        let known = self
            .snapshot
            .places_named(name, None, self.permit.visibility())?;
        if let Some(&place) = known.first() {
            return Ok(place);
        }
        let place = PlaceId(
            self.transaction
                .add_subject(SubjectKind::Place, None)
                .number(),
        );
        let fact = Fact::Place(Place {
            name: name.to_owned(),
            region: String::new(),
            centre: None,
        });
        let draft = StatementDraft::new(fact, self.request.source.clone());
        self.transaction.add_statement(Subject::Place(place), draft);
        Ok(place)
    }

    /// The nation told, recorded if it is not yet.
    fn nation(&mut self, text: &str) -> Result<NationId, Error> {
        let (id, name) = match read_nation(self.snapshot, self.permit, text)? {
            MeantNation::Recorded(id, name, told) => {
                told.into_iter().for_each(|told| self.conclude(told));
                (id, name)
            }
            MeantNation::New(nation, told) => {
                self.conclude(told);
                let name = nation.name.clone();
                let subject = self.transaction.add_subject(SubjectKind::Nation, None);
                let draft = StatementDraft::new(Fact::Nation(nation), self.request.source.clone());
                self.transaction.add_statement(subject, draft);
                (NationId(subject.number()), name)
            }
        };
        self.conclude(format!(
            "{} is recorded as belonging to {name} (claimed)",
            self.shown_name()
        ));
        Ok(id)
    }

    fn state(&mut self, subject: PersonId, fact: Fact) {
        let mut draft = StatementDraft::new(fact, self.request.source.clone());
        draft.certainty = self.request.certainty;
        self.transaction
            .add_statement(Subject::Person(subject), draft);
    }

    fn conclude(&mut self, words: String) {
        self.conclusions.push(Conclusion { words });
    }
}

fn on_the_way(node: Node) -> OnTheWay {
    OnTheWay {
        subject: node.id,
        name: node.name.clone(),
        node: Some(node),
    }
}

fn parent_tie(parent: PersonId, nature: ParentNature) -> ParentTie {
    ParentTie {
        parent,
        nature,
        legal_state: LegalState::Unknown,
        legal_date: None,
        court: String::new(),
    }
}

/// How somebody not yet named is spoken of: "Sam Reed's mother's brother, name unknown".
fn unnamed(of: &str, word: &str) -> String {
    let of = of.trim_end_matches(NAME_UNKNOWN);
    format!("{of}'s {word}{NAME_UNKNOWN}")
}

/// What a placeholder's name ends with.
pub const NAME_UNKNOWN: &str = ", name unknown";
