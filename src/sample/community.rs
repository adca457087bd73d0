//! Makes the community village by village and writes each as it comes, so that memory holds one village.

use super::bundle_files::BundleFiles;
use super::care::add_other_parents;
use super::cases::{ChildInCare, choose_children, write_case};
use super::casework::write_casework;
use super::dice::Dice;
use super::duplicates::{Duplicate, write_duplicates};
use super::error::SampleError;
use super::hubs::{Hub, write_teachers};
use super::lives::{Setting, live};
use super::names::NameLists;
use super::newcomers::{ContactNumbers, Contacts, add_contacts};
use super::record::Recorder;
use super::safety::write_cautions;
use super::shape::{CommunityShape, measure_shape};
use super::stories;
use super::surroundings::PlaceLists;
use super::villager::{Place, Sex, Standing, Village, Villager};
use super::waiting::write_families;
use std::fs;
use std::io::Write;
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
const CASES_PER_THOUSAND: u64 = 9;
/// Members of the large nation of large communities, and from which size on there is one.
const LARGE_NATION: u64 = 5_200;
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
    prepare_folder(out)?;
    let mut community = Community::open(plan, out)?;
    community.write(out, progress)?;
    measure_shape(out)
}

fn prepare_folder(out: &Path) -> Result<(), SampleError> {
    let failed = |source| SampleError::File {
        path: out.to_path_buf(),
        source,
    };
    fs::create_dir_all(out).map_err(failed)?;
    if fs::read_dir(out).map_err(failed)?.next().is_some() {
        return Err(SampleError::FolderNotEmpty {
            folder: out.to_path_buf(),
        });
    }
    fs::create_dir(out.join("truth")).map_err(failed)
}

struct Community {
    plan: CommunityPlan,
    lists: NameLists,
    places: PlaceLists,
    files: Option<BundleFiles>,
    truth: fs::File,
    /// The number of the next person, and how many stand in the file.
    next_person: u64,
    written: u64,
    next_case: u64,
    /// Nations of the village at hand: most people's, and some people's.
    nations: [u32; 2],
    members_of_main: u64,
    /// How many members the nation at hand is to have.
    nation_size: u64,
    hub: Hub,
    /// Men who look for a partner in the next village.
    leaving: Vec<Villager>,
}

impl Community {
    fn open(plan: CommunityPlan, out: &Path) -> Result<Community, SampleError> {
        let truth_path = out.join("truth").join("duplicates.csv");
        let truth = fs::File::create(&truth_path).map_err(|source| SampleError::File {
            path: truth_path,
            source,
        })?;
        let first_size = if plan.people >= LARGE_COMMUNITY {
            LARGE_NATION
        } else {
            900
        };
        Ok(Community {
            plan,
            lists: NameLists::built_in()?,
            places: PlaceLists::built_in()?,
            files: Some(BundleFiles::create(out)?),
            truth,
            next_person: 1,
            written: 0,
            next_case: stories::CASES + 1,
            nations: [0, 1],
            members_of_main: 0,
            nation_size: first_size,
            hub: Hub::for_people(plan.people),
            leaving: Vec::new(),
        })
    }

    fn write(&mut self, out: &Path, progress: &mut dyn FnMut(u64)) -> Result<(), SampleError> {
        let Some(mut files) = self.files.take() else {
            return Ok(());
        };
        write_readme(self.plan, out)?;
        self.write_truth("record,copy\n")?;
        self.places.write_shared(&mut files)?;
        self.written = stories::write(&mut files)?;
        let villages = (self.plan.people / VILLAGE_PEOPLE).max(1);
        for number in 0..villages {
            let left = self.plan.people - self.written;
            let quota = left / (villages - number);
            self.write_village(&mut files, number, quota)?;
            progress(self.written);
        }
        files.finish()
    }

    fn write_village(
        &mut self,
        files: &mut BundleFiles,
        number: u64,
        quota: u64,
    ) -> Result<(), SampleError> {
        let mut dice = Dice::new(self.plan.seed, number);
        let (is_first, is_last) = (number == 0, quota == self.plan.people - self.written);
        let wanted_cases = (quota * CASES_PER_THOUSAND / 1000) as usize;
        let numbers = contact_numbers(quota, wanted_cases);
        let contacts_count =
            numbers.singles + 2 * (numbers.foster_couples + numbers.waiting_couples);
        let visitors = std::mem::take(&mut self.leaving);
        let room_for_copies = quota as usize * 4 / 100;
        let most = (quota as usize).saturating_sub(contacts_count + room_for_copies);
        let mut village = self.simulate(most, visitors, &mut dice);
        add_other_parents(&mut village, &mut dice);
        let family = village
            .people
            .iter()
            .filter(|person| person.standing == Standing::Family)
            .count();
        // Elsewhere the next village makes up for what is missing.
        let spare = if is_last {
            most.saturating_sub(family)
        } else {
            0
        };
        let numbers = ContactNumbers {
            singles: numbers.singles + spare,
            ..numbers
        };
        let contacts = add_contacts(
            &mut village,
            &self.lists,
            &numbers,
            self.nations[0],
            &mut dice,
        );
        let order = self.number_people(&mut village);
        let towns = self.places.write_towns(files, number, &mut dice)?;
        if is_first {
            self.write_nation(files, 0, &village, &contacts, &mut dice)?;
            self.write_nation(files, 1, &village, &contacts, &mut dice)?;
        }
        let mut cases = choose_children(&village, wanted_cases, &mut dice);
        for case in &mut cases {
            case.case_number = self.next_case;
            self.next_case += 1;
        }
        let mut recorder = Recorder {
            files: &mut *files,
            village: &village,
            towns: &towns,
            lists: &self.lists,
            places: &self.places,
            number,
            dice: &mut dice,
            members: Vec::new(),
        };
        recorder.write(&order)?;
        write_work(&mut recorder, &cases, &contacts, &mut self.hub)?;
        let copies = write_duplicates(&mut recorder, &cases, room_for_copies, self.next_person)?;
        let members = std::mem::take(&mut recorder.members);
        self.count(&order, &copies)?;
        self.next_nation(files, members, &village, &contacts, &mut dice)?;
        self.leaving = village
            .people
            .into_iter()
            .filter(|person| person.marries_out && person.standing == Standing::Family)
            .map(as_visitor)
            .collect();
        Ok(())
    }

    fn simulate(&self, most: usize, visitors: Vec<Villager>, dice: &mut Dice) -> Village {
        let fertility = dice.weighted(1.0, &[(0.8, 28), (1.25, 17), (1.75, 10)], 45);
        let nation_share = dice.weighted(0.25, &[(0.5, 35), (0.85, 20)], 45);
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

    fn count(&mut self, order: &[Place], copies: &[Duplicate]) -> Result<(), SampleError> {
        self.written += (order.len() + copies.len()) as u64;
        self.next_person += copies.len() as u64;
        let mut lines = String::new();
        for Duplicate { record, copy } in copies {
            use super::villager::person_id;
            lines.push_str(&format!("{},{}\n", person_id(*record), person_id(*copy)));
        }
        self.write_truth(&lines)
    }

    fn write_truth(&mut self, text: &str) -> Result<(), SampleError> {
        self.truth
            .write_all(text.as_bytes())
            .map_err(|source| SampleError::File {
                path: "truth/duplicates.csv".into(),
                source,
            })
    }

    /// Once the main nation has its members, the next village lives with the next two.
    fn next_nation(
        &mut self,
        files: &mut BundleFiles,
        members: Vec<(u32, u64)>,
        village: &Village,
        contacts: &Contacts,
        dice: &mut Dice,
    ) -> Result<(), SampleError> {
        let [main, _] = self.nations;
        let counted = members.iter().find(|(nation, _)| *nation == main);
        self.members_of_main += counted.map_or(0, |(_, members)| *members);
        if self.members_of_main < self.nation_size {
            return Ok(());
        }
        self.members_of_main = 0;
        self.nation_size = dice.between(200, 2_500) as u64;
        self.nations = [main + 1, main + 2];
        self.write_nation(files, main + 2, village, contacts, dice)
    }

    fn write_nation(
        &self,
        files: &mut BundleFiles,
        number: u32,
        village: &Village,
        contacts: &Contacts,
        dice: &mut Dice,
    ) -> Result<(), SampleError> {
        let offered = if dice.chance(0.4) {
            let elders = contacts
                .elders
                .iter()
                .take(2)
                .map(|place| village.people[*place].id());
            elders.collect::<Vec<String>>().join(";")
        } else {
            String::new()
        };
        self.places.write_nation(files, number, offered, dice)
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

fn contact_numbers(quota: u64, cases: usize) -> ContactNumbers {
    ContactNumbers {
        singles: (quota as usize * 15 / 1000).max(16),
        foster_couples: (cases / 3).max(2),
        waiting_couples: (cases / 3).max(2),
    }
}

/// How many founders grow to about this many people over five generations.
fn founders_for(most: usize, fertility: f64) -> usize {
    let growth = PEOPLE_PER_FOUNDER * fertility.powf(2.2);
    ((most as f64 / growth) as usize).max(8)
}

/// Mean number of people, partners from outside among them, who come of one founder at fertility 1.
const PEOPLE_PER_FOUNDER: f64 = 8.0;

fn as_visitor(mut person: Villager) -> Villager {
    person.standing = Standing::Visitor;
    person.mother = None;
    person.father = None;
    person
}

/// Mothers before their children, partners beside each other.
fn family_order(village: &Village) -> Vec<Place> {
    let mut partners: Vec<Vec<Place>> = vec![Vec::new(); village.people.len()];
    for couple in &village.couples {
        partners[couple.first].push(couple.second);
    }
    let mut listed = vec![false; village.people.len()];
    let mut order = Vec::with_capacity(village.people.len());
    for start in 0..village.people.len() {
        let mut waiting = vec![start];
        while let Some(place) = waiting.pop() {
            let person = &village.people[place];
            if listed[place] || person.standing == Standing::Visitor {
                continue;
            }
            // A man born here is listed with his mother's children.
            let later = place == start
                && person.sex == Sex::Male
                && person.mother.is_some_and(|mother| !listed[mother]);
            if later {
                continue;
            }
            listed[place] = true;
            order.push(place);
            waiting.extend(village.children[place].iter().rev());
            waiting.extend(partners[place].iter().rev());
        }
    }
    order
}

fn write_readme(plan: CommunityPlan, out: &Path) -> Result<(), SampleError> {
    let CommunityPlan { people, seed } = plan;
    let text = format!(
        "This community is invented. It was made by `kinpath generate --people {people} --seed {seed}`.\n\n\
         Nobody in it is real. First names and family names are common ones, put together by chance; every town,\n\
         nation, people, language, agency and file number is made up, and telephone numbers are of the kind kept\n\
         for fiction (555-01xx). Any likeness to a real person or community is chance.\n\n\
         The files form a CSV bundle (data/csv_bundle.md). The day of description is 2026-11-01. The same numbers\n\
         give the same bytes again. Three children are written by hand, for showing and testing: story-1, story-2,\n\
         and the sisters story-3 and story-3b (cases case-1 to case-3).\n\n\
         truth/duplicates.csv is no part of the bundle: it tells which records are the same person.\n"
    );
    let path = out.join("README.txt");
    fs::write(&path, text).map_err(|source| SampleError::File { path, source })
}
