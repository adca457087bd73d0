//! Names and the words people use for each other: folding names to a form that can be compared, reading kinship
//! words as told ("auntie on dad's side") and the roles of a child's network. Sound-alike codes, nicknames and
//! similarity come here too. The words themselves are data (`data/kinship`, `data/network_roles.toml`).

pub mod kin_words;
pub mod nations;
pub mod network_roles;
pub mod normalize;
