//! Model values to messages, and messages to model values, which are validated on the way: a model value is always
//! valid. Every place that a message shows a date, a source or a person goes through here.

mod absence;
mod coverage;
mod fact;
mod lead;
mod matching;
mod permanence;
mod person;
mod record;
mod relation;
mod request;
mod same_person;
mod statement;
mod words;
mod written_words;

pub use absence::{admitting_change, near_miss, obstacle};
pub use coverage::coverage;
pub use fact::{FACT_FIELDS, Locals, collection, fact_field, name_of, resource_name};
pub use lead::{excluded, lead, nation_lead, order_used, tier, waiting_family};
pub use matching::{
    child_match, children_matched, families_matched, family_match, slate_head, slate_row,
};
pub use permanence::{case_days, due_action, pathway, rules_used};
pub use person::{found_person, person_record, person_summary, read_date, read_source, source};
pub use record::Record;
pub use relation::relation;
pub use request::{
    day_or, limit, page_size, person_reference, read_external_id, read_revision, revision_text,
    text,
};
pub use same_person::{probably_known, same_person_link};
pub use statement::{read_statement, statement};
pub use words::read as read_enum;
pub use written_words::needed;
