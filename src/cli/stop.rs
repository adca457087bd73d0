//! Why a command stopped, the exit code for it, and how it is told on standard error.

use crate::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

/// Why a command did not end as asked.
#[derive(Debug)]
pub enum Stop {
    /// The flags do not go together.
    Usage(String),
    /// The work failed.
    Failed(Error),
    /// The store cannot be opened as it is: why, and what to do next.
    Refused(String),
    /// Some of many things could not be done; each was told where it stood. Says how many.
    Partly(String),
    /// It is not known whether a write was done: the answer did not arrive.
    Unsure {
        /// Why it did not.
        error: Error,
        /// Sending the request again with this id does nothing twice.
        request_id: String,
    },
    /// Standard output cannot be written. A closed pipe is no error.
    Output(io::Error),
}

impl Stop {
    /// Why a write did not end well. Where its answer did not arrive, nobody knows whether it was done.
    pub fn of_write(error: Error, request_id: &str) -> Stop {
        match error {
            Error::Unavailable { .. } | Error::Cancelled { .. } => Stop::Unsure {
                error,
                request_id: request_id.to_owned(),
            },
            certain => certain.into(),
        }
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Stop {
        Stop::Failed(error)
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Stop {
        Stop::Output(error)
    }
}

/// Tells on standard error why the command stopped, and gives its exit code: 0 done, 1 a problem with the input or the
/// question, 2 wrong usage, 3 the store is refused or damaged, 4 the server cannot be reached.
pub fn report(stop: &Stop) -> ExitCode {
    let code = exit_code(stop);
    // If standard error is closed there is nobody left to tell.
    let _ = io::stderr().lock().write_all(told(stop).as_bytes());
    ExitCode::from(code)
}

fn exit_code(stop: &Stop) -> u8 {
    match stop {
        Stop::Usage(_) => 2,
        Stop::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => 0,
        Stop::Output(_) | Stop::Partly(_) => 1,
        Stop::Refused(_) | Stop::Failed(Error::Corrupt { .. }) => 3,
        Stop::Failed(Error::Unavailable { .. }) => 4,
        Stop::Unsure { .. } => 4,
        Stop::Failed(_) => 1,
    }
}

fn told(stop: &Stop) -> String {
    match stop {
        Stop::Usage(what) => format!("error: {what}\n\nFor more, try 'kinpath --help'.\n"),
        Stop::Partly(what) => format!("error: {what}\n"),
        Stop::Unsure { error, request_id } => format!(
            "error: {error}\nIt may or may not have been recorded. Repeat the command with --request-id {request_id}: \
             nothing is recorded twice.\n"
        ),
        Stop::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => String::new(),
        Stop::Output(error) => format!("error: output: {error}\n"),
        Stop::Failed(Error::Ambiguous { field, choices }) => {
            let mut text = format!("error: {field}: more than one is meant; choose one:\n");
            for choice in choices {
                text.push_str(&format!("  {}\t{}\n", choice.value, choice.label));
            }
            text
        }
        Stop::Failed(error) => format!("error: {error}\n"),
        Stop::Refused(why) => format!("error: data: {why}\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Choice;

    #[test]
    fn choices_are_told_one_a_line() {
        let choice = |value: &str| Choice {
            value: value.to_owned(),
            label: format!("in words: {value}"),
        };
        let stop = Stop::Failed(Error::Ambiguous {
            field: "child".to_owned(),
            choices: vec![choice("people/A"), choice("people/B")],
        });
        assert_eq!(
            told(&stop),
            "error: child: more than one is meant; choose one:\n  people/A\tin words: people/A\n  \
             people/B\tin words: people/B\n"
        );
        assert_eq!(exit_code(&stop), 1);
    }

    #[test]
    fn exit_codes_say_what_kind_of_problem_it_is() {
        let text = String::new;
        assert_eq!(exit_code(&Stop::Usage(text())), 2);
        assert_eq!(
            exit_code(&Stop::Failed(Error::Corrupt { detail: text() })),
            3
        );
        assert_eq!(
            exit_code(&Stop::Failed(Error::Unavailable { reason: text() })),
            4
        );
        let pipe = io::Error::from(io::ErrorKind::BrokenPipe);
        assert_eq!(exit_code(&Stop::Output(pipe)), 0);
    }
}
