//! Looking people up by what is known of them: the keys under which people stand in the search index, the columns that stand
//! beside each key, and how a question is compared with them. Pure: the store keeps keys and columns, the workflow asks.

pub mod birth;
pub mod columns;
pub mod family_columns;
pub mod frequencies;
pub mod keys;
pub mod name_match;
pub mod question;
pub mod scoring;
pub mod steps;
pub mod weights;

pub use birth::BirthColumn;
pub use columns::Columns;
pub use family_columns::FamilyColumns;
pub use keys::{KeyMaker, Keys};
pub use question::{Question, QuestionName};
pub use scoring::{Field, Found, How, Reason, Search};
pub use steps::Step;
