//! Runs synchronous workflows off the async threads: the only crossing. A bounded number runs at once, a bounded number
//! waits for a bounded time, and what comes on top is turned away at once. Work whose caller has gone, or whose deadline
//! has passed while it waited, is never begun.
//!
//! Writes have a lane of their own: they wait for the disk and not for a processor, so that more of them may run, and
//! those that wait together are synced together.

use crate::error::Error;
use crate::pace::Pace;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;
use tokio::task::spawn_blocking;
use tokio::time::timeout_at;

/// How many writes run at once for each read that does: enough to share a sync, and not so many that reads get no
/// processor.
const WRITES_A_READ: usize = 4;

/// How long a request may have to wait before those behind it are turned away.
const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// Whether work reads or writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    Reads,
    Writes,
}

/// Two bounded pools. Clones share them.
#[derive(Clone)]
pub struct Offload {
    reads: Arc<Pool>,
    writes: Arc<Pool>,
    pace: Arc<Pace>,
}

/// A request that was let in and has not come to its work. Dropped when it comes, or when it is no longer expected soon.
pub struct Coming(Arc<Pool>);

impl Drop for Coming {
    fn drop(&mut self) {
        self.0.state().coming -= 1;
    }
}

/// How busy a pool is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load {
    /// Workflows that run.
    pub running: u64,
    /// Workflows that wait.
    pub waiting: u64,
    /// How long the first of those has waited.
    pub oldest: Duration,
    /// Turned away since the start.
    pub shed: u64,
}

impl Offload {
    /// A pool that runs `at_once` reading workflows and lets `waiting` more wait, and several times as many writing ones
    /// besides.
    pub fn new(at_once: usize, waiting: usize) -> Offload {
        Offload::with_longest_wait(at_once, waiting, LONGEST_WAIT)
    }

    /// The same; new work is turned away once it would have to wait longer than this.
    pub fn with_longest_wait(at_once: usize, waiting: usize, longest: Duration) -> Offload {
        let pool = |at_once| Arc::new(Pool::new(at_once, waiting, longest));
        Offload {
            reads: pool(at_once),
            writes: pool(at_once.saturating_mul(WRITES_A_READ)),
            pace: Arc::default(),
        }
    }

    /// The same, which tells of each request that is turned away.
    pub fn telling(self, pace: Arc<Pace>) -> Offload {
        Offload { pace, ..self }
    }

    /// How busy a lane is.
    pub fn load(&self, lane: Lane) -> Load {
        self.pool(lane).load()
    }

    /// Lets a request in, for doors that ask before they read it; nothing, and counted as turned away, if its work would be
    /// turned away now.
    pub fn let_in(&self, lane: Lane, deadline: Instant) -> Option<Coming> {
        let pool = self.pool(lane);
        let mut state = pool.state();
        if pool.is_full(&state, deadline) {
            drop(state);
            self.turned_away(lane);
            return None;
        }
        state.coming += 1;
        drop(state);
        Some(Coming(Arc::clone(pool)))
    }

    /// Counts work that a door turned away for a reason of its own.
    pub fn turned_away(&self, lane: Lane) {
        self.pool(lane).shed.fetch_add(1, Ordering::Relaxed);
        self.pace.turned_away();
    }

    /// Runs work that reads and gives its result.
    ///
    /// `Error::Unavailable` if too many are waiting, `Error::Cancelled` once the deadline has passed, `Error::Internal`
    /// if the work panicked. Dropping the future abandons work that has not begun.
    pub async fn run<T, Work>(&self, deadline: Instant, work: Work) -> Result<T, Error>
    where
        T: Send + 'static,
        Work: FnOnce() -> Result<T, Error> + Send + 'static,
    {
        self.run_in(Lane::Reads, deadline, work).await
    }

    /// The same in a lane.
    pub async fn run_in<T, Work>(
        &self,
        lane: Lane,
        deadline: Instant,
        work: Work,
    ) -> Result<T, Error>
    where
        T: Send + 'static,
        Work: FnOnce() -> Result<T, Error> + Send + 'static,
    {
        let pool = self.pool(lane);
        let (job, answer) = job(deadline, work);
        let begin = pool.admit(job).map_err(|_| {
            self.turned_away(lane);
            Error::Unavailable {
                reason: "too many requests are waiting".to_owned(),
            }
        })?;
        pool.begin(begin);
        answered(deadline, answer).await
    }

    /// Runs work that reads and is never turned away, for a number of callers that is bounded elsewhere.
    pub async fn run_patiently<T, Work>(&self, deadline: Instant, work: Work) -> Result<T, Error>
    where
        T: Send + 'static,
        Work: FnOnce() -> Result<T, Error> + Send + 'static,
    {
        let (job, answer) = job(deadline, work);
        self.reads.begin(self.reads.enqueue(job));
        answered(deadline, answer).await
    }

    fn pool(&self, lane: Lane) -> &Arc<Pool> {
        match lane {
            Lane::Reads => &self.reads,
            Lane::Writes => &self.writes,
        }
    }
}

fn too_late() -> Error {
    Error::Cancelled {
        reason: "the deadline passed".to_owned(),
    }
}

/// Work in a queue.
struct Job {
    since: Instant,
    deadline: Instant,
    /// Runs the work and sends its answer. Tells whether there was anything to do.
    work: Box<dyn FnOnce() -> bool + Send>,
}

type Answer<T> = oneshot::Receiver<Result<T, Error>>;

fn job<T, Work>(deadline: Instant, work: Work) -> (Job, Answer<T>)
where
    T: Send + 'static,
    Work: FnOnce() -> Result<T, Error> + Send + 'static,
{
    let (reply, answer) = oneshot::channel();
    let work = Box::new(move || {
        if reply.is_closed() {
            return false;
        }
        if Instant::now() >= deadline {
            let _ = reply.send(Err(too_late()));
            return false;
        }
        let result = catch_unwind(AssertUnwindSafe(work));
        // The panic's own text may name people: it is not repeated. Nobody may be left who wants the answer.
        let _ = reply.send(result.unwrap_or_else(|_| {
            Err(Error::Internal {
                detail: "a workflow ended abnormally".to_owned(),
            })
        }));
        true
    });
    let since = Instant::now();
    let job = Job {
        since,
        deadline,
        work,
    };
    (job, answer)
}

async fn answered<T>(deadline: Instant, answer: Answer<T>) -> Result<T, Error> {
    let at = tokio::time::Instant::from_std(deadline);
    match timeout_at(at, answer).await {
        Err(_) => Err(too_late()),
        Ok(Ok(result)) => result,
        Ok(Err(_)) => Err(Error::Unavailable {
            reason: "the server is stopping".to_owned(),
        }),
    }
}

/// One lane.
struct Pool {
    state: Mutex<State>,
    shed: AtomicU64,
    at_once: usize,
    waiting: usize,
    longest: Duration,
}

#[derive(Default)]
struct State {
    /// Threads that take work from the queue.
    running: usize,
    queue: VecDeque<Job>,
    /// Requests that were let in and have not come to their work.
    coming: usize,
    /// How long one piece of work takes, about.
    usual: Duration,
}

/// A piece of work counts for one part in so many of what is usual.
const MEMORY: u32 = 16;

impl Pool {
    fn new(at_once: usize, waiting: usize, longest: Duration) -> Pool {
        Pool {
            state: Mutex::default(),
            shed: AtomicU64::new(0),
            at_once,
            waiting,
            longest,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn load(&self) -> Load {
        let state = self.state();
        Load {
            running: state.running as u64,
            waiting: state.queue.len() as u64,
            oldest: state.oldest(),
            shed: self.shed.load(Ordering::Relaxed),
        }
    }

    /// Whether work that must be done by then need not even wait: the queue is full, stands still, or is too long. Work
    /// that would wait for more than half of its time may come too late, and would then have been for nothing.
    fn is_full(&self, state: &State, deadline: Instant) -> bool {
        let free = self.at_once.saturating_sub(state.running);
        if state.coming < free {
            return false;
        }
        let waiting = state.queue.len() + state.coming - free;
        let before = u32::try_from(waiting).unwrap_or(u32::MAX);
        let threads = u32::try_from(self.at_once).unwrap_or(u32::MAX).max(1);
        let wait = state.usual.saturating_mul(before) / threads;
        waiting >= self.waiting
            || state.oldest() > self.longest
            || wait > self.longest
            || wait > deadline.saturating_duration_since(Instant::now()) / 2
    }

    /// Takes the job into the queue if there is room. Tells whether a thread must begin to work.
    fn admit(&self, job: Job) -> Result<bool, Job> {
        let mut state = self.state();
        if self.is_full(&state, job.deadline) {
            return Err(job);
        }
        Ok(state.enqueue(job, self.at_once))
    }

    fn enqueue(&self, job: Job) -> bool {
        self.state().enqueue(job, self.at_once)
    }

    fn begin(self: &Arc<Self>, begin: bool) {
        if begin {
            let pool = Arc::clone(self);
            spawn_blocking(move || pool.work());
        }
    }

    /// Works until the queue is empty.
    fn work(&self) {
        while let Some(job) = self.next() {
            let begun = Instant::now();
            if (job.work)() {
                // One that takes long says little of the next.
                let took = begun.elapsed().min(self.longest);
                let mut state = self.state();
                state.usual = (state.usual * (MEMORY - 1) + took) / MEMORY;
            }
        }
    }

    fn next(&self) -> Option<Job> {
        let mut state = self.state();
        let job = state.queue.pop_front();
        if job.is_none() {
            state.running -= 1;
        }
        job
    }
}

impl State {
    fn enqueue(&mut self, job: Job, at_once: usize) -> bool {
        self.queue.push_back(job);
        let begins = self.running < at_once;
        self.running += usize::from(begins);
        begins
    }

    fn oldest(&self) -> Duration {
        let oldest = self.queue.front();
        oldest.map_or(Duration::ZERO, |job| job.since.elapsed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(30)
    }

    /// Holds a place of the pool until what is returned is dropped.
    async fn busy(pool: &Offload) -> mpsc::Sender<()> {
        let (release, released) = mpsc::channel::<()>();
        let (begun, has_begun) = oneshot::channel();
        let pool = pool.clone();
        tokio::spawn(async move {
            let work = move || {
                let _ = begun.send(());
                let _ = released.recv();
                Ok(())
            };
            pool.run(soon(), work).await
        });
        has_begun.await.expect("it began");
        release
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
                .run_patiently::<(), _>(soon(), || panic!("deliberate, in a test"))
                .await;
            assert!(matches!(panicked, Err(Error::Internal { .. })));
        }
        assert!(pool.run_patiently(soon(), || Ok(())).await.is_ok());
    }

    #[tokio::test]
    async fn who_comes_on_top_of_the_queue_is_turned_away() {
        let pool = Offload::new(1, 0);
        let release = busy(&pool).await;
        assert!(pool.let_in(Lane::Reads, soon()).is_none());
        let turned_away = pool.run(soon(), || Ok(())).await;
        assert!(matches!(turned_away, Err(Error::Unavailable { .. })));
        assert_eq!(pool.load(Lane::Reads).shed, 2);
        assert!(pool.run_in(Lane::Writes, soon(), || Ok(())).await.is_ok());
        drop(release);
    }

    #[tokio::test]
    async fn those_let_in_count_until_they_come() {
        let pool = Offload::new(1, 1);
        let first = pool.let_in(Lane::Reads, soon());
        let second = pool.let_in(Lane::Reads, soon());
        assert!(first.is_some() && second.is_some());
        assert!(pool.let_in(Lane::Reads, soon()).is_none());
        drop(first);
        assert!(pool.let_in(Lane::Reads, soon()).is_some());
    }

    #[tokio::test]
    async fn behind_a_queue_that_stands_still_nobody_waits() {
        let pool = Offload::with_longest_wait(1, 100, Duration::ZERO);
        let release = busy(&pool).await;
        let patient = tokio::spawn({
            let pool = pool.clone();
            async move { pool.run_patiently(soon(), || Ok(())).await }
        });
        while pool.load(Lane::Reads).waiting == 0 {
            tokio::task::yield_now().await;
        }
        let turned_away = pool.run(soon(), || Ok(())).await;
        assert!(matches!(turned_away, Err(Error::Unavailable { .. })));
        drop(release);
        assert!(patient.await.expect("it ended").is_ok());
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

    #[tokio::test]
    async fn work_whose_caller_has_gone_is_not_begun() {
        let pool = Offload::new(1, 5);
        let release = busy(&pool).await;
        let (begun, has_begun) = mpsc::channel::<()>();
        let gone = tokio::spawn({
            let pool = pool.clone();
            async move {
                let work = move || begun.send(()).map_err(|_| too_late());
                pool.run(soon(), work).await
            }
        });
        while pool.load(Lane::Reads).waiting == 0 {
            tokio::task::yield_now().await;
        }
        gone.abort();
        let _ = gone.await;
        drop(release);
        assert!(pool.run(soon(), || Ok(())).await.is_ok());
        assert!(has_begun.recv().is_err());
    }
}
