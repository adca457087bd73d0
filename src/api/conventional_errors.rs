//! The outermost layer: gives the errors that tonic makes itself (requests that cannot be read, messages too large,
//! methods that do not exist) the codes and details that clients expect, and keeps tonic's own texts inside.

use super::status::{DOMAIN, RETRY_AFTER};
use std::collections::HashMap;
use tonic::body::Body;
use tonic::codegen::http;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

/// Rewrites a response that is an error without details; every other response passes as it is.
pub fn conventional(response: http::Response<Body>) -> http::Response<Body> {
    let headers = response.headers();
    if !headers.contains_key("grpc-status") || headers.contains_key("grpc-status-details-bin") {
        return response;
    }
    match Status::from_header_map(headers) {
        Some(status) if status.code() != Code::Ok => conventional_status(&status).into_http(),
        _ => response,
    }
}

/// The code, reason and text that stand for a status which carries no details.
fn conventional_status(status: &Status) -> Status {
    let text = status.message();
    let too_large = (
        Code::ResourceExhausted,
        "REQUEST_TOO_LARGE",
        "the request is larger than this server takes",
    );
    let (code, reason, message) = match status.code() {
        Code::Internal | Code::Unknown if text.contains("decode") || text.contains("protobuf") => (
            Code::InvalidArgument,
            "MALFORMED_REQUEST",
            "the request is not a message of this method",
        ),
        Code::OutOfRange => too_large,
        Code::ResourceExhausted if text.contains("decompress") => too_large,
        Code::Internal | Code::Unknown if text.contains("ecompress") => (
            Code::InvalidArgument,
            "MALFORMED_REQUEST",
            "the request cannot be decompressed",
        ),
        Code::Cancelled | Code::DeadlineExceeded => (
            Code::DeadlineExceeded,
            "STOPPED_BEFORE_WHOLE",
            "the deadline passed before the answer was whole",
        ),
        Code::ResourceExhausted | Code::Unavailable => (
            Code::Unavailable,
            "TRY_AGAIN_LATER",
            "the server is busy: try again in a second",
        ),
        Code::Unimplemented => (
            Code::Unimplemented,
            "UNKNOWN_METHOD",
            "this server has no such method, or does not know the compression used",
        ),
        Code::InvalidArgument => (
            Code::InvalidArgument,
            "MALFORMED_REQUEST",
            "the request cannot be understood",
        ),
        Code::NotFound => (
            Code::NotFound,
            "NOT_FOUND",
            "what was asked for does not exist",
        ),
        code => (code, "INTERNAL", "the request could not be answered"),
    };
    if reason == "INTERNAL" {
        tracing::error!(?code, text, "a request failed outside of any workflow");
    }
    let mut details = ErrorDetails::with_error_info(reason, DOMAIN, HashMap::new());
    if code == Code::Unavailable {
        details.set_retry_info(Some(RETRY_AFTER));
    }
    if reason == "MALFORMED_REQUEST" {
        details.add_bad_request_violation("", message);
    }
    Status::with_error_details(code, message, details)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(status: Status) -> Status {
        let response = conventional(status.into_http());
        Status::from_header_map(response.headers()).expect("it was an error")
    }

    #[test]
    fn raw_errors_get_the_usual_codes_and_one_reason() {
        let cases = [
            (
                Status::internal("failed to decode Protobuf message: Foo.bar: invalid wire type"),
                Code::InvalidArgument,
                "MALFORMED_REQUEST",
            ),
            (
                Status::out_of_range("Error, decoded message length too large"),
                Code::ResourceExhausted,
                "REQUEST_TOO_LARGE",
            ),
            (
                Status::cancelled("Timeout expired"),
                Code::DeadlineExceeded,
                "STOPPED_BEFORE_WHOLE",
            ),
            (
                Status::unimplemented(""),
                Code::Unimplemented,
                "UNKNOWN_METHOD",
            ),
            (
                Status::unknown("h2 protocol error"),
                Code::Unknown,
                "INTERNAL",
            ),
        ];
        for (raw, code, reason) in cases {
            let text = raw.message().to_owned();
            let status = after(raw);
            assert_eq!(status.code(), code, "{text}");
            let details = status.get_error_details();
            assert_eq!(
                details.error_info().map(|info| info.reason.as_str()),
                Some(reason)
            );
            assert!(text.is_empty() || !status.message().contains(&text));
        }
    }

    #[test]
    fn our_own_errors_pass_unchanged() {
        let error = crate::error::Error::invalid("child", "needed");
        let status = after(super::super::status::from_error(&error));
        assert_eq!(status.code(), Code::InvalidArgument);
        assert_eq!(status.message(), "child: needed");
    }
}
