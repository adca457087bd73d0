//! Errors to gRPC statuses, and back for our own client. One exhaustive match names every code. Each status carries
//! exactly one `ErrorInfo`; the text of `Corrupt` and `Internal` goes to the log only, under a request id that is sent.

use crate::ambient;
use crate::error::{Choice, Error};
use std::collections::HashMap;
use std::time::Duration;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

/// The domain of every `ErrorInfo`.
pub const DOMAIN: &str = "kinpath";

/// After how long a caller may try again when the server is busy.
pub const RETRY_AFTER: Duration = Duration::from_secs(1);

/// The type of the violations that list choices.
const CHOICE: &str = "CHOICE";

/// Choices sent at most, and characters of one text: a status travels in headers, which clients bound.
const MOST_CHOICES: usize = 20;
const LONGEST_TEXT: usize = 300;

/// The status for an error.
pub fn from_error(error: &Error) -> Status {
    let message = shortened(&error.to_string());
    let facts = |facts: &[(&str, &str)]| -> HashMap<String, String> {
        facts
            .iter()
            .map(|(key, value)| ((*key).to_owned(), shortened(value)))
            .collect()
    };
    let info = |reason: &str, metadata| ErrorDetails::with_error_info(reason, DOMAIN, metadata);
    let (code, details) = match error {
        Error::InvalidInput { field, reason } => {
            let mut details = info("INVALID_INPUT", facts(&[("field", field)]));
            details.add_bad_request_violation(shortened(field), shortened(reason));
            (Code::InvalidArgument, details)
        }
        Error::NotFound { what, name } => {
            let mut details = info("NOT_FOUND", facts(&[("what", what), ("name", name)]));
            details.set_resource_info(*what, shortened(name), "", "does not exist for this caller");
            (Code::NotFound, details)
        }
        Error::Ambiguous { field, choices } => {
            let mut metadata = facts(&[("field", field)]);
            let mut details = ErrorDetails::new();
            for (position, choice) in choices.iter().take(MOST_CHOICES).enumerate() {
                let value = shortened(&choice.value);
                metadata.insert(format!("choice_{:02}", position + 1), value.clone());
                details.add_precondition_failure_violation(CHOICE, value, shortened(&choice.label));
            }
            details.set_error_info("AMBIGUOUS", DOMAIN, metadata);
            (Code::FailedPrecondition, details)
        }
        Error::AlreadyExists { what, name } => {
            let mut details = info("ALREADY_EXISTS", facts(&[("what", what), ("name", name)]));
            details.set_resource_info(*what, shortened(name), "", "exists already");
            (Code::AlreadyExists, details)
        }
        Error::Conflict { what } => (
            Code::Aborted,
            info("CHANGED_SINCE_READ", facts(&[("what", what)])),
        ),
        Error::RequestIdReused => {
            let mut details = info("REQUEST_ID_REUSED", HashMap::new());
            details.add_bad_request_violation("request_id", "used before for a different request");
            (Code::InvalidArgument, details)
        }
        Error::Denied { reason } => (
            Code::PermissionDenied,
            info("DENIED", facts(&[("reason", reason)])),
        ),
        Error::Cancelled { reason } => (
            Code::DeadlineExceeded,
            info("STOPPED_BEFORE_WHOLE", facts(&[("reason", reason)])),
        ),
        Error::OutOfRange { field, reason } => {
            let mut details = info("RELIST", facts(&[("field", field)]));
            details.add_bad_request_violation(shortened(field), shortened(reason));
            (Code::OutOfRange, details)
        }
        Error::Unavailable { reason } => {
            let mut details = info("TRY_AGAIN_LATER", facts(&[("reason", reason)]));
            details.set_retry_info(Some(RETRY_AFTER));
            (Code::Unavailable, details)
        }
        Error::Corrupt { detail } => return hidden(Code::DataLoss, "STORED_DATA_DAMAGED", detail),
        Error::Internal { detail } => return hidden(Code::Internal, "INTERNAL", detail),
    };
    Status::with_error_details(code, message, details)
}

/// The status for what is turned away.
pub fn busy(reason: &str) -> Status {
    from_error(&Error::Unavailable {
        reason: reason.to_owned(),
    })
}

/// The status for what was broken off before it was whole.
pub fn stopped(reason: &str) -> Status {
    from_error(&Error::Cancelled {
        reason: reason.to_owned(),
    })
}

/// The status for a watcher who leaves messages untaken.
pub fn too_slow() -> Status {
    Status::with_error_details(
        Code::ResourceExhausted,
        "the messages were not taken in time: go on with the last resume token",
        ErrorDetails::with_error_info("WATCHER_TOO_SLOW", DOMAIN, HashMap::new()),
    )
}

/// A status that tells nothing but a request id, under which the detail is logged.
fn hidden(code: Code, reason: &str, detail: &str) -> Status {
    let request_id = ambient::random_id();
    tracing::error!(request_id, reason, detail, "a request failed");
    let mut details = ErrorDetails::with_error_info(reason, DOMAIN, HashMap::new());
    details.set_request_info(request_id.clone(), "");
    let what = if code == Code::DataLoss {
        "stored data is damaged"
    } else {
        "internal error"
    };
    Status::with_error_details(
        code,
        format!("{what}: tell whoever runs the server the request id {request_id}"),
        details,
    )
}

/// The error that a status of a Kinpath server stands for, so that our own client tells it as if it were local.
pub fn to_error(status: &Status) -> Error {
    let details = status.get_error_details();
    let (reason, facts) = details
        .error_info()
        .map(|info| (info.reason.as_str(), info.metadata.clone()))
        .unwrap_or_default();
    let fact = |key: &str| facts.get(key).cloned().unwrap_or_default();
    match reason {
        "RELIST" => Error::OutOfRange {
            field: fact("field"),
            reason: details
                .bad_request()
                .and_then(|bad| bad.field_violations.first())
                .map_or_else(String::new, |violation| violation.description.clone()),
        },
        "INVALID_INPUT" => {
            let violation = details
                .bad_request()
                .and_then(|bad| bad.field_violations.first());
            match violation {
                Some(violation) => Error::invalid(&violation.field, &violation.description),
                None => Error::invalid(fact("field"), status.message()),
            }
        }
        "NOT_FOUND" => Error::NotFound {
            what: known_kind(&fact("what")),
            name: fact("name"),
        },
        "AMBIGUOUS" => Error::Ambiguous {
            field: fact("field"),
            choices: choices(&details),
        },
        "ALREADY_EXISTS" => Error::AlreadyExists {
            what: known_kind(&fact("what")),
            name: fact("name"),
        },
        "CHANGED_SINCE_READ" => Error::Conflict { what: fact("what") },
        "REQUEST_ID_REUSED" => Error::RequestIdReused,
        "DENIED" => Error::Denied {
            reason: fact("reason"),
        },
        "STOPPED_BEFORE_WHOLE" => Error::Cancelled {
            reason: fact("reason"),
        },
        "TRY_AGAIN_LATER" => Error::Unavailable {
            reason: fact("reason"),
        },
        "STORED_DATA_DAMAGED" => Error::Corrupt {
            detail: where_logged(&details),
        },
        "INTERNAL" => Error::Internal {
            detail: where_logged(&details),
        },
        _ => by_code(status),
    }
}

/// Where whoever runs the server finds what is not sent.
fn where_logged(details: &ErrorDetails) -> String {
    match details.request_info() {
        Some(info) => format!(
            "the server's log has it under request id {}",
            info.request_id
        ),
        None => "the server's log has it".to_owned(),
    }
}

/// For statuses that carry none of our reasons: those of the transport, or of a newer server.
fn by_code(status: &Status) -> Error {
    let text = status.message().to_owned();
    match status.code() {
        Code::Unavailable | Code::Unknown => Error::Unavailable {
            reason: "the connection to the server broke off".to_owned(),
        },
        Code::DeadlineExceeded | Code::Cancelled => Error::Cancelled { reason: text },
        Code::DataLoss => Error::Corrupt { detail: text },
        Code::PermissionDenied | Code::Unauthenticated => Error::Denied { reason: text },
        Code::InvalidArgument | Code::OutOfRange | Code::ResourceExhausted => {
            Error::invalid("request", text)
        }
        code => Error::Internal {
            detail: format!("{text} ({code:?})"),
        },
    }
}

fn choices(details: &ErrorDetails) -> Vec<Choice> {
    let Some(failure) = details.precondition_failure() else {
        return Vec::new();
    };
    failure
        .violations
        .iter()
        .filter(|violation| violation.r#type == CHOICE)
        .map(|violation| Choice {
            value: violation.subject.clone(),
            label: violation.description.clone(),
        })
        .collect()
}

/// The kind of thing that a server named, where it is one that we know.
fn known_kind(word: &str) -> &'static str {
    [
        "person",
        "nation",
        "household",
        "place",
        "case",
        "statement",
        "waiting family",
        "placement order",
        "revision",
        "import",
        "operation",
        "backup",
    ]
    .into_iter()
    .find(|known| *known == word)
    .unwrap_or("record")
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= LONGEST_TEXT {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(LONGEST_TEXT).collect();
    short.push('…');
    short
}
