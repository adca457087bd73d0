//! Every error has its code and its reason, and comes back from a status as it went.

use kinpath::api::status::{DOMAIN, from_error, to_error};
use kinpath::error::{Choice, Error};
use tonic::Code;
use tonic_types::StatusExt;

fn text(text: &str) -> String {
    text.to_owned()
}

/// One of each, with the code and reason that clients are promised. The match makes a new variant an error here.
fn promised() -> Vec<(Error, Code, &'static str)> {
    let choice = Choice {
        value: text("people/A"),
        label: text("Mary Joseph, born 1961"),
    };
    let errors = vec![
        Error::invalid("as_of", "not a day"),
        Error::NotFound {
            what: "person",
            name: text("tudor:I999"),
        },
        Error::Ambiguous {
            field: text("child"),
            choices: vec![choice],
        },
        Error::AlreadyExists {
            what: "import",
            name: text("x"),
        },
        Error::Conflict {
            what: text("the person"),
        },
        Error::RequestIdReused,
        Error::Denied {
            reason: text("sealed"),
        },
        Error::Cancelled {
            reason: text("the deadline passed"),
        },
        Error::OutOfRange {
            field: text("resume_token"),
            reason: text("not of this store"),
        },
        Error::Unavailable {
            reason: text("too many requests are waiting"),
        },
        Error::Corrupt {
            detail: text("SECRET checksum of block 7"),
        },
        Error::Internal {
            detail: text("SECRET stack"),
        },
    ];
    errors
        .into_iter()
        .map(|error| {
            let (code, reason) = match &error {
                Error::InvalidInput { .. } => (Code::InvalidArgument, "INVALID_INPUT"),
                Error::NotFound { .. } => (Code::NotFound, "NOT_FOUND"),
                Error::Ambiguous { .. } => (Code::FailedPrecondition, "AMBIGUOUS"),
                Error::AlreadyExists { .. } => (Code::AlreadyExists, "ALREADY_EXISTS"),
                Error::Conflict { .. } => (Code::Aborted, "CHANGED_SINCE_READ"),
                Error::RequestIdReused => (Code::InvalidArgument, "REQUEST_ID_REUSED"),
                Error::Denied { .. } => (Code::PermissionDenied, "DENIED"),
                Error::Cancelled { .. } => (Code::DeadlineExceeded, "STOPPED_BEFORE_WHOLE"),
                Error::OutOfRange { .. } => (Code::OutOfRange, "RELIST"),
                Error::Unavailable { .. } => (Code::Unavailable, "TRY_AGAIN_LATER"),
                Error::Corrupt { .. } => (Code::DataLoss, "STORED_DATA_DAMAGED"),
                Error::Internal { .. } => (Code::Internal, "INTERNAL"),
            };
            (error, code, reason)
        })
        .collect()
}

#[test]
fn each_error_has_its_code_and_exactly_one_reason() {
    for (error, code, reason) in promised() {
        let status = from_error(&error);
        assert_eq!(status.code(), code, "{error:?}");
        let details = status.get_error_details_vec();
        let reasons: Vec<_> = details
            .iter()
            .filter_map(|detail| match detail {
                tonic_types::ErrorDetail::ErrorInfo(info) => Some(info),
                _ => None,
            })
            .collect();
        assert_eq!(reasons.len(), 1, "{error:?}");
        assert_eq!(reasons[0].reason, reason);
        assert_eq!(reasons[0].domain, DOMAIN);
    }
}

#[test]
fn errors_come_back_as_they_went() {
    for (error, _, _) in promised() {
        let hidden = matches!(error, Error::Corrupt { .. } | Error::Internal { .. });
        let back = to_error(&from_error(&error));
        assert_eq!(
            std::mem::discriminant(&back),
            std::mem::discriminant(&error),
            "{error:?} came back as {back:?}"
        );
        if !hidden {
            assert_eq!(format!("{back:?}"), format!("{error:?}"));
        }
    }
}

#[test]
fn what_is_for_the_log_only_is_not_sent() {
    for (error, _, _) in promised() {
        let status = from_error(&error);
        let sent = format!("{} {:?}", status.message(), status.details());
        assert!(!sent.contains("SECRET"), "{sent}");
        let is_hidden = matches!(error, Error::Corrupt { .. } | Error::Internal { .. });
        assert_eq!(status.get_details_request_info().is_some(), is_hidden);
    }
}

#[test]
fn bad_input_names_the_field() {
    let status = from_error(&Error::invalid("as_of", "not a day"));
    let bad = status
        .get_details_bad_request()
        .expect("it says what is bad");
    assert_eq!(bad.field_violations[0].field, "as_of");
}

#[test]
fn even_long_texts_make_a_small_status() {
    let long = "x".repeat(100_000);
    let status = from_error(&Error::Ambiguous {
        field: text("child"),
        choices: vec![
            Choice {
                value: text("people/A"),
                label: long.clone()
            };
            500
        ],
    });
    assert!(
        status.details().len() < 12_000,
        "{}",
        status.details().len()
    );
    assert!(from_error(&Error::invalid("name", long)).message().len() < 2_000);
}
