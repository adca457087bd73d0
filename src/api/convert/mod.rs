//! Model values to messages, and messages to model values, which are validated on the way: a model value is always
//! valid. Every place that a message shows a date, a source or a person goes through here.

mod coverage;
mod lead;
mod person;
mod relation;
mod request;
mod words;

pub use coverage::coverage;
pub use lead::{excluded, lead, nation_lead, order_used, tier};
pub use person::{person_record, person_summary, read_date, read_source};
pub use relation::relation;
pub use request::{day_or, limit, page_size, person_reference, read_revision, revision_text, text};
pub use words::read as read_enum;
