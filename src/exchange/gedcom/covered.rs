//! What the kept lines of a person say already: the facts that were made of them are not written a second time.

use super::dates::read_date;
use super::individuals::{CONTACTS, contact_value, not_after};
use super::nodes::Node;
use super::person_names::further_name;
use crate::model::partial_date::PartialDate;
use crate::model::person::NameKind;
use crate::model::statement::{Fact, Statement};
use rustc_hash::FxHashSet;

#[derive(Debug, Default)]
pub struct Covered {
    names: FxHashSet<(NameKind, String)>,
    contacts: FxHashSet<(&'static str, String)>,
    /// At the latest.
    births: Vec<PartialDate>,
    /// Nothing for a burial without a date.
    deaths: Vec<Option<PartialDate>>,
}

impl Covered {
    /// By lines, each with the path that they stand under.
    pub fn by<'n>(kept: impl Iterator<Item = (&'n str, &'n [Node])>) -> Covered {
        let mut covered = Covered::default();
        for (under, nodes) in kept {
            let is_of_record = under.is_empty();
            if let Some(name) = under.strip_prefix("NAME") {
                let given = name.split_once(' ').map_or("", |(_, name)| name);
                let given = given.split('/').next().unwrap_or_default().trim();
                nodes.iter().for_each(|node| covered.note_name(node, given));
            }
            for node in nodes {
                if is_of_record {
                    covered.note_event(node);
                }
                if is_of_record || under.starts_with("RESI") {
                    covered.note_contact(node);
                }
                if is_of_record && node.tag == "RESI" {
                    for child in &node.children {
                        covered.note_contact(child);
                    }
                }
                if is_of_record && node.tag == "NAME" {
                    let given = node.value.split('/').next().unwrap_or_default().trim();
                    for child in &node.children {
                        covered.note_name(child, given);
                    }
                }
            }
        }
        covered
    }

    /// True for a fact that stands in a kept line.
    pub fn holds(&self, statement: &Statement) -> bool {
        match &statement.fact {
            Fact::Name(name) => self.names.contains(&(name.kind, name.full.clone())),
            Fact::Contact(contact) => {
                let mut tags = CONTACTS.iter().filter(|(_, kind)| *kind == contact.kind);
                tags.any(|(tag, _)| self.contacts.contains(&(*tag, contact.value.clone())))
            }
            Fact::Birth {
                date: Some(date),
                place: None,
            } => self.births.contains(date),
            Fact::Death(death) => death.place.is_none() && self.deaths.contains(&death.date),
            _ => false,
        }
    }

    fn note_name(&mut self, node: &Node, given: &str) {
        let name = further_name(&node.tag, &node.value, given);
        self.names.extend(name.map(|name| (name.kind, name.full)));
    }

    fn note_contact(&mut self, node: &Node) {
        let Some((tag, _)) = CONTACTS.iter().find(|(tag, _)| *tag == node.tag) else {
            return;
        };
        let parts = node.children.iter();
        let parts: Vec<(&str, String)> = parts
            .map(|part| (part.tag.as_str(), part.value.clone()))
            .collect();
        let value = contact_value(&node.value, &parts);
        self.contacts.insert((*tag, value));
    }

    fn note_event(&mut self, node: &Node) {
        let date = node
            .child_text("DATE")
            .and_then(|date| read_date(date).date);
        let date = date.and_then(not_after);
        match node.tag.as_str() {
            "CHR" | "BAPM" => self.births.extend(date),
            "BURI" | "CREM" => self.deaths.push(date),
            _ => {}
        }
    }
}
