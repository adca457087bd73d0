//! Everything that matching one child, and the brothers and sisters who are to be placed together, needs.

use crate::access::Permit;
use crate::error::Error;
use crate::model::case::Case;
use crate::model::ids::PlaceId;
use crate::model::lead::PersonSummary;
use crate::model::neighborhood::{Node, Vital};
use crate::model::partial_date::Truth;
use crate::model::person::{CautionKind, Coordinates, Gender, PlaceMeaning};
use crate::names::regions::region_key;
use crate::placement::candidate::{Distance, DistanceBands};
use crate::placement::matching::{
    Attributes, Bound, ChildNeeds, NearEach, Question, Surroundings, attributes,
};
use crate::store::{FamilyList, Snapshot, WaitingFamilies};
use crate::workflow::find_family::belonging::Belonging;
use crate::workflow::find_family::gather::Gathered;
use crate::workflow::find_family::ways_in_words;
use crate::workflow::joined::joined_nodes;
use crate::workflow::relations::summary;

/// A child's question and what it is put to.
pub struct Matching {
    pub table: &'static Attributes,
    pub families: WaitingFamilies,
    /// The child first, then the brothers and sisters.
    pub children: Vec<ChildNeeds>,
    /// The same, to be shown.
    pub shown: Vec<PersonSummary>,
    pub question: Question,
    pub around: Surroundings,
}

/// Kin so near that where they live matters to the child: parents, brothers and sisters, grandparents.
const NEAR_KIN_DEGREE: u8 = 2;
/// At most so many places that matter.
const MOST_PLACES: usize = 32;

impl Matching {
    /// Reads what it needs.
    pub fn prepare(
        snapshot: &Snapshot<'_>,
        permit: &Permit,
        gathered: &Gathered,
        people: &[Belonging<'_>],
    ) -> Result<Matching, Error> {
        let families = snapshot.all_waiting_families(permit.visibility())?;
        let table = table()?;
        let case = gathered.case.as_ref().map(|(_, case)| case);
        let mut children = vec![needs_of(gathered.child(), case)];
        let mut shown = vec![summary(gathered.child(), gathered.as_of)];
        let siblings = siblings(snapshot, permit, gathered)?;
        for sibling in &siblings {
            let mut own = None;
            for record in sibling.record_ids() {
                let found = snapshot.case_of_child(record, permit.visibility())?;
                own = own.or(found.map(|(_, case)| case));
            }
            children.push(needs_of(sibling, own.as_ref()));
            shown.push(summary(sibling, gathered.as_of));
        }
        let question = Question::new(table, children.clone(), gathered.as_of, &|attribute| {
            gathered.uses(attribute)
        });
        let mut around = Surroundings {
            protected: families.protected.clone(),
            in_region: in_region(&families, &question.regions),
            ..Surroundings::default()
        };
        let places = places_that_matter(snapshot, permit, gathered, people, &siblings)?;
        around.near_each = near_each(&families, &places);
        let nearest = around.near_each.iter();
        around.near = nearest
            .map(|each| each.iter().copied().flatten().min())
            .collect();
        around.matters = places.into_iter().map(|place| place.words).collect();
        attach(&mut around, gathered, people, &families);
        Ok(Matching {
            table,
            families,
            children,
            shown,
            question,
            around,
        })
    }

    /// The question put to the families' columns.
    pub fn bound(&self) -> Bound<'_> {
        self.bind(&self.question)
    }

    /// Another question, for some of the children, put to them.
    pub fn bind<'a>(&'a self, question: &'a Question) -> Bound<'a> {
        Bound::new(
            question,
            &self.families.columns,
            &self.around,
            self.table.freshness,
        )
    }
}

/// The table in use; a bad one is told at start.
pub fn table() -> Result<&'static Attributes, Error> {
    attributes().map_err(|error| Error::Internal {
        detail: error.to_string(),
    })
}

/// The brothers and sisters who are to be placed with the child.
fn siblings(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    gathered: &Gathered,
) -> Result<Vec<Node>, Error> {
    match &gathered.case {
        Some((_, case)) if !case.siblings_in_care.is_empty() => {
            let siblings = &case.siblings_in_care;
            joined_nodes(snapshot, permit, siblings, &gathered.severed)
        }
        _ => Ok(Vec::new()),
    }
}

/// A child's side, from the record and the case.
pub fn needs_of(child: &Node, case: Option<&Case>) -> ChildNeeds {
    let text =
        |text: fn(&Case) -> &String| case.map_or_else(String::new, |case| text(case).clone());
    ChildNeeds {
        name: child.name.clone(),
        birth: child.birth,
        gender: child.gender,
        languages: child.languages.clone(),
        needs: case.map_or_else(Vec::new, |case| case.needs.clone()),
        region: text(|case| &case.region),
        goals: vec![
            text(|case| &case.primary_goal),
            text(|case| &case.concurrent_goal),
        ],
    }
}

/// A place that matters to the child, and whose it is.
struct Matters {
    kind: Kind,
    words: String,
    /// None of a territory of which only the centre is known.
    place: Option<PlaceId>,
    centre: Option<Coordinates>,
}

/// In the order in which they are told of where they are as near.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Home,
    SchoolOrCommunity,
    Siblings,
    Family,
    Territory,
}

/// The child's own place first, then school and communities, the brothers and sisters who are to stay together, the nation's
/// territory, near kin. Nobody's whose address is protected.
fn places_that_matter(
    snapshot: &Snapshot<'_>,
    permit: &Permit,
    gathered: &Gathered,
    people: &[Belonging<'_>],
    siblings: &[Node],
) -> Result<Vec<Matters>, Error> {
    let protected = |node: &Node| node.cautions.contains(CautionKind::ProtectedAddress);
    let child = gathered.child();
    let mut places: Vec<Matters> = Vec::new();
    if protected(child) {
        return Ok(places);
    }
    let add = |places: &mut Vec<Matters>, kind, words: &dyn Fn() -> String, node: &Node| {
        let Some(place) = node.place.filter(|_| !protected(node)) else {
            return;
        };
        // A place is told once, as the nearest to the child: a carer's as the child's own.
        let is_known = |known: &Matters| known.place == Some(place);
        if places.len() < MOST_PLACES && !places.iter().any(is_known) {
            places.push(Matters {
                kind,
                words: words(),
                place: Some(place),
                centre: gathered.centre(place),
            });
        }
    };
    add(&mut places, Kind::Home, &|| "the child".to_owned(), child);
    places.extend(gathered.important.iter().map(|own| Matters {
        kind: match own.meaning {
            PlaceMeaning::School | PlaceMeaning::Community => Kind::SchoolOrCommunity,
            PlaceMeaning::Territory => Kind::Territory,
        },
        words: own.words.clone(),
        place: own.place,
        centre: own.centre,
    }));
    for sibling in siblings {
        let words = || {
            let relation = match sibling.gender {
                Gender::Female => "sister",
                Gender::Male => "brother",
                Gender::Other | Gender::Unknown => "sibling",
            };
            format!("the child's {relation} {}", sibling.name)
        };
        add(&mut places, Kind::Siblings, &words, sibling);
    }
    for person in near_kin(people) {
        let words = || {
            let ways = ways_in_words(gathered, person, false);
            format!(
                "the child's {}",
                ways.first().map_or("family", String::as_str)
            )
        };
        let is_sibling = siblings.iter().any(|sibling| sibling.id == person.node.id);
        if !is_sibling {
            add(&mut places, Kind::Family, &words, person.node);
        }
    }
    places.truncate(MOST_PLACES);
    let unread: Vec<usize> = (0..places.len())
        .filter(|&position| places[position].centre.is_none() && places[position].place.is_some())
        .collect();
    let ids: Vec<PlaceId> = unread.iter().filter_map(|&at| places[at].place).collect();
    if !ids.is_empty() {
        let read = snapshot.places(&ids, permit.visibility())?;
        for (position, place) in unread.into_iter().zip(read) {
            places[position].centre = place.and_then(|(_, place)| place.centre);
        }
    }
    Ok(places)
}

/// Living kin near the child, the nearest first.
fn near_kin<'p, 'g>(people: &'p [Belonging<'g>]) -> Vec<&'p Belonging<'g>> {
    let mut near: Vec<&Belonging<'_>> = people
        .iter()
        .filter(|person| {
            let is_near = person.ways.first().is_some_and(|way| {
                way.shape.joints.is_empty() && way.shape.civil_degree() <= NEAR_KIN_DEGREE
            });
            is_near && !matches!(person.node.death, Vital::Dead(_))
        })
        .collect();
    near.sort_by_key(|person| {
        let degree = person.ways.first().map(|way| way.shape.civil_degree());
        (degree, person.node.public_id)
    });
    near
}

/// By the families' places: the nearest place that matters, of each kind.
fn near_each(families: &FamilyList, places: &[Matters]) -> Vec<NearEach> {
    if places.is_empty() {
        return Vec::new();
    }
    let bands = DistanceBands::default();
    let centres: Vec<_> = places
        .iter()
        .map(|matters| matters.centre.map(Coordinates::direction))
        .collect();
    let of_families = families.columns.places.iter().zip(&families.centres);
    of_families
        .map(|(place, centre)| {
            let mut each = NearEach::default();
            for (which, (matters, from)) in places.iter().zip(&centres).enumerate() {
                let distance = match matters.place == Some(*place) {
                    true => Some(Distance::SamePlace),
                    false => from.zip(*centre).map(|(from, to)| bands.between(from, to)),
                };
                let Some((distance, which)) = distance.zip(u8::try_from(which).ok()) else {
                    continue;
                };
                let nearest = &mut each[matters.kind as usize];
                if nearest.is_none_or(|known| (distance, which) < known) {
                    *nearest = Some((distance, which));
                }
            }
            each
        })
        .collect()
}

fn in_region(families: &FamilyList, regions: &[String]) -> Vec<Truth> {
    if regions.is_empty() {
        return Vec::new();
    }
    let regions: Vec<String> = regions.iter().map(|region| region_key(region)).collect();
    let places = families.places.iter();
    places
        .map(|place| match place {
            Some(place) if !place.region.is_empty() => {
                let own = region_key(&place.region);
                Truth::from(regions.iter().all(|region| *region == own))
            }
            _ => Truth::Unknown,
        })
        .collect()
}

/// Families of whom somebody is kin of the child or of the child's network.
fn attach(
    around: &mut Surroundings,
    gathered: &Gathered,
    people: &[Belonging<'_>],
    families: &FamilyList,
) {
    for person in people {
        if person.ways.is_empty() && person.network.is_empty() && !person.foster_sibling {
            continue;
        }
        for record in person.node.record_ids() {
            for &position in families.columns.families_of(record) {
                let ways = ways_in_words(gathered, person, false);
                let relation = ways.first().map_or("known to the child", String::as_str);
                let words = format!("{}: {relation}", person.node.name);
                let known = around.attached.entry(position).or_default();
                if known.contains(&words) {
                    continue;
                }
                if !known.is_empty() {
                    known.push_str("; ");
                }
                known.push_str(&words);
            }
        }
    }
}
