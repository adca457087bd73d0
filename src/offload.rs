//! Runs synchronous workflows off the async threads: the only crossing. A bounded number runs at once, a bounded number
//! waits, and what comes on top is turned away at once. Work whose caller has gone, or whose deadline has passed while
//! it waited, is never begun.

use crate::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::timeout_at;

/// A bounded pool. Clones share it.
#[derive(Clone, Debug)]
pub struct Offload {
    admitted: Arc<Semaphore>,
    running: Arc<Semaphore>,
    shed: Arc<AtomicU64>,
    at_once: usize,
    admitting: usize,
}

/// How busy a pool is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load {
    /// Workflows that run.
    pub running: u64,
    /// Workflows that wait.
    pub waiting: u64,
    /// Turned away since the start.
    pub shed: u64,
}

impl Offload {
    /// A pool that runs `at_once` workflows and lets `waiting` more wait.
    pub fn new(at_once: usize, waiting: usize) -> Offload {
        Offload {
            admitted: Arc::new(Semaphore::new(at_once + waiting)),
            running: Arc::new(Semaphore::new(at_once)),
            shed: Arc::default(),
            at_once,
            admitting: at_once + waiting,
        }
    }

    /// How busy the pool is.
    pub fn load(&self) -> Load {
        let running = self.at_once - self.running.available_permits().min(self.at_once);
        let inside = self.admitting - self.admitted.available_permits().min(self.admitting);
        Load {
            running: running as u64,
            waiting: inside.saturating_sub(running) as u64,
            shed: self.shed.load(Ordering::Relaxed),
        }
    }

    /// Runs the work and gives its result.
    ///
    /// `Error::Unavailable` if too many are waiting, `Error::Cancelled` once the deadline has passed, `Error::Internal`
    /// if the work panicked. Dropping the future abandons work that has not begun.
    pub async fn run<T, Work>(&self, deadline: Instant, work: Work) -> Result<T, Error>
    where
        T: Send + 'static,
        Work: FnOnce() -> Result<T, Error> + Send + 'static,
    {
        let admitted = Arc::clone(&self.admitted)
            .try_acquire_owned()
            .map_err(|_| {
                self.shed.fetch_add(1, Ordering::Relaxed);
                Error::Unavailable {
                    reason: "too many requests are waiting".to_owned(),
                }
            })?;
        let too_late = || Error::Cancelled {
            reason: "the deadline passed".to_owned(),
        };
        let at = tokio::time::Instant::from_std(deadline);
        let running = timeout_at(at, Arc::clone(&self.running).acquire_owned())
            .await
            .map_err(|_| too_late())?
            .map_err(|_| Error::Unavailable {
                reason: "the server is stopping".to_owned(),
            })?;
        let task = spawn_blocking(move || {
            // Both places are given back when the work ends, even if nobody waits for it any longer.
            let _places = (admitted, running);
            work()
        });
        match timeout_at(at, task).await {
            Err(_) => Err(too_late()),
            Ok(Ok(result)) => result,
            // The panic's own text may name people: it is not repeated.
            Ok(Err(_)) => Err(Error::Internal {
                detail: "a workflow ended abnormally".to_owned(),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;
    use std::time::Duration;

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(30)
    }

    #[tokio::test]
    async fn results_and_errors_come_back() {
        let pool = Offload::new(2, 2);
        assert_eq!(pool.run(soon(), || Ok(7)).await.ok(), Some(7));
        let failed = pool
            .run::<(), _>(soon(), || Err(Error::RequestIdReused))
            .await;
        assert!(matches!(failed, Err(Error::RequestIdReused)));
    }

    #[tokio::test]
    async fn a_panic_is_an_internal_error_and_frees_the_place() {
        let pool = Offload::new(1, 0);
        for _ in 0..3 {
            let panicked = pool
                .run::<(), _>(soon(), || panic!("deliberate, in a test"))
                .await;
            assert!(matches!(panicked, Err(Error::Internal { .. })));
        }
        assert!(pool.run(soon(), || Ok(())).await.is_ok());
    }

    #[tokio::test]
    async fn who_comes_on_top_of_the_queue_is_turned_away() {
        let pool = Offload::new(1, 0);
        let (release, released) = mpsc::channel::<()>();
        let (begun, has_begun) = tokio::sync::oneshot::channel();
        let busy = tokio::spawn({
            let pool = pool.clone();
            async move {
                pool.run(soon(), move || {
                    let _ = begun.send(());
                    let _ = released.recv();
                    Ok(())
                })
                .await
            }
        });
        has_begun.await.expect("the first began");
        let turned_away = pool.run(soon(), || Ok(())).await;
        assert!(matches!(turned_away, Err(Error::Unavailable { .. })));
        release.send(()).expect("the first still waits");
        assert!(busy.await.expect("the first ended").is_ok());
    }

    #[tokio::test]
    async fn after_the_deadline_the_work_is_not_waited_for() {
        let pool = Offload::new(1, 1);
        let (release, released) = mpsc::channel::<()>();
        let deadline = Instant::now() + Duration::from_millis(20);
        let late = pool
            .run(deadline, move || {
                let _ = released.recv();
                Ok(())
            })
            .await;
        assert!(matches!(late, Err(Error::Cancelled { .. })));
        drop(release);
    }
}
