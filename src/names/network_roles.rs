//! The roles of a child's network (foster parent, teacher, coach…), read from `data/network_roles.toml`.

use rustc_hash::FxHashMap;
use serde::Deserialize;
use std::sync::OnceLock;

const TABLE: &str = include_str!("../../data/network_roles.toml");

/// One role of an adult in a child's life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkRole {
    /// The word stored: "former_foster_parent".
    pub word: String,
    /// The role in words: "former foster parent".
    pub title: String,
    /// Whether the role is usually paid; nothing where it may be either.
    pub usually_paid: Option<bool>,
    /// The adult has looked after the child as a parent does.
    pub is_caring: bool,
}

/// The role meant by a word as written: case, spaces, hyphens and underscores do not matter, and common other words
/// are known ("piano teacher", "godmother"). Nothing for a word that is not in the table.
pub fn network_role(word: &str) -> Option<&'static NetworkRole> {
    let roles = roles();
    // Most words come from records, where they stand as stored.
    let stored = roles.by_stored_word.get(word);
    let position = match stored {
        Some(position) => position,
        None => roles.by_word.get(&role_key(word))?,
    };
    roles.all.get(*position)
}

/// Every role, in the order of the table.
pub fn all_network_roles() -> &'static [NetworkRole] {
    &roles().all
}

/// Any word as a role is stored: lower case, with underscores, without apostrophes.
pub fn role_word(text: &str) -> String {
    role_key(text).replace(' ', "_")
}

fn role_key(text: &str) -> String {
    super::normalize::fold(text)
}

#[derive(Default)]
struct Roles {
    all: Vec<NetworkRole>,
    by_word: FxHashMap<String, usize>,
    /// As they stand in records: "former_foster_parent".
    by_stored_word: FxHashMap<String, usize>,
}

#[derive(Deserialize)]
struct RoleFile {
    role: Vec<RoleRow>,
}

#[derive(Deserialize)]
struct RoleRow {
    word: String,
    title: String,
    paid: String,
    caring: bool,
    words: Vec<String>,
}

fn roles() -> &'static Roles {
    static ROLES: OnceLock<Roles> = OnceLock::new();
    // The table is part of the program and a test proves that it parses, so the empty default is never met.
    ROLES.get_or_init(|| parse_roles(TABLE).unwrap_or_default())
}

fn parse_roles(table: &str) -> Result<Roles, String> {
    let file: RoleFile = toml::from_str(table).map_err(|error| error.to_string())?;
    let mut roles = Roles::default();
    for row in file.role {
        let position = roles.all.len();
        for word in row.words.iter().chain([&row.word, &row.title]) {
            let before = roles.by_word.insert(role_key(word), position);
            if before.is_some_and(|before| before != position) {
                return Err(format!("\"{word}\" stands for two roles"));
            }
        }
        let usually_paid = match row.paid.as_str() {
            "yes" => Some(true),
            "no" => Some(false),
            "unknown" => None,
            other => return Err(format!("paid = \"{other}\" is not yes, no or unknown")),
        };
        roles.by_stored_word.insert(row.word.clone(), position);
        roles.all.push(NetworkRole {
            word: row.word,
            title: row.title,
            usually_paid,
            is_caring: row.caring,
        });
    }
    Ok(roles)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_parses_and_no_word_stands_for_two_roles() {
        let roles = parse_roles(TABLE);
        assert!(
            roles.as_ref().is_ok_and(|roles| roles.all.len() >= 22),
            "{:?}",
            roles.err()
        );
        for role in all_network_roles() {
            assert_eq!(role_word(&role.word), role.word);
        }
    }

    #[test]
    fn roles_are_found_however_they_are_written() {
        for (word, stored) in [
            ("foster_parent", "foster_parent"),
            ("Former Foster-Parent", "former_foster_parent"),
            ("Godmother", "godparent"),
            ("friend’s mom", "friends_family"),
            ("NEIGHBOR", "neighbour"),
        ] {
            assert_eq!(
                network_role(word).map(|role| role.word.as_str()),
                Some(stored),
                "{word}"
            );
        }
        assert_eq!(network_role("astronaut"), None);
    }
}
