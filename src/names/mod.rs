//! Names and the words people use for each other: folding names to a form that can be compared, splitting them into words,
//! how they sound, how alike they are, nicknames, reading kinship words as told ("auntie on dad's side") and the roles of
//! a child's network, provinces and states. The words themselves are data (`data/names`, `data/kinship`, `data/network_roles.toml`, `data/regions.toml`).

pub mod kin_words;
pub mod look_alikes;
pub mod nations;
pub mod need_words;
pub mod network_roles;
pub mod nicknames;
pub mod normalize;
pub mod phonetics;
pub mod regions;
pub mod similarity;
pub mod tokens;
