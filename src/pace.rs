//! How fast the network is listened to. While requests are turned away, its threads rest for some milliseconds before they
//! listen again: what came meanwhile is read, refused and answered together, and those who work are interrupted less.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How long a thread of the network rests.
const REST: Duration = Duration::from_millis(3);

/// How long after a refusal it does so.
const AFTER: Duration = Duration::from_millis(30);

/// When a request was turned away last.
pub struct Pace {
    began: Instant,
    /// In microseconds since it began; 0 if none was.
    last: AtomicU64,
}

impl Default for Pace {
    fn default() -> Pace {
        Pace {
            began: Instant::now(),
            last: AtomicU64::new(0),
        }
    }
}

impl Pace {
    /// Notes that a request was turned away.
    pub fn turned_away(&self) {
        self.last.store(self.now().max(1), Ordering::Relaxed);
    }

    /// Rests while requests are turned away; for a thread of the network that has nothing to do.
    pub fn rest(&self) {
        if self.is_turning_away() {
            sleep(REST);
        }
    }

    fn is_turning_away(&self) -> bool {
        let last = self.last.load(Ordering::Relaxed);
        last != 0 && u128::from(self.now().saturating_sub(last)) < AFTER.as_micros()
    }

    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_rests_before_a_request_is_turned_away() {
        let pace = Pace::default();
        assert!(!pace.is_turning_away());
        pace.turned_away();
        assert!(pace.is_turning_away());
        let long_ago = Pace {
            began: Instant::now() - 2 * AFTER,
            last: AtomicU64::new(1),
        };
        assert!(!long_ago.is_turning_away());
    }
}
