//! Makes the community village by village and writes each as it comes, so that memory holds one village.

use super::bundle_files::BundleFiles;
use super::care::add_other_parents;
use super::cases::{ChildInCare, choose_children, write_case};
use super::casework::write_casework;
use super::dice::Dice;
use super::duplicates::write_duplicates;
use super::error::SampleError;
use super::family_order::family_order;
use super::folder::{self, TruthFile};
use super::hubs::{Hub, write_teachers};
use super::late_contacts::write_late_contacts;
use super::lives::{Setting, live};
use super::names::NameLists;
use super::newcomers::{ContactNumbers, Contacts, add_contacts};
use super::record::Recorder;
use super::safety::write_cautions;
use super::shape::{CommunityShape, measure_shape};
use super::stories;
use super::surroundings::PlaceLists;
use super::villager::{Place, Standing, Village, Villager};
use super::waiting::write_families;
use std::path::Path;

/// Which community to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommunityPlan {
    /// How many records of people: at least [`LEAST_PEOPLE`].
    pub people: u64,
    pub seed: u64,
}

/// The smallest community: the stories and one village.
pub const LEAST_PEOPLE: u64 = 200;

const VILLAGE_PEOPLE: u64 = 3_000;
/// Cases for each thousand people, at most.
const CASES_PER_THOUSAND: u64 = 8;
/// Villages differ: children of a woman against the average, and share of the founders who are of a nation. Both go
/// round, so that a small community has a fair mix too.
const FERTILITY: [f64; 10] = [1.0, 0.75, 1.2, 1.0, 0.8, 2.3, 1.0, 0.75, 1.2, 1.0];
const NATION_SHARES: [f64; 7] = [0.25, 0.5, 0.25, 0.85, 0.25, 0.5, 0.5];
/// Members of the large nation of large communities, and from which size on there is one.
const LARGE_NATION: u64 = 5_200;
const SMALL_NATION: u64 = 900;
const LARGE_COMMUNITY: u64 = 100_000;

/// Writes the community as a CSV bundle into `out`, which must be new or empty, then measures it. The same plan
/// gives the same bytes. `progress` is told the number of people written, after each village.
pub fn generate(
    plan: CommunityPlan,
    out: &Path,
    progress: &mut dyn FnMut(u64),
) -> Result<CommunityShape, SampleError> {
    if plan.people < LEAST_PEOPLE {
        return Err(SampleError::TooFewPeople {
            asked: plan.people,
            least: LEAST_PEOPLE,
        });
    }
    folder::prepare(out)?;
    Community::open(plan, out)?.write(out, progress)?;
    measure_shape(out)
}

struct Community {
    plan: CommunityPlan,
    lists: NameLists,
    places: PlaceLists,
    truth: TruthFile,
    /// The number of the next person, and how many stand in the file.
    next_person: u64,
    written: u64,
    next_case: u64,
    /// Nations of the village at hand: most people's, and some people's.
    nations: [u32; 2],
    /// Nations below this number stand in the file. Each is written with the first village it is the main one of.
    nations_written: u32,
    members_of_main: u64,
    /// How many members the nation at hand is to have.
    nation_size: u64,
    hub: Hub,
    /// Men who look for a partner in the next village.
    leaving: Vec<Villager>,
}

/// One village made, ready to be recorded.
struct Made {
    number: u64,
    /// Records of people that the village is to have; the last one has exactly so many.
    quota: u64,
    is_last: bool,
    village: Village,
    contacts: Contacts,
    room_for_copies: usize,
}

impl Community {
    fn open(plan: CommunityPlan, out: &Path) -> Result<Community, SampleError> {
        let is_large = plan.people >= LARGE_COMMUNITY;
        Ok(Community {
            plan,
            lists: NameLists::built_in()?,
            places: PlaceLists::built_in()?,
            truth: TruthFile::create(out)?,
            next_person: 1,
            written: 0,
            next_case: stories::CASES + 1,
            nations: [0, 1],
            nations_written: 0,
            members_of_main: 0,
            nation_size: if is_large { LARGE_NATION } else { SMALL_NATION },
            hub: Hub::for_people(plan.people),
            leaving: Vec::new(),
        })
    }

    fn write(mut self, out: &Path, progress: &mut dyn FnMut(u64)) -> Result<(), SampleError> {
        let mut files = BundleFiles::create(out)?;
        folder::write_readme(self.plan.people, self.plan.seed, out)?;
        self.places.write_shared(&mut files)?;
        self.written = stories::write(&mut files)?;
        let villages = (self.plan.people / VILLAGE_PEOPLE).max(1);
        for number in 0..villages {
            let left = self.plan.people.saturating_sub(self.written);
            let mut dice = Dice::new(self.plan.seed, number);
            let quota = left / (villages - number);
            let made = self.make_village(number, quota, number + 1 == villages, &mut dice);
            self.write_village(&mut files, made, &mut dice)?;
            progress(self.written);
        }
        let mut dice = Dice::new(self.plan.seed, villages);
        let last = self.nations_written;
        self.places
            .write_nation(&mut files, last, String::new(), &mut dice)?;
        files.finish()?;
        self.truth.finish()
    }

    /// Lets the village live and gives it its contacts.
    fn make_village(&mut self, number: u64, quota: u64, is_last: bool, dice: &mut Dice) -> Made {
        let numbers = contact_numbers(quota);
        let couples = numbers.foster_couples + numbers.waiting_couples;
        let room_for_copies = quota as usize * 4 / 100;
        let most = (quota as usize).saturating_sub(numbers.singles + 2 * couples + room_for_copies);
        let visitors = std::mem::take(&mut self.leaving);
        let mut village = self.simulate(number, most, visitors, dice);
        add_other_parents(&mut village, dice);
        let nation = self.nations[0];
        let contacts = add_contacts(&mut village, &self.lists, &numbers, nation, dice);
        Made {
            number,
            quota,
            is_last,
            village,
            contacts,
            room_for_copies,
        }
    }

    fn write_village(
        &mut self,
        files: &mut BundleFiles,
        mut made: Made,
        dice: &mut Dice,
    ) -> Result<(), SampleError> {
        let order = self.number_people(&mut made.village);
        let Made {
            village, contacts, ..
        } = &made;
        let towns = self.places.write_towns(files, made.number, dice)?;
        self.write_nation(files, &made, dice)?;
        let cases = self.choose_cases(&made, dice);
        let mut recorder = Recorder {
            files,
            village,
            towns: &towns,
            lists: &self.lists,
            places: &self.places,
            number: made.number,
            dice,
            members: Vec::new(),
        };
        recorder.write(&order)?;
        write_work(&mut recorder, &cases, contacts, &mut self.hub)?;
        let room = made.room_for_copies;
        let copies = write_duplicates(&mut recorder, &cases, room, self.next_person)?;
        self.next_person += copies.len() as u64;
        let mut count = (order.len() + copies.len()) as u64;
        if made.is_last {
            let missing = made.quota.saturating_sub(count);
            write_late_contacts(&mut recorder, &cases, missing, self.next_person)?;
            count += missing;
        }
        let members = std::mem::take(&mut recorder.members);
        self.written += count;
        self.truth.add(&copies)?;
        self.next_nation(members, dice);
        let leaving = made.village.people.into_iter();
        self.leaving = leaving
            .filter(|person| person.marries_out && person.standing == Standing::Family)
            .map(as_visitor)
            .collect();
        Ok(())
    }

    fn choose_cases(&mut self, made: &Made, dice: &mut Dice) -> Vec<ChildInCare> {
        let wanted = cases_for(made.quota);
        let mut cases = choose_children(&made.village, wanted, dice);
        for case in &mut cases {
            case.case_number = self.next_case;
            self.next_case += 1;
        }
        cases
    }

    fn simulate(
        &self,
        number: u64,
        most: usize,
        visitors: Vec<Villager>,
        dice: &mut Dice,
    ) -> Village {
        let fertility = going_round(&FERTILITY, number);
        let nation_share = going_round(&NATION_SHARES, number);
        let most_people = most + visitors.len();
        let setting = Setting {
            lists: &self.lists,
            most_people,
            founders: founders_for(most, fertility),
            fertility,
            nation_share,
            nations: self.nations,
        };
        live(&setting, visitors, dice)
    }

    /// Numbers the people of the village so that families lie together, and gives them in that order.
    fn number_people(&mut self, village: &mut Village) -> Vec<Place> {
        let order = family_order(village);
        for place in &order {
            village.people[*place].number = self.next_person;
            self.next_person += 1;
        }
        order
    }

    /// Once the main nation has its members, the next village lives with the next two.
    fn next_nation(&mut self, members: Vec<(u32, u64)>, dice: &mut Dice) {
        let [main, _] = self.nations;
        let counted = members.iter().find(|(nation, _)| *nation == main);
        self.members_of_main += counted.map_or(0, |(_, members)| *members);
        if self.members_of_main >= self.nation_size {
            self.members_of_main = 0;
            self.nation_size = dice.between(200, 2_500) as u64;
            self.nations = [main + 1, main + 2];
        }
    }

    /// Writes the village's main nation, if this is its first village; it may offer its elders to its children.
    fn write_nation(
        &mut self,
        files: &mut BundleFiles,
        made: &Made,
        dice: &mut Dice,
    ) -> Result<(), SampleError> {
        let [main, _] = self.nations;
        if main < self.nations_written {
            return Ok(());
        }
        self.nations_written = main + 1;
        let mut offered: Vec<String> = Vec::new();
        if dice.chance(0.4) {
            let elders = made.contacts.elders.iter().take(2);
            offered.extend(elders.map(|place| made.village.people[*place].id()));
        }
        self.places
            .write_nation(files, main, offered.join(";"), dice)
    }
}

fn write_work(
    recorder: &mut Recorder,
    cases: &[ChildInCare],
    contacts: &Contacts,
    hub: &mut Hub,
) -> Result<(), SampleError> {
    let waiting = write_families(recorder, contacts)?;
    write_cautions(recorder)?;
    write_teachers(recorder, contacts, hub)?;
    for case in cases {
        write_case(recorder, case, contacts)?;
        write_casework(recorder, case, &waiting)?;
    }
    Ok(())
}

fn going_round(values: &[f64], number: u64) -> f64 {
    let position = number % values.len().max(1) as u64;
    values.get(position as usize).copied().unwrap_or(1.0)
}

fn cases_for(quota: u64) -> usize {
    (quota * CASES_PER_THOUSAND / 1000) as usize
}

fn contact_numbers(quota: u64) -> ContactNumbers {
    let homes = (cases_for(quota) / 3).max(2);
    ContactNumbers {
        singles: (quota as usize * 15 / 1000).max(16),
        foster_couples: homes,
        waiting_couples: homes,
    }
}

/// How many founders grow to about this many people over five generations.
fn founders_for(most: usize, fertility: f64) -> usize {
    let growth = PEOPLE_PER_FOUNDER * fertility.powf(1.85);
    ((most as f64 / growth) as usize).max(8)
}

/// Mean number of people, partners from outside among them, who come of one founder at fertility 1.
const PEOPLE_PER_FOUNDER: f64 = 7.9;

fn as_visitor(mut person: Villager) -> Villager {
    person.standing = Standing::Visitor;
    person.mother = None;
    person.father = None;
    person
}
