//! The doors: messages, errors, the server, the command line, and what people read.

mod arguments;
mod errors;
mod json;
mod made_up_answer;
mod rendering;
mod serving;
