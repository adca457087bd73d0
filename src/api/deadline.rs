//! The caller's deadline, as gRPC sends it.

use std::time::{Duration, Instant};
use tonic::codegen::http::HeaderMap;
use tonic::metadata::MetadataMap;

/// We stop a little before the caller's time is over, so that our own status is what arrives.
const MARGIN: Duration = Duration::from_millis(5);

/// When the work must be done: the caller's deadline, but not later than the server allows.
pub fn deadline(metadata: &MetadataMap, now: Instant, most: Duration) -> Instant {
    let asked = asked_timeout(metadata.as_ref()).map(|timeout| timeout.saturating_sub(MARGIN));
    now + asked.map_or(most, |asked| asked.min(most))
}

/// How long the caller waits, if it is said.
pub fn asked_timeout(headers: &HeaderMap) -> Option<Duration> {
    let asked = headers.get("grpc-timeout")?.to_str().ok()?;
    timeout(asked)
}

/// A `grpc-timeout`: at most eight digits and a unit.
fn timeout(text: &str) -> Option<Duration> {
    let (unit_at, unit) = text.char_indices().last()?;
    let number = &text[..unit_at];
    let is_number = (1..=8).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
    if !is_number {
        return None;
    }
    let number: u64 = number.parse().ok()?;
    Some(match unit {
        'H' => Duration::from_secs(number * 3600),
        'M' => Duration::from_secs(number * 60),
        'S' => Duration::from_secs(number),
        'm' => Duration::from_millis(number),
        'u' => Duration::from_micros(number),
        'n' => Duration::from_nanos(number),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timeouts_are_read_as_grpc_writes_them() {
        assert_eq!(timeout("250m"), Some(Duration::from_millis(250)));
        assert_eq!(timeout("2S"), Some(Duration::from_secs(2)));
        assert_eq!(timeout("1H"), Some(Duration::from_secs(3600)));
        for bad in ["", "S", "-1S", "1", "123456789S", "1é", "+1S"] {
            assert_eq!(timeout(bad), None, "{bad}");
        }
    }
}
