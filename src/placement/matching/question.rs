//! What is asked of every family for a child, or for brothers and sisters together, as a list of rules. The needs of all
//! are put together, the strongest of each. Compiled once; words stand in it only to be shown.

use super::attributes::{AttributeKind, AttributeRow, Attributes};
use super::verdict::{Ages, Asked, Role, Rule, Test};
use crate::lookup::family_columns::category_key;
use crate::model::partial_date::{Day, PartialDate, Truth};
use crate::model::person::Gender;
use crate::placement::order::Attribute;

/// One child's side.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ChildNeeds {
    pub name: String,
    pub birth: Option<PartialDate>,
    pub gender: Gender,
    pub languages: Vec<String>,
    /// By category, level 0 (none) to 3.
    pub needs: Vec<(String, u8)>,
    /// The child's own region, as written in the case.
    pub region: String,
    /// Primary and concurrent goal, in this order; empty ones if not recorded.
    pub goals: Vec<String>,
}

/// What is asked of every family.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    pub children: Vec<ChildNeeds>,
    pub as_of: Day,
    pub rules: Vec<Rule>,
    /// What is not known of the children themselves: consent.
    pub notes: Vec<String>,
    /// The languages of the children that count.
    pub languages: Vec<String>,
    /// The regions of the children's cases.
    pub regions: Vec<String>,
    /// Points of all rules together.
    pub possible: f64,
}

/// The level of a requirement from which a no excludes.
const MUST: u8 = 3;
/// Categories by which families answer to gender.
const GENDERS: [(Gender, &str, &str); 3] = [
    (Gender::Female, "girl", "a girl"),
    (Gender::Male, "boy", "a boy"),
    (
        Gender::Other,
        "other_gender",
        "a child who is neither girl nor boy",
    ),
];
/// The category by which a family tells that it is being matched with another child.
pub const OTHER_MATCH: &str = "match_in_progress";

/// Something that the children need, the strongest of all.
struct Need<'a> {
    key: String,
    level: u8,
    row: Option<&'a AttributeRow>,
}

impl Question {
    /// Puts the needs of the children together. `uses` tells what the placement order lets count.
    pub fn new(
        table: &Attributes,
        children: Vec<ChildNeeds>,
        as_of: Day,
        uses: &dyn Fn(Attribute) -> bool,
    ) -> Question {
        let mut question = Question {
            as_of,
            rules: Vec::new(),
            notes: Vec::new(),
            languages: Vec::new(),
            regions: Vec::new(),
            possible: 0.0,
            children,
        };
        let needs = question.needs(table, uses);
        question.add_limits(table);
        question.add_consent(table);
        question.add_needs(table, &needs);
        question.add_places(table, &needs);
        if uses(Attribute::Language) {
            question.add_languages(table, &needs);
        }
        let weight = table.weight("attachment");
        question.add("attachment", "", weight, Test::Attachment);
        question.possible = question.rules.iter().map(|rule| rule.weight).sum();
        question
    }

    fn add(&mut self, id: &str, title: &str, weight: f64, test: Test) {
        self.rules.push(Rule {
            id: id.to_owned(),
            title: title.to_owned(),
            weight,
            test,
        });
    }

    fn asked(&mut self, table: &Attributes, id: &str, title: &str, weight: f64, asked: Asked) {
        let asked = asked.with_outcomes(table.would_consider);
        self.add(id, title, weight, Test::Answers(asked));
    }

    /// The needs that count, in the order of their categories.
    fn needs<'a>(&self, table: &'a Attributes, uses: &dyn Fn(Attribute) -> bool) -> Vec<Need<'a>> {
        let mut needs: Vec<Need<'a>> = Vec::new();
        for (category, level) in self.children.iter().flat_map(|child| &child.needs) {
            let key = category_key(category);
            if *level == 0 {
                continue;
            }
            let row = table.row(key.strip_prefix("no_").unwrap_or(&key));
            let is_off = row.is_some_and(|row| {
                let forbidden = row.limited_by.is_some_and(|attribute| !uses(attribute));
                forbidden || row.kind == AttributeKind::Never
            });
            if is_off {
                continue;
            }
            match needs.iter_mut().find(|need| need.key == key) {
                Some(known) => known.level = known.level.max((*level).min(MUST)),
                None => needs.push(Need {
                    key,
                    level: (*level).min(MUST),
                    row,
                }),
            }
        }
        // The order of entry must not decide the last digit of a sum.
        needs.sort_by(|one, other| one.key.cmp(&other.key));
        needs
    }

    /// What holds for every child: approval, room, ages, gender, the form of permanence.
    fn add_limits(&mut self, table: &Attributes) {
        let children = self.children.len();
        self.add("not_approved", "", 0.0, Test::Given);
        let weight = table.weight("approval");
        let likely = Day(self.as_of.0.saturating_add(table.likely_days));
        self.add("approval_expired", "", weight, Test::InForce { likely });
        self.add("on_hold", "", table.weight("availability"), Test::Hold);
        let other = Asked::new(OTHER_MATCH, 1, Role::OtherMatch);
        self.asked(table, OTHER_MATCH, "", 0.0, other);
        let needed = u8::try_from(children).unwrap_or(u8::MAX - 1);
        let weight = table.weight("capacity");
        self.add("capacity", "", weight, Test::Room { needed });
        if children > 1 {
            let level = (needed - 1).min(MUST);
            let asked = Asked::new("sibling_group", level, Role::Siblings);
            let weight = table.weight("sibling_group");
            let title = format!("{children} children together");
            self.asked(table, "sibling_group", &title, weight, asked);
        }
        let births: Vec<_> = self.children.iter().map(|child| child.birth).collect();
        let ages = Ages::of(&births, self.as_of, likely);
        self.add("age", "", table.weight("age"), Test::Ages(ages));
        self.add_genders(table);
        if let Some(form) = self.form(table) {
            let asked = Asked::new(&form, 1, Role::Permanence);
            let title = form.replace('_', " ");
            let weight = table.weight("permanence");
            self.asked(table, "permanence", &title, weight, asked);
        }
    }

    fn add_genders(&mut self, table: &Attributes) {
        let present: Vec<_> = GENDERS
            .into_iter()
            .filter(|(gender, ..)| self.children.iter().any(|child| child.gender == *gender))
            .collect();
        let weight = table.weight("gender") / present.len().max(1) as f64;
        for (_, category, title) in present {
            let asked = Asked::new(category, 1, Role::Gender);
            self.asked(table, "gender", title, weight, asked);
        }
    }

    /// The form of permanence planned, where all the children's cases agree: the first goal that a waiting family can give.
    fn form(&self, table: &Attributes) -> Option<String> {
        let of = |child: &ChildNeeds| {
            let mut keys = child.goals.iter().map(|goal| category_key(goal));
            keys.find(|key| table.forms.contains(key))
        };
        let form = of(self.children.first()?)?;
        let agreed = self
            .children
            .iter()
            .all(|child| of(child).as_ref() == Some(&form));
        agreed.then_some(form)
    }

    /// Consent: a child who is old enough and said no excludes everybody; one who was not asked is noted.
    fn add_consent(&mut self, table: &Attributes) {
        let mut refused = Vec::new();
        for child in &self.children {
            let said = child
                .needs
                .iter()
                .find(|(category, _)| category_key(category) == "consents");
            let old_enough = child.birth.map_or(Truth::Unknown, |birth| {
                birth.is_aged_at_least(table.age_of_consent, self.as_of)
            });
            let name = &child.name;
            match (said, old_enough) {
                (Some((_, 0)), Truth::Yes) => {
                    refused.push(name.clone());
                    self.notes.push(format!(
                        "{name} is {} or older and does not consent: no family is open to {name} until that changes. Ask first what {name} wants.",
                        table.age_of_consent
                    ));
                }
                (Some((_, 0)), Truth::No) => self.notes.push(format!(
                    "{name} said no. Under {} years this is weighed, and excludes nobody.",
                    table.age_of_consent
                )),
                (None, Truth::Yes) => self.notes.push(format!(
                    "Needs review: {name} is {} or older, and whether {name} consents is not recorded.",
                    table.age_of_consent
                )),
                (_, Truth::Unknown) if said.is_none_or(|(_, level)| *level == 0) => {
                    self.notes.push(format!(
                        "Needs review: is {name} {} years old? From then on consent is asked for.",
                        table.age_of_consent
                    ));
                }
                _ => {}
            }
        }
        for name in refused {
            self.add("consent", "", 0.0, Test::Consent { name });
        }
    }

    fn add_needs(&mut self, table: &Attributes, needs: &[Need<'_>]) {
        for need in needs {
            if let Some(vetoed) = need.key.strip_prefix("no_") {
                let title = need
                    .row
                    .map_or_else(|| words_of(vetoed), |row| row.title.clone());
                let asked = Asked::new(vetoed, 1, Role::Veto);
                self.asked(table, "veto", &title, 0.0, asked);
                continue;
            }
            let (kind, title, weight) = match need.row {
                Some(row) => (row.kind, row.title.clone(), row.weight),
                None => (
                    AttributeKind::Graded,
                    words_of(&need.key),
                    table.other_weight,
                ),
            };
            let asked = match kind {
                AttributeKind::Graded => Asked::new(&need.key, need.level, Role::Graded),
                AttributeKind::Requirement if need.level >= MUST => {
                    Asked::new(&need.key, 1, Role::Must)
                }
                AttributeKind::Requirement => Asked::new(&need.key, 1, Role::Helps),
                AttributeKind::Wish => Asked::new(&need.key, 1, Role::Wish),
                AttributeKind::BuiltIn | AttributeKind::Never => continue,
            };
            self.asked(table, &need.key, &title, weight, asked);
        }
    }

    fn add_places(&mut self, table: &Attributes, needs: &[Need<'_>]) {
        let level = |key: &str| {
            let found = needs.iter().find(|need| need.key == key);
            found.map_or(0, |need| need.level)
        };
        let near = Test::Near {
            level: level("near_home"),
            shares: table.distance_shares,
        };
        self.add("near_home", "", table.weight("near_home"), near);
        let region = level("same_region");
        if region > 0 {
            let regions = self.children.iter().map(|child| child.region.clone());
            self.regions = regions.filter(|region| !region.is_empty()).collect();
            let must = region >= MUST;
            let weight = table.weight("same_region");
            self.add("same_region", "", weight, Test::Region { must });
        }
    }

    fn add_languages(&mut self, table: &Attributes, needs: &[Need<'_>]) {
        for language in self.children.iter().flat_map(|child| &child.languages) {
            if !self.languages.contains(language) {
                self.languages.push(language.clone());
            }
        }
        self.languages.sort();
        if self.languages.is_empty() {
            return;
        }
        let must = needs
            .iter()
            .any(|need| need.key == "language" && need.level >= MUST);
        let weight = table.weight("language");
        self.add("language", "", weight, Test::Language { must });
    }
}

fn words_of(key: &str) -> String {
    key.replace('_', " ")
}
