//! When work must stop: at a deadline, or because nobody waits for it any longer.

use super::error::StoreError;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// Tells a piece of work to stop. Clones share the cancellation.
#[derive(Clone, Debug, Default)]
pub struct Stop {
    deadline: Option<Instant>,
    cancelled: Arc<AtomicBool>,
}

impl Stop {
    /// Stops at this moment, unless cancelled before.
    pub fn at(deadline: Instant) -> Stop {
        Stop {
            deadline: Some(deadline),
            cancelled: Arc::default(),
        }
    }

    /// Nobody waits for the work any longer.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    pub fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// [`Stop::check`] at one of so many positions of a loop.
    pub fn check_at(&self, position: usize, one_of: usize) -> Result<(), StoreError> {
        if position.is_multiple_of(one_of) {
            self.check()?;
        }
        Ok(())
    }

    /// [`StoreError::DeadlinePassed`] once the work must stop.
    pub fn check(&self) -> Result<(), StoreError> {
        let is_late = || self.deadline.is_some_and(|at| Instant::now() >= at);
        if self.cancelled.load(Ordering::Relaxed) || is_late() {
            return Err(StoreError::DeadlinePassed);
        }
        Ok(())
    }
}
