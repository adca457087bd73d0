//! The doors: messages, errors, the server, the command line, and what people read.

mod arguments;
mod bad_calls;
mod deciding;
mod descriptors;
mod errors;
mod json;
mod limits;
mod live;
mod made_up_answer;
mod rendering;
mod serving;
mod watching;
mod writing;
