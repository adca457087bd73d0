//! What comes from outside the program: today's date and fresh random ids. Only doors ask for them; everything below
//! takes them as arguments, so that the same question gives the same answer.

use crate::model::partial_date::Day;
use time::OffsetDateTime;

/// Today, in UTC.
pub fn today() -> Day {
    let days = OffsetDateTime::now_utc()
        .unix_timestamp()
        .div_euclid(86_400);
    Day(i32::try_from(days).unwrap_or(i32::MAX))
}

/// Now, in seconds since 1970-01-01 UTC.
pub fn now() -> i64 {
    OffsetDateTime::now_utc().unix_timestamp()
}

/// A random UUID (version 4). Where the system gives no randomness, the nil UUID.
pub fn random_id() -> String {
    let mut bytes = [0u8; 16];
    if getrandom::fill(&mut bytes).is_err() {
        bytes = [0; 16];
    } else {
        bytes[6] = (bytes[6] & 0x0f) | 0x40;
        bytes[8] = (bytes[8] & 0x3f) | 0x80;
    }
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!(
        "{}-{}-{}-{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..]
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_uuids_and_differ() {
        let id = random_id();
        assert_eq!(id.len(), 36);
        assert_eq!(id.as_bytes()[14], b'4');
        assert_ne!(id, random_id());
    }

    #[test]
    fn today_is_not_long_ago() {
        assert!(today() > Day::from_ymd(2026, 1, 1).unwrap_or(Day(0)));
    }
}
