//! Work that outlives the request that began it: it runs on a thread of its own, tells how far it has come, can be
//! waited for by several callers and be told to stop. What it gave is kept until it is pushed out by newer work.

use crate::error::Error;
use crate::store::Stop;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;
use tokio::sync::watch;

/// How much ended work is remembered.
const REMEMBERED: usize = 100;

/// All long work of one server. Clones share it.
pub struct LongWork<Outcome>(Arc<Mutex<BTreeMap<String, Entry<Outcome>>>>);

impl<Outcome> Clone for LongWork<Outcome> {
    fn clone(&self) -> Self {
        LongWork(Arc::clone(&self.0))
    }
}

impl<Outcome> Default for LongWork<Outcome> {
    fn default() -> Self {
        LongWork(Arc::default())
    }
}

/// How far a piece of work has come, or what came of it.
#[derive(Clone, Debug)]
pub struct Told<Outcome> {
    pub id: String,
    pub kind: &'static str,
    pub began: SystemTime,
    pub ended: Option<SystemTime>,
    /// What is being done.
    pub step: String,
    /// How much of the step is done, in percent.
    pub percent: u8,
    /// Nothing while it runs.
    pub outcome: Option<Result<Outcome, Arc<Error>>>,
}

struct Entry<Outcome> {
    told: Told<Outcome>,
    stop: Stop,
    has_ended: watch::Sender<bool>,
}

/// How work tells where it is, and hears that it must stop.
pub struct Running<Outcome> {
    id: String,
    work: LongWork<Outcome>,
    /// Told to stop when somebody asks for it.
    pub stop: Stop,
}

impl<Outcome> Running<Outcome> {
    /// Tells which step is being done, and how much of it is.
    pub fn step(&self, step: &str, done: u64, of: u64) {
        if let Some(entry) = self.work.entries().get_mut(&self.id) {
            step.clone_into(&mut entry.told.step);
            let percent = (done.saturating_mul(100)).checked_div(of).unwrap_or(0);
            entry.told.percent = u8::try_from(percent.min(100)).unwrap_or(100);
        }
    }
}

impl<Outcome: Clone + Send + 'static> LongWork<Outcome> {
    /// Begins work under an id, with its first step; work of this id that runs already is joined. At most this many of one kind run at once:
    /// what comes on top is turned away. Must be called on an async thread.
    pub fn begin<Work>(
        &self,
        id: &str,
        kind: &'static str,
        at_once: usize,
        first_step: &str,
        work: Work,
    ) -> Result<(), Error>
    where
        Work: FnOnce(&Running<Outcome>) -> Result<Outcome, Error> + Send + 'static,
    {
        let stop = Stop::default();
        {
            let mut entries = self.entries();
            let is_running = |entry: &&Entry<Outcome>| entry.told.outcome.is_none();
            if entries.get(id).as_ref().is_some_and(is_running) {
                return Ok(());
            }
            let of_kind = |entry: &&Entry<Outcome>| is_running(entry) && entry.told.kind == kind;
            if entries.values().filter(of_kind).count() >= at_once {
                return Err(Error::Unavailable {
                    reason: format!("another {kind} is under way: try again when it is done"),
                });
            }
            forget_oldest(&mut entries);
            let told = Told {
                id: id.to_owned(),
                kind,
                began: SystemTime::now(),
                ended: None,
                step: first_step.to_owned(),
                percent: 0,
                outcome: None,
            };
            let entry = Entry {
                told,
                stop: stop.clone(),
                has_ended: watch::Sender::new(false),
            };
            entries.insert(id.to_owned(), entry);
        }
        let running = Running {
            id: id.to_owned(),
            work: self.clone(),
            stop,
        };
        let all = self.clone();
        let id = id.to_owned();
        let task = tokio::task::spawn_blocking(move || work(&running));
        tokio::spawn(async move {
            // A panic's own text may name people: it is not repeated.
            let outcome = task.await.unwrap_or_else(|_| {
                Err(Error::Internal {
                    detail: "long work ended abnormally".to_owned(),
                })
            });
            all.end(&id, outcome.map_err(Arc::new));
        });
        Ok(())
    }

    fn end(&self, id: &str, outcome: Result<Outcome, Arc<Error>>) {
        if let Some(entry) = self.entries().get_mut(id) {
            entry.told.outcome = Some(outcome);
            entry.told.ended = Some(SystemTime::now());
            let _ = entry.has_ended.send(true);
        }
    }

    /// Waits until the work of this id has ended; nothing if there is none.
    pub async fn wait(&self, id: &str) -> Option<Result<Outcome, Arc<Error>>> {
        let mut has_ended = self.entries().get(id)?.has_ended.subscribe();
        // The sender is dropped only with the entry.
        let _ = has_ended.wait_for(|ended| *ended).await;
        self.told(id)?.outcome
    }

    /// How far the work of this id has come.
    pub fn told(&self, id: &str) -> Option<Told<Outcome>> {
        self.entries().get(id).map(|entry| entry.told.clone())
    }

    /// All work, by id.
    pub fn all(&self) -> Vec<Told<Outcome>> {
        let entries = self.entries();
        entries.values().map(|entry| entry.told.clone()).collect()
    }

    /// Tells the work of this id to stop. False if there is none.
    pub fn cancel(&self, id: &str) -> bool {
        let entries = self.entries();
        let entry = entries.get(id);
        if let Some(entry) = entry {
            entry.stop.cancel();
        }
        entry.is_some()
    }
}

impl<Outcome> LongWork<Outcome> {
    fn entries(&self) -> MutexGuard<'_, BTreeMap<String, Entry<Outcome>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn forget_oldest<Outcome>(entries: &mut BTreeMap<String, Entry<Outcome>>) {
    let ended = entries.values().filter(|entry| entry.told.ended.is_some());
    if ended.clone().count() < REMEMBERED {
        return;
    }
    let oldest = ended.min_by_key(|entry| entry.told.ended);
    if let Some(id) = oldest.map(|entry| entry.told.id.clone()) {
        entries.remove(&id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    #[tokio::test]
    async fn work_is_joined_waited_for_and_remembered() {
        let all = LongWork::<u32>::default();
        let (release, released) = channel::<()>();
        all.begin("a", "test", 1, "", move |running| {
            running.step("half", 1, 2);
            let _ = released.recv();
            Ok(7)
        })
        .unwrap();
        all.begin("a", "test", 1, "", |_| Ok(8)).unwrap();
        let turned_away = all.begin("b", "test", 1, "", |_| Ok(9));
        assert!(matches!(turned_away, Err(Error::Unavailable { .. })));
        assert!(all.told("a").unwrap().outcome.is_none());
        release.send(()).unwrap();
        assert_eq!(all.wait("a").await.unwrap().unwrap(), 7);
        let told = all.told("a").unwrap();
        assert_eq!((told.step.as_str(), told.percent), ("half", 50));
        assert!(all.wait("nothing").await.is_none());
        for number in 0..2 * REMEMBERED {
            let id = format!("n{number}");
            all.begin(&id, "test", 1, "", |_| Ok(1)).unwrap();
            assert_eq!(all.wait(&id).await.unwrap().unwrap(), 1);
        }
        assert_eq!(all.all().len(), REMEMBERED);
    }

    #[tokio::test]
    async fn work_can_be_stopped_and_a_panic_is_an_error() {
        let all = LongWork::<()>::default();
        let (begun, has_begun) = channel();
        all.begin("a", "test", 1, "", move |running| {
            let _ = begun.send(());
            while running.stop.check().is_ok() {
                std::thread::yield_now();
            }
            running.stop.check()?;
            Ok(())
        })
        .unwrap();
        tokio::task::spawn_blocking(move || has_begun.recv())
            .await
            .unwrap()
            .unwrap();
        assert!(all.cancel("a"));
        let stopped = all.wait("a").await.unwrap();
        assert!(matches!(*stopped.unwrap_err(), Error::Cancelled { .. }));
        all.begin("b", "test", 1, "", |_| panic!("deliberate, in a test"))
            .unwrap();
        let panicked = all.wait("b").await.unwrap();
        assert!(matches!(*panicked.unwrap_err(), Error::Internal { .. }));
    }
}
